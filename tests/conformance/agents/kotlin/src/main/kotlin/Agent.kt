// Kotlin's part in the scenarios: calls by name, as lines of JSON.

import io.github.devinv2.BadRow
import io.github.devinv2.CallOptions
import io.github.devinv2.Collected
import io.github.devinv2.DevinClient
import io.github.devinv2.DevinException
import io.github.devinv2.Listing
import io.github.devinv2.Report
import io.github.devinv2.details
import io.github.devinv2.partial
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.ObjectOutputStream
import java.lang.reflect.InvocationTargetException
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.logging.ConsoleHandler
import java.util.logging.Level
import java.util.logging.Logger
import kotlin.coroutines.cancellation.CancellationException
import kotlin.reflect.full.callSuspendBy
import kotlin.reflect.full.memberFunctions
import kotlin.reflect.full.memberProperties
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

private fun JsonObject.time(name: String) = this[name]?.let { Duration.ofMillis(it.jsonPrimitive.long) }

private fun JsonObject.count(name: String) = this[name]?.jsonPrimitive?.int

private fun JsonObject.number(name: String) = getValue(name).jsonPrimitive.long

private fun JsonObject.flag(name: String) = this[name]?.jsonPrimitive?.boolean

private fun JsonObject.text(name: String) = this[name]?.jsonPrimitive?.content

private fun client(settings: JsonObject) = DevinClient(
    apiKey = settings.text("api_key"),
    baseUrl = settings.text("base_url"),
    timeout = settings.time("timeout"),
    attemptTimeout = settings.time("attempt_timeout"),
    connectTimeout = settings.time("connect_timeout"),
    maxRetries = settings.count("max_retries"),
    retryBaseDelay = settings.time("retry_base_delay"),
    maxRetryAfter = settings.time("max_retry_after"),
    maxConcurrency = settings.count("max_concurrency"),
    prefetch = settings.count("prefetch"),
    maxBodyBytes = settings["max_body_bytes"]?.jsonPrimitive?.long,
    strict = settings.flag("strict"),
    proxy = settings.text("proxy"),
    noProxy = settings.flag("no_proxy") ?: false,
    allowInsecureHttp = settings.flag("allow_insecure_http") ?: false,
)

private fun options(given: JsonObject) = CallOptions(
    timeout = given.time("timeout"),
    attemptTimeout = given.time("attempt_timeout"),
    maxRetries = given.count("max_retries"),
    strict = given.flag("strict"),
)

/** All that Kotlin and Java make text of without being asked for a field. */
private fun shown(of: Any?): JsonElement = buildJsonObject {
    put("toString", JsonPrimitive(of.toString()))
    if (of is Throwable) {
        put("message", JsonPrimitive(of.localizedMessage))
        put("stackTrace", JsonPrimitive(of.stackTraceToString()))
        val bytes = ByteArrayOutputStream()
        try {
            ObjectOutputStream(bytes).writeObject(of)
        } catch (refused: IOException) {
            put("refused", JsonPrimitive(refused.toString()))
        }
        put("serialized", JsonPrimitive(bytes.toString(Charsets.ISO_8859_1)))
    }
}

private fun bad(rows: List<BadRow>) = JsonArray(
    rows.map { row ->
        buildJsonObject {
            put("index", JsonPrimitive(row.index))
            put("path", JsonPrimitive(row.path))
            put("reason", JsonPrimitive(row.reason))
        }
    },
)

private fun report(of: Report): JsonElement = JsonObject((give(of) as JsonObject) + ("bad_rows" to bad(of.badRows)))

private fun failed(error: Throwable): JsonElement = buildJsonObject {
    put("message", JsonPrimitive(error.message))
    put("shown", shown(error))
    if (error is DevinException) {
        put("kind", JsonPrimitive(snake(error::class.simpleName!!)))
        val details = error.details
        put("operation", JsonPrimitive(details.operation))
        put("field", JsonPrimitive(details.field))
        put("status", JsonPrimitive(details.status))
        put("attempts", JsonPrimitive(details.attempts))
        put("retry_after", JsonPrimitive(details.retryAfter?.toMillis()))
        put("detail", JsonPrimitive(details.detail))
        put("body", JsonPrimitive(details.body?.expose()))
    } else {
        put("kind", JsonPrimitive("cancelled"))
    }
}

private fun collected(of: Collected<*>) = mapOf("rows" to give(of.rows), "report" to report(of.report), "shown" to shown(of))

private suspend fun read(listing: Listing<*>, reading: String?): Map<String, JsonElement> = when (reading) {
    "items" -> {
        val rows = mutableListOf<Any?>()
        var error: JsonElement = JsonNull
        try {
            listing.items().collect(rows::add)
        } catch (stopped: DevinException) {
            error = failed(stopped)
        } catch (stopped: CancellationException) {
            error = failed(stopped)
        }
        mapOf("rows" to give(rows), "report" to report(listing.report), "error" to error)
    }
    "collect" -> collected(listing.collect())
    else -> {
        val page = listing.page()
        mapOf(
            "rows" to give(page.rows),
            "bad_rows" to bad(page.badRows),
            "total" to JsonPrimitive(page.total),
            "skip" to JsonPrimitive(page.skip),
            "limit" to JsonPrimitive(page.limit),
            "has_more" to JsonPrimitive(page.hasMore),
            "next" to JsonPrimitive(page.next),
            "shown" to shown(page),
        )
    }
}

/** Calls the method of this name with arguments of these names. */
private suspend fun call(client: DevinClient, asked: JsonObject): Map<String, JsonElement> {
    val (resource, name) = asked.text("operation")!!.split('.').map(::camel)
    val of = client::class.memberProperties.single { it.name == resource }.getter.call(client)!!
    val method = of::class.memberFunctions.single { it.name == name }
    val arguments = asked.getValue("arguments").jsonObject.toMutableMap()
    val given = method.parameters.mapNotNull { parameter ->
        when (val key = parameter.name?.let(::snake)) {
            null -> parameter to of
            "options" -> parameter to options(asked.getValue("options").jsonObject)
            else -> arguments.remove(key)?.let { parameter to take(it, parameter.type) }
        }
    }
    require(arguments.isEmpty()) { "$name takes no ${arguments.keys}" }
    val made = if (method.isSuspend) method.callSuspendBy(given.toMap()) else method.callBy(given.toMap())
    if (made is Listing<*>) return read(made, asked.text("as"))
    val rows = made?.let { it::class.memberProperties.find { property -> property.name == "badRows" } }
    return if (rows == null) {
        mapOf("value" to give(made), "shown" to shown(made))
    } else {
        @Suppress("UNCHECKED_CAST")
        val bad = bad(rows.getter.call(made) as List<BadRow>)
        mapOf("rows" to (give(made) as JsonObject).getValue("rows"), "bad_rows" to bad, "shown" to shown(made))
    }
}

private suspend fun answer(client: DevinClient, asked: JsonObject): Map<String, JsonElement> = try {
    call(client, asked)
} catch (thrown: Throwable) {
    val error = (thrown as? InvocationTargetException)?.targetException ?: thrown
    if (error !is DevinException && error !is CancellationException) throw error
    mapOf("error" to failed(error)) + (error.partial?.let(::collected) ?: emptyMap())
}

@Synchronized
private fun say(answer: Map<String, JsonElement>) {
    println(JsonObject(answer))
    System.out.flush()
}

/** Everything that is logged goes to the standard error. */
private fun logEverything() {
    val root = Logger.getLogger("")
    root.level = Level.ALL
    root.handlers.filterIsInstance<ConsoleHandler>().forEach { it.level = Level.ALL }
}

fun main() = runBlocking(Dispatchers.Default) {
    logEverything()
    var client: DevinClient? = null
    val jobs = ConcurrentHashMap<Long, Job>()
    while (true) {
        val asked = Json.parseToJsonElement(readlnOrNull() ?: break).jsonObject
        when (asked.text("do")) {
            "client" -> {
                client?.close()
                try {
                    client = client(asked.getValue("settings").jsonObject)
                    say(mapOf("shown" to shown(client)))
                } catch (error: DevinException) {
                    say(mapOf("error" to failed(error)))
                }
            }
            "cancel" -> jobs[asked.number("id")]?.cancel()
            else -> {
                val on = client!!
                val id = asked.number("id")
                // Known before it begins, so that it can forget itself.
                val job = launch(start = CoroutineStart.LAZY) {
                    if (asked.flag("cancelled") == true) currentCoroutineContext().cancel()
                    val told = answer(on, asked)
                    jobs.remove(id)
                    say(told + ("id" to JsonPrimitive(id)))
                }
                jobs[id] = job
                // One that was cancelled before it began has nothing to say itself.
                job.invokeOnCompletion { cause ->
                    if (jobs.remove(id) != null && cause is CancellationException) {
                        say(mapOf("id" to JsonPrimitive(id), "error" to failed(cause)))
                    }
                }
                job.start()
            }
        }
    }
}
