package io.github.devinv2

import io.github.devinv2.testing.Fault
import java.time.Duration
import kotlin.reflect.KClass
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** What servers, proxies and networks do, one by one: every kind of fault that the emulator has. */
class FaultsTest {
    private val path = "$MEMBERS/*"

    private class Fatal(val fault: Fault, val kind: KClass<out DevinException>, val status: Int?, val rows: Boolean = false)

    private val fatal = mapOf(
        "status" to Fatal(Fault.status(500), DevinException.Server::class, 500),
        "status with a body that is no JSON" to
            Fatal(Fault.status(400).with("body_text", "no"), DevinException.Validation::class, 400),
        "html" to Fatal(Fault.html(), DevinException.Server::class, 502),
        "html with 200" to Fatal(Fault.html(200), DevinException.Decode::class, 200),
        "html with 403" to Fatal(Fault.html(403), DevinException.Permission::class, 403),
        "cut_body" to Fatal(Fault.cutBody(3), DevinException.Connect::class, 200),
        "cut_body before the first byte" to Fatal(Fault.cutBody(0), DevinException.Connect::class, 200),
        "reset" to Fatal(Fault.reset(), DevinException.Connect::class, null),
        "malformed_json" to Fatal(Fault.malformedJson(), DevinException.Decode::class, 200),
        "invalid_utf8" to Fatal(Fault.invalidUtf8(), DevinException.Decode::class, 200),
        "empty_body" to Fatal(Fault.emptyBody(), DevinException.Decode::class, 200),
        "remove_field" to Fatal(Fault.removeField("user_id"), DevinException.Decode::class, 200, rows = true),
        "null_field" to Fatal(Fault.nullField("user_id"), DevinException.Decode::class, 200, rows = true),
        "replace_field" to Fatal(Fault.replaceField("user_id", 7), DevinException.Decode::class, 200, rows = true),
        "redirect" to Fatal(Fault.redirect("https://example.com/"), DevinException.Refused::class, 307),
        "redirect with 302" to
            Fatal(Fault.redirect("//example.com/v2/enterprise/self", 302), DevinException.Refused::class, 302),
    )

    @TestFactory
    fun `of a call`(): List<DynamicTest> = fatal.map { (name, it) ->
        dynamicTest("$name is ${it.kind.simpleName}") {
            enterprise({ maxRetries(0) }) { emulator, client ->
                emulator.fault(it.fault.path(path))
                val error = failure<DevinException> { client.members.get(ADA) }
                assertEquals(it.kind, error::class)
                assertEquals(listOf(it.status, "members.get", 1), listOf(error.status, error.operation, error.attempts))
                assertNotNull(error.requestId)
                assertTrue(error.message!!.startsWith("members.get: "), error.message)
                assertFalse("ada@example.com" in error.message!! || '\n' in error.message!!, error.message)
                if (it.kind == DevinException.Decode::class) assertNotNull(error.body)
                if (it.kind == DevinException.Connect::class) assertTrue(error.details.causes.isNotEmpty())
                assertEquals(1, emulator.requests.size)
                assertEquals(ADA, client.members.get(ADA).userId, "the next call works")
            }
        }
    }

    // Fields of rows: see ListingTest.
    @TestFactory
    fun `of a list`(): List<DynamicTest> = fatal.filterNot { it.value.rows }.map { (name, it) ->
        dynamicTest("$name is ${it.kind.simpleName}") {
            enterprise({ maxRetries(0) }) { emulator, client ->
                val members = client.members.list(limit = 50)
                for (work in listOf<suspend () -> Any>({ members.page() }, { members.collect() })) {
                    emulator.fault(it.fault.path(MEMBERS))
                    val error = failure<DevinException> { work() }
                    assertEquals(it.kind, error::class)
                    assertEquals(it.status to "members.list", error.status to error.operation)
                }
                assertEquals(120, members.collect().rows.size)
            }
        }
    }

    @Test
    fun `content_type is no error, what counts is what can be read`() = enterprise { emulator, client ->
        emulator.fault(Fault.contentType("text/html").path(path))
        assertEquals(ADA, client.members.get(ADA).userId)
    }

    @Test
    fun `none only waits`() = enterprise { emulator, client ->
        emulator.fault(Fault.none().path(path).delay(Duration.ofMillis(200)))
        val began = System.nanoTime()
        assertEquals(ADA, client.members.get(ADA).userId)
        assertTrue(System.nanoTime() - began >= 190_000_000)
    }

    @Test
    fun `extra_field and unknown_enum are no errors`() = enterprise { emulator, client ->
        emulator.fault(Fault.extraField("mood", mapOf("now" to listOf("good", 1, null))).path(path))
        emulator.fault(Fault.unknownEnum("status", "hibernating").path(SESSIONS).row(0))
        assertEquals("""{"now":["good",1,null]}""", client.members.get(ADA).extra["mood"])
        val page = client.sessions.list(limit = 2).page()
        assertEquals(SessionStatus.Unknown("hibernating"), page.rows[0].status)
        assertEquals(2 to emptyList<BadRow>(), page.rows.size to page.badRows)
    }

    @Test
    fun `a redirect within the service is followed by what only reads`() = enterprise { emulator, client ->
        val location = "$MEMBERS/${java.net.URLEncoder.encode(ADA, Charsets.UTF_8)}"
        emulator.fault(Fault.redirect(location).path(path))
        assertEquals(ADA, client.members.get("email|moved").userId)
        emulator.fault(Fault.redirect(location).path(path))
        failure<DevinException.Refused> { client.members.delete("email|moved") }
        assertEquals(listOf("GET", "GET", "DELETE"), emulator.requests.map { it.method })
    }

    @Test
    fun `pages that contradict each other`() = enterprise { emulator, client ->
        emulator.fault(Fault.replaceField("items", emptyList<Any>()).envelope().path(MEMBERS).query("skip", "0").always())
        val error = failure<DevinException.Paging> { client.members.list(limit = 50).collect() }
        assertEquals(0 to false, error.partial!!.rows.size to error.partial!!.report.complete)
    }

    @TestFactory
    fun `tried again`(): List<DynamicTest> {
        val passing = listOf(408, 429, 500, 502, 503, 504).map(Fault::status) +
            listOf(Fault.html(), Fault.reset(), Fault.cutBody(3))
        return passing.map { fault ->
            dynamicTest("$fault") {
                enterprise { emulator, client ->
                    emulator.fault(fault.path(ROLES).times(2))
                    assertTrue(client.roles.list().rows.isNotEmpty())
                    assertEquals(3, emulator.requests.size)
                    assertEquals(1, emulator.requests.map { it.headers["x-request-id"] }.toSet().size)
                }
            }
        }
    }

    @Test
    fun `a change that may have taken effect is not repeated`() = enterprise { emulator, client ->
        for (fault in listOf(Fault.status(500), Fault.html(), Fault.reset().execute(true), Fault.cutBody(0))) {
            emulator.reset()
            emulator.fault(fault.on("POST", "/v2/enterprise/organizations").always())
            val error = failure<DevinException> { client.organizations.create("New") }
            assertEquals(1 to 1, error.attempts to emulator.requests.size)
        }
    }

    @Test
    fun `no more than maxRetries`() = enterprise { emulator, client ->
        for (retries in listOf(0, 1, 3)) {
            emulator.reset()
            emulator.fault(Fault.status(503).path(ROLES).always())
            val error = failure<DevinException.Server> { client.withOptions(maxRetries = retries).use { it.roles.list() } }
            assertEquals(listOf(retries + 1, retries + 1, 503), listOf(error.attempts, emulator.requests.size, error.status))
        }
    }
}
