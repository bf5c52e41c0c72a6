// Four ways to call the service, in one shape. Each is loaded only where it is measured.

package io.github.devinv2.peers

import io.github.devinv2.DevinClient
import io.github.devinv2.Session as DevinSession
import io.github.devinv2.SessionStatus
import io.ktor.client.HttpClient as KtorClient
import io.ktor.client.call.body
import io.ktor.client.engine.cio.CIO
import io.ktor.client.plugins.contentnegotiation.ContentNegotiation
import io.ktor.client.request.bearerAuth
import io.ktor.client.request.get
import io.ktor.serialization.kotlinx.json.json
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.future.await

const val LIMIT = 200
const val IN_FLIGHT = 50
const val SESSIONS = 100_000

private const val IDENTITY = "/v2/enterprise/self"
private const val LIST = "/v2/enterprise/sessions"

/** In the order of the tables: ours, what the figures are compared with, the rest. All but ours have kotlinx.serialization. */
enum class Kind(val title: String, val make: (url: String, key: String) -> Peer<*>) {
    OURS("devin-v2", ::Ours),
    JAVA("java.net.http", ::JavaHttp),
    BLOCKING("java.net.http, blocking", ::BlockingJavaHttp),
    KTOR("Ktor CIO", ::Ktor),
}

/** A page's rows, and the `skip` of the next one. */
class Rows<Row>(val rows: List<Row>, val next: Long?)

/** A client. */
abstract class Peer<Row> {
    /** Where calls in flight wait. */
    open val dispatcher: CoroutineDispatcher = Dispatchers.Default

    /** The small call: its fields. */
    abstract suspend fun identity(): List<String?>

    abstract suspend fun page(skip: Long): Rows<Row>

    /** Reads every field of a row, nested ones too. The sum keeps the reading from being optimized away. */
    abstract fun read(row: Row): Double

    /** The fields of a row, to see that all clients read the same. */
    abstract fun values(row: Row): List<Any?>

    /** The rows of the first [pages] pages, one after the other. */
    suspend fun serial(pages: Int): List<Row> {
        val rows = ArrayList<Row>()
        var skip: Long? = 0
        repeat(pages) {
            val page = page(skip ?: return rows)
            rows += page.rows
            skip = page.next
        }
        return rows
    }

    /** All rows, the way its users would get them. */
    open suspend fun all(): List<Row> = serial(Int.MAX_VALUE)
}

class Ours(url: String, key: String) : Peer<DevinSession>() {
    // The others have no limit; what is measured is 50 at a time.
    private val client = DevinClient(baseUrl = url, apiKey = key, maxConcurrency = IN_FLIGHT)

    override suspend fun identity() = client.identity.get().run { listOf(apiKeyId, userId, userEmail, orgId) }

    override suspend fun page(skip: Long): Rows<DevinSession> {
        val page = client.sessions.list(skip = skip, limit = LIMIT.toLong()).page()
        return Rows(page.rows, if (page.hasMore) skip + LIMIT else null)
    }

    override suspend fun all(): List<DevinSession> {
        val rows = ArrayList<DevinSession>()
        val list = client.sessions.list(limit = LIMIT.toLong())
        list.items().collect { rows += it }
        check(list.report.complete)
        return rows
    }

    override fun read(row: DevinSession): Double {
        var sum = row.sessionId.length + row.url.length + row.orgId.length + row.extra.size
        sum += if (row.status == SessionStatus.Exit) 1 else 0
        sum += (row.userId?.length ?: 0) + (row.title?.length ?: 0)
        for (tag in row.tags) sum += tag.length
        for (pull in row.pullRequests) sum += pull.url.length + (pull.state?.length ?: 0) + pull.extra.size
        return sum + row.acusConsumed + row.createdAt.epochSecond + row.updatedAt.epochSecond
    }

    override fun values(row: DevinSession): List<Any?> = listOf(
        row.sessionId, row.url, row.status, row.tags, row.orgId, row.createdAt, row.updatedAt, row.acusConsumed,
        row.pullRequests.map { listOf(it.url, it.state) }, row.title, row.userId,
    )
}

/** Those that know HTTP but not the service. */
abstract class Plain : Peer<Session>() {
    protected abstract suspend fun self(): Identity

    protected abstract suspend fun sessions(skip: Long): SessionPage

    override suspend fun identity() = self().run { listOf(apiKeyId, userId, userEmail, orgId) }

    override suspend fun page(skip: Long) = sessions(skip).run { Rows(items, nextCursor) }

    override fun read(row: Session): Double {
        var sum = row.sessionId.length + row.url.length + row.orgId.length
        sum += if (row.status == Status.Exit) 1 else 0
        sum += (row.userId?.length ?: 0) + (row.title?.length ?: 0)
        for (tag in row.tags) sum += tag.length
        for (pull in row.pullRequests) sum += pull.url.length + (pull.state?.length ?: 0)
        return sum + row.acusConsumed + row.createdAt.epochSecond + row.updatedAt.epochSecond
    }

    override fun values(row: Session): List<Any?> = listOf(
        row.sessionId, row.url, row.status, row.tags, row.orgId, row.createdAt, row.updatedAt, row.acusConsumed,
        row.pullRequests.map { listOf(it.url, it.state) }, row.title, row.userId,
    )
}

open class JavaHttp(private val url: String, private val key: String) : Plain() {
    // Left to itself it would offer HTTP/2 with each call, which costs time and which it does not do over TLS.
    protected val client: HttpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    override suspend fun self(): Identity = get(IDENTITY)

    override suspend fun sessions(skip: Long): SessionPage = get("$LIST?skip=$skip&limit=$LIMIT")

    protected open suspend fun send(request: HttpRequest): HttpResponse<String> =
        client.sendAsync(request, BodyHandlers.ofString()).await()

    private suspend inline fun <reified T> get(path: String): T {
        val request = HttpRequest.newBuilder(URI.create(url + path)).header("authorization", "Bearer $key").build()
        val response = send(request)
        check(response.statusCode() == 200) { "status ${response.statusCode()}" }
        return JSON.decodeFromString(response.body())
    }
}

/** A thread for each call in flight. */
class BlockingJavaHttp(url: String, key: String) : JavaHttp(url, key) {
    override val dispatcher = Dispatchers.IO

    override suspend fun send(request: HttpRequest): HttpResponse<String> = client.send(request, BodyHandlers.ofString())
}

class Ktor(private val url: String, private val key: String) : Plain() {
    private val client = KtorClient(CIO) {
        expectSuccess = true
        install(ContentNegotiation) { json(JSON) }
    }

    override suspend fun self(): Identity = get(IDENTITY)

    override suspend fun sessions(skip: Long): SessionPage = get("$LIST?skip=$skip&limit=$LIMIT")

    private suspend inline fun <reified T> get(path: String): T = client.get(url + path) { bearerAuth(key) }.body()
}
