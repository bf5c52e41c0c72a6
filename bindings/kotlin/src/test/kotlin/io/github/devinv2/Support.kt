package io.github.devinv2

import io.github.devinv2.testing.Emulator
import java.time.Duration
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.fail

const val ADA = "email|65f1c0ffee65f1c0ffee65f1"
const val ORG = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
const val MEMBERS = "/v2/enterprise/members"
const val ROLES = "/v2/enterprise/roles"
const val SELF = "/v2/enterprise/self"
const val SESSIONS = "/v2/enterprise/sessions"

/** An emulator for one test, and a client of it that tries again at once. Ends a test that hangs. */
fun enterprise(
    configure: DevinClientBuilder.() -> Unit = {},
    test: suspend CoroutineScope.(Emulator, DevinClient) -> Unit,
) {
    Emulator.start(seed = 7, members = 120).use { emulator ->
        val client = emulator.client {
            retryBaseDelay(Duration.ofMillis(1))
            configure()
        }
        client.use { runBlocking { withTimeout(120.seconds) { test(emulator, client) } } }
    }
}

/** What `work` fails with, which must be of this class. */
suspend inline fun <reified E : Throwable> failure(crossinline work: suspend () -> Any?): E {
    try {
        work()
    } catch (error: Throwable) {
        if (error is E) return error
        throw AssertionError("this is no ${E::class.simpleName}", error)
    }
    fail("this had to fail with ${E::class.simpleName}")
}

/** Waits until `condition` holds. */
suspend fun until(what: String, condition: () -> Boolean) {
    val end = System.nanoTime() + 30_000_000_000
    while (!withContext(Dispatchers.IO) { condition() }) {
        assertTrue(System.nanoTime() < end) { "$what did not happen" }
        delay(5)
    }
}

/** Long enough for requests that ought not to be sent to arrive. */
suspend fun quiet() = delay(300)

/** A value of a query, decoded. */
fun queryValue(query: String?, name: String): String? = query.orEmpty().split('&')
    .map { it.split('=', limit = 2) }
    .firstOrNull { it[0] == name }
    ?.let { java.net.URLDecoder.decode(it[1], Charsets.UTF_8) }

/** Whether it is what a coroutine ends with that was cancelled. */
fun Throwable.isCancellation(): Boolean = this is CancellationException
