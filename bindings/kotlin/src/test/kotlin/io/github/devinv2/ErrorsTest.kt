package io.github.devinv2

import io.github.devinv2.testing.Fault
import java.net.ServerSocket
import java.time.Duration
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** A class for each kind of failure, and what is in them. */
class ErrorsTest {
    private val path = "$MEMBERS/*"

    private val statuses = mapOf(
        400 to DevinException.Validation::class,
        401 to DevinException.Authentication::class,
        403 to DevinException.Permission::class,
        404 to DevinException.NotFound::class,
        408 to DevinException.Timeout::class,
        409 to DevinException.Conflict::class,
        410 to DevinException.NotFound::class,
        418 to DevinException.Validation::class,
        422 to DevinException.Validation::class,
        429 to DevinException.RateLimited::class,
        500 to DevinException.Server::class,
        502 to DevinException.Server::class,
        503 to DevinException.Server::class,
        504 to DevinException.Server::class,
        529 to DevinException.Server::class,
    )

    @TestFactory
    fun statuses(): List<DynamicTest> = statuses.map { (status, kind) ->
        dynamicTest("$status is ${kind.simpleName}") {
            enterprise({ maxRetries(0) }) { emulator, client ->
                emulator.fault(Fault.status(status, mapOf("detail" to "Because")).path(path))
                val error = failure<DevinException> { client.members.get(ADA) }
                assertEquals(kind, error::class)
                assertEquals(
                    listOf(status, "members.get", 1, "Because", Duration.ZERO, null),
                    listOf(error.status, error.operation, error.attempts, error.detail, error.waited, error.field),
                )
                assertEquals(emulator.requests.single().headers["x-request-id"], error.requestId)
                assertEquals("""{"detail":"Because"}""", error.body)
                assertEquals(error.details.description, error.message)
                assertTrue(error.message!!.startsWith("members.get: ") && error.requestId!! in error.message!!)
                assertFalse('\n' in error.message!!, "one line")
            }
        }
    }

    @Test
    fun `the body is there but not shown`() = enterprise { emulator, client ->
        emulator.fault(Fault.status(404, mapOf("detail" to "Because", "who" to "private words")).path(path))
        val error = failure<DevinException.NotFound> { client.members.get(ADA) }
        assertTrue("private words" in error.body!!)
        for (shown in listOf("$error", "${error.details}", error.message, error.stackTraceToString())) {
            assertFalse("private words" in shown, shown)
        }
    }

    @Test
    fun `the stack leads to the line that made the call`() = enterprise { _, client ->
        val error = failure<DevinException.NotFound> { client.members.get("email|0") }
        assertTrue(error.stackTrace.any { it.className.startsWith("io.github.devinv2") })
    }

    @Test
    fun `how long to wait is told`() = enterprise({ maxRetryAfter(Duration.ofSeconds(30)) }) { emulator, client ->
        emulator.fault(Fault.status(429).path(ROLES).header("retry-after", "120").always())
        val error = failure<DevinException.RateLimited> { client.roles.list() }
        assertEquals(listOf(Duration.ofMinutes(2), 1, Duration.ZERO), listOf(error.retryAfter, error.attempts, error.waited))
    }

    @Test
    fun `no connection`() = enterprise { _, _ ->
        val port = ServerSocket(0).use { it.localPort }
        val client = DevinClient(apiKey = "apk_user_x", baseUrl = "http://127.0.0.1:$port", maxRetries = 1, noProxy = true)
        val error = failure<DevinException.Connect> { client.identity.get() }
        assertEquals(listOf(2, null, null), listOf(error.attempts, error.status, error.body))
        assertTrue(error.details.causes.isNotEmpty())
        client.close()
    }

    @Test
    fun `what was refused was never sent`() = enterprise { emulator, client ->
        for ((field, work) in listOf<Pair<String, suspend () -> Any>>(
            "user_id" to { client.members.get("") },
            "limit" to { client.members.list(limit = 0).page() },
            "limit" to { client.members.list(limit = 201).collect() },
            "emails" to { client.members.invite(emptyList()) },
            "confirm" to { client.apiKeys.revokeAll() },
            "confirm" to { client.organizations.delete(ORG) },
        )) {
            val error = failure<DevinException.Refused> { work() }
            assertEquals(listOf(field, 0), listOf(error.field, error.attempts), error.message)
            assertNull(error.status)
        }
        assertEquals(0, emulator.requests.size)
    }
}
