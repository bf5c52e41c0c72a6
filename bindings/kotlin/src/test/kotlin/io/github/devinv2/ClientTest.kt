package io.github.devinv2

import io.github.devinv2.testing.Emulator
import io.github.devinv2.testing.Fault
import java.io.PrintWriter
import java.io.StringWriter
import java.time.Duration
import kotlin.reflect.KVisibility
import kotlin.reflect.full.memberProperties
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Settings, concurrent use, closing, and that no key is in any output. */
class ClientTest {
    private val head = "Q0FOQVJZ"
    private val key = "apk_user_${head}9f8e7d6c5b4a39281706f5e4d3c2b1a0"

    /** Neither the key, nor its beginning, nor its end. */
    private fun clean(vararg shown: Any?) {
        for (text in shown.map { "$it" }) assertFalse(head in text || key.takeLast(8) in text, text)
    }

    private fun trace(error: Throwable) = StringWriter().also { error.printStackTrace(PrintWriter(it)) }.toString()

    @Test
    fun `no key in any output`() {
        Emulator.start(members = 60, apiKey = key).use { emulator ->
            emulator.client { maxRetries(0) }.use { client ->
                runBlocking {
                    val listing = client.members.list(limit = 50)
                    clean(client, client.withOptions(strict = true), emulator, listing, listing.page(), listing.collect())
                    clean(client.identity.get(), emulator.requests)
                    for (property in Resources::class.memberProperties.filter { it.visibility == KVisibility.PUBLIC }) {
                        clean(property.get(client))
                    }
                    for (status in listOf(401, 403, 404, 500)) {
                        emulator.fault(Fault.status(status, mapOf("detail" to "Wrong key $key")))
                        val error = failure<DevinException> { client.identity.get() }
                        clean(error, error.message, error.details, error.detail, trace(error))
                    }
                }
                assertTrue(client.toString().startsWith("DevinClient(${emulator.url}, apk_user_…#"), client.toString())
            }
        }
    }

    @Test
    fun `no key in the error of one that can't be used`() {
        for (bad in listOf("$key\n", " $key é", "$key\u0000")) {
            val error = assertThrows(DevinException.Config::class.java) { DevinClient(apiKey = bad) }
            clean(error, error.message, error.details, trace(error))
        }
        val settings = ClientSettings(apiKey = Secret.of(key), proxy = Secret.of("http://me:$key@example.com"))
        clean(settings, settings.apiKey, settings.proxy)
    }

    @Test
    fun `a key that the service makes is shown only if it is asked for`() = enterprise { _, client ->
        val made = client.apiKeys.provision(ORG)
        assertTrue(made.apiKey!!.expose().startsWith("apk_"))
        assertFalse(made.apiKey!!.expose() in "$made")
    }

    @Test
    fun `settings that can't be used`() {
        for ((field, make) in listOf<Pair<String, () -> Any>>(
            "base_url" to { DevinClient("apk_user_x", baseUrl = "ftp://example.com") },
            "base_url" to { DevinClient("apk_user_x", baseUrl = "http://example.com") },
            "max_retries" to { DevinClient("apk_user_x", maxRetries = 11) },
            "prefetch" to { DevinClient("apk_user_x", prefetch = 0) },
            "max_retries" to { DevinClient("apk_user_x", maxRetries = -1) },
            "max_body_bytes" to { DevinClient.builder().apiKey("apk_user_x").maxBodyBytes(-1).build() },
            "timeout" to { DevinClient("apk_user_x", timeout = Duration.ofSeconds(-1)) },
            "ca_certificate" to { DevinClient("apk_user_x", caCertificate = "none".toByteArray()) },
        )) {
            val error = assertThrows(DevinException.Config::class.java) { make() }
            assertEquals(field, error.field, error.message)
        }
    }

    @Test
    fun `all settings are taken`() {
        DevinClient(
            apiKey = "apk_user_x",
            baseUrl = "https://devin.example.com",
            timeout = Duration.ofMinutes(1),
            attemptTimeout = Duration.ofSeconds(10),
            connectTimeout = Duration.ofSeconds(5),
            maxRetries = 2,
            retryBaseDelay = Duration.ofMillis(10),
            maxRetryAfter = Duration.ofSeconds(5),
            maxConcurrency = 4,
            prefetch = 2,
            maxBodyBytes = 1_000_000,
            strict = true,
            noProxy = true,
            allowInsecureHttp = true,
            userAgentSuffix = "mine/1",
        ).use { assertEquals("https://devin.example.com", it.baseUrl) }
    }

    @Test
    fun `the user agent tells who calls`() = enterprise({ userAgentSuffix("mine/1") }) { emulator, client ->
        client.identity.get()
        assertTrue(emulator.requests.single().headers.getValue("user-agent").endsWith(" mine/1"))
    }

    @Test
    fun `other options share the client`() = enterprise({ maxRetries(0) }) { emulator, client ->
        val hasty = client.withOptions(timeout = Duration.ofMillis(200))
        emulator.fault(Fault.none().path(SELF).delay(Duration.ofSeconds(60)))
        failure<DevinException.Timeout> { hasty.identity.get() }
        hasty.close()
        assertEquals(ADA, client.members.get(ADA).userId, "closing one leaves the other")
    }

    @Test
    fun `a closed client says so`() = enterprise { emulator, _ ->
        val client = emulator.client()
        val shown = client.toString()
        client.close()
        client.close()
        assertEquals(shown, client.toString())
        failure<IllegalStateException> { client.identity.get() }
        failure<IllegalStateException> { client.members.list().page() }
    }

    @Test
    fun `closing while a call is under way leaves the call`() = enterprise { emulator, _ ->
        val client = emulator.client()
        emulator.fault(Fault.none().path(SELF).delay(Duration.ofMillis(500)))
        val answer = async(Dispatchers.Default) { client.identity.get() }
        until("the request") { emulator.requests.size == 1 }
        client.close()
        assertTrue(answer.await().apiKeyId.isNotEmpty())
    }

    @Test
    fun `a request of one's own`() = enterprise { emulator, client ->
        val answer = client.request("GET", MEMBERS, listOf("limit" to "1", "skip" to "3"))
        assertEquals(listOf(200, 1), listOf(answer.status, answer.attempts))
        assertTrue("\"total\":120" in answer.body.expose())
        assertTrue(Header("content-type", "application/json") in answer.headers)
        assertFalse("total" in "$answer", "it may hold personal data")
        val organizations = "/v2/enterprise/organizations"
        assertTrue("Raw" in client.request("POST", organizations, body = """{"display_name":"Raw"}""").body.expose())
        for ((field, call) in listOf<Pair<String, suspend () -> Any>>(
            "confirm" to { client.request("DELETE", "/v2/enterprise/api-keys") },
            "method" to { client.request("BREW", "/v2/tea") },
            "method" to { client.request("", "/v2/tea") },
            "body" to { client.request("POST", organizations, body = "{") },
        )) {
            assertEquals(field, failure<DevinException.Refused> { call() }.field)
        }
        assertEquals(2, emulator.requests.size)
    }

    @Test
    fun `many coroutines on many threads`() = enterprise({ maxConcurrency(32) }) { emulator, client ->
        withContext(Dispatchers.IO) {
            val members = List(150) { async { client.members.get(ADA) } }
            val lists = List(10) { async { client.members.list(limit = 50).items().toList() } }
            val unknown = List(50) { async { failure<DevinException.NotFound> { client.members.get("email|$it") } } }
            assertEquals(setOf(ADA), members.awaitAll().map { it.userId }.toSet())
            assertEquals(1, lists.awaitAll().toSet().size)
            assertEquals(50, unknown.awaitAll().map { it.requestId }.toSet().size)
        }
        assertEquals(230, emulator.requests.size)
    }

    @Test
    fun `threads without coroutines`() = enterprise { _, client ->
        val threads = List(8) { Thread { repeat(20) { client.members.getAsync(ADA).join() } } }
        val failed = java.util.Collections.synchronizedList(mutableListOf<Throwable>())
        for (thread in threads) thread.setUncaughtExceptionHandler { _, error -> failed += error }
        threads.forEach(Thread::start)
        withContext(Dispatchers.IO) { threads.forEach(Thread::join) }
        assertEquals(emptyList<Throwable>(), failed)
    }

    @Test
    fun `the requests at the same time are bounded`() = enterprise({ maxConcurrency(3) }) { emulator, client ->
        emulator.fault(Fault.none().path(SELF).delay(Duration.ofSeconds(1)).always())
        val calls = List(6) { async { client.identity.get() } }
        until("three requests") { emulator.requests.size >= 3 }
        assertEquals(3, emulator.requests.size)
        calls.awaitAll()
        assertEquals(6, emulator.requests.size)
    }
}
