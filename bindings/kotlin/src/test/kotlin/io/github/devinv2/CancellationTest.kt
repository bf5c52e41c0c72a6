package io.github.devinv2

import io.github.devinv2.testing.Emulator
import io.github.devinv2.testing.Fault
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Before a call, during it, between its attempts, and in the middle of a list. */
class CancellationTest {
    private class Work(val path: String, val call: suspend (DevinClient, CallOptions) -> Any?)

    private val works = mapOf(
        "a call" to Work(SELF) { client, options -> client.identity.get(options) },
        "a call with arguments" to Work("$MEMBERS/*") { client, options -> client.members.get(ADA, options) },
        "a call that changes something" to Work("/v2/enterprise/organizations/$ORG") { client, options ->
            client.organizations.update(ORG, displayName = TextChange.Set("New"), options = options)
        },
        "a list in one piece" to Work(ROLES) { client, options -> client.roles.list(options) },
        "a page" to Work(MEMBERS) { client, options -> client.members.list(options = options).page() },
        "a collected list" to Work(MEMBERS) { client, options -> client.members.list(options = options).collect() },
        "a flow" to Work(MEMBERS) { client, options -> client.members.list(options = options).items().toList() },
    )

    // A call that is not ended would take a minute.
    private fun hang(path: String) = Fault.none().path(path).delay(Duration.ofSeconds(60)).always()

    private fun wait(path: String) = Fault.status(429).path(path).header("retry-after", "50").always()

    private fun each(test: suspend (Emulator, DevinClient, Work) -> Unit): List<DynamicTest> = works.map { (name, work) ->
        dynamicTest(name) { enterprise { emulator, client -> test(emulator, client, work) } }
    }

    @TestFactory
    fun `a coroutine that is cancelled before`(): List<DynamicTest> = each { emulator, client, work ->
        supervisorScope {
            val job = launch(start = CoroutineStart.LAZY) { work.call(client, CallOptions()) }
            job.cancelAndJoin()
        }
        delay(50)
        assertEquals(0, emulator.requests.size)
    }

    @TestFactory
    fun `a coroutine that is cancelled while a request is under way`(): List<DynamicTest> = each { emulator, client, work ->
        emulator.fault(hang(work.path))
        endsAtOnce(emulator) { work.call(client, CallOptions()) }
    }

    @TestFactory
    fun `a coroutine that is cancelled between attempts`(): List<DynamicTest> = each { emulator, client, work ->
        emulator.fault(wait(work.path))
        endsAtOnce(emulator) { work.call(client, CallOptions()) }
        quiet()
        assertEquals(1, emulator.requests.size)
    }

    private suspend fun endsAtOnce(emulator: Emulator, work: suspend () -> Any?) = supervisorScope {
        val job = async { work() }
        until("the request") { emulator.requests.size == 1 }
        delay(200)
        val began = System.nanoTime()
        job.cancelAndJoin()
        assertTrue(System.nanoTime() - began < 10_000_000_000)
        assertTrue(failure<Throwable> { job.await() }.isCancellation())
    }

    @TestFactory
    fun `a token that was used before`(): List<DynamicTest> = each { emulator, client, work ->
        val token = CancelToken()
        token.cancel()
        val error = failure<DevinException.Cancelled> { work.call(client, CallOptions(cancel = token)) }
        assertEquals(0, error.attempts)
        delay(50)
        assertEquals(0, emulator.requests.size)
    }

    @TestFactory
    fun `a token that is used while a request is under way`(): List<DynamicTest> = each { emulator, client, work ->
        emulator.fault(hang(work.path))
        cancelled(emulator) { work.call(client, CallOptions(cancel = it)) }
    }

    @TestFactory
    fun `a token that is used between attempts`(): List<DynamicTest> = each { emulator, client, work ->
        emulator.fault(wait(work.path))
        cancelled(emulator) { work.call(client, CallOptions(cancel = it)) }
        assertEquals(1, emulator.requests.size)
    }

    private suspend fun cancelled(emulator: Emulator, work: suspend (CancelToken) -> Any?) = supervisorScope {
        val token = CancelToken()
        val job = async { work(token) }
        until("the request") { emulator.requests.size == 1 }
        delay(200)
        token.cancel()
        val error = failure<DevinException.Cancelled> { withTimeout(10_000) { job.await() } }
        assertEquals(1, error.attempts)
    }

    @Test
    fun `a future that is cancelled ends its call`() = enterprise({ maxConcurrency(1) }) { emulator, client ->
        emulator.fault(hang(MEMBERS))
        emulator.fault(hang("$MEMBERS/*"))
        val futures = listOf<() -> CompletableFuture<*>>(
            { client.members.getAsync(ADA) },
            { client.members.list().pageAsync() },
            { client.members.list().collectAsync() },
        )
        for (start in futures) {
            emulator.clearRequests()
            val future = start()
            until("the request") { emulator.requests.size == 1 }
            assertTrue(future.cancel(true))
            assertThrows(CancellationException::class.java) { future.join() }
            // It would hold the only place there is for a minute.
            assertTrue(client.identity.get(CallOptions(timeout = Duration.ofSeconds(30))).apiKeyId.isNotEmpty())
        }
    }

    @Test
    fun `withTimeout ends a call`() = enterprise({ maxConcurrency(1) }) { emulator, client ->
        emulator.fault(Fault.none().path("$MEMBERS/*").delay(Duration.ofSeconds(60)))
        failure<TimeoutCancellationException> { withTimeout(200) { client.members.get(ADA) } }
        assertEquals(ADA, client.members.get(ADA, CallOptions(timeout = Duration.ofSeconds(30))).userId)
    }

    @Test
    fun `the client's own limit is a timeout`() = enterprise { emulator, client ->
        emulator.fault(hang(SELF))
        val limit = CallOptions(timeout = Duration.ofMillis(200))
        assertEquals("identity.get", failure<DevinException.Timeout> { client.identity.get(limit) }.operation)
    }

    @Test
    fun `in the middle of a list the rows before it are kept`() = enterprise { emulator, client ->
        emulator.fault(hang(MEMBERS).query("skip", "50"))
        val token = CancelToken()
        val members = client.members.list(limit = 50, options = CallOptions(cancel = token))
        supervisorScope {
            val answer = async { members.collect() }
            until("the first page") { members.report.seen == 50L }
            token.cancel()
            val partial = failure<DevinException.Cancelled> { answer.await() }.partial!!
            assertEquals(50, partial.rows.size)
            emulator.reset()
            val rest = client.members.list(limit = 50, resume = partial.report.resume).collect()
            assertEquals(120, (partial.rows.map { (it as Member).userId } + rest.rows.map { it.userId }).toSet().size)
        }
    }
}
