package io.github.devinv2

import io.github.devinv2.testing.Emulator
import io.github.devinv2.testing.Fault
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Every example of the README, as it stands there. */
class ReadmeTest {
    private lateinit var emulator: Emulator

    /** In place of the constructor: what is taken from the environment leads to the emulator. */
    private fun DevinClient(timeout: Duration? = null, maxRetries: Int? = null, maxConcurrency: Int? = null) = DevinClient(
        apiKey = emulator.apiKey,
        baseUrl = emulator.url,
        timeout = timeout,
        maxRetries = maxRetries,
        maxConcurrency = maxConcurrency,
    )

    private fun example(run: suspend (DevinClient) -> Unit) = enterprise { emulator, client ->
        this@ReadmeTest.emulator = emulator
        run(client)
    }

    @Test
    fun `the README has nothing else`() {
        fun lines(text: String) = text.lines().map(String::trim).filter(String::isNotEmpty).joinToString("\n")
        val tests = listOf("kotlin/io/github/devinv2/ReadmeTest.kt", "java/io/github/devinv2/JavaTest.java")
            .map { lines(Files.readString(Path.of("src/test", it))) }
        val blocks = Regex("```(kotlin|java)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)
            .findAll(Files.readString(Path.of("README.md")))
            .map { lines(it.groupValues[2]) }
            .toList()
        assertEquals(15, blocks.size)
        for (block in blocks) assertTrue(tests.any { block in it }) { "not tested: $block" }
    }

    @Test
    fun `Quickstart`() = example { _ ->
        DevinClient().use { client ->
            client.members.list().items().collect { member ->
                println("${member.email} ${member.enterpriseRole} ${member.lastLogin}")
            }
            val used = client.consumption.daily(billingDays = BillingDays("2026-02-01", "2026-02-28"))
            println(used.totalAcus)
        }
    }

    @Test
    fun `What the document does not have`() = example { client ->
        val answer = client.request("GET", "/v2/enterprise/members", query = listOf("limit" to "1"))
        println("${answer.status} ${answer.requestId} ${answer.body.expose().length}")
        assertEquals(200, answer.status)
    }

    @Test
    fun `Calls`() = example { client ->
        val userId = "email|65f1c0ffee65f1c0ffee65f1"
        val member = client.members.get(userId)
        val sessions = client.sessions.list(userIds = listOf(userId), limit = 50)
        val roles = client.roles.list(CallOptions(timeout = Duration.ofSeconds(5)))
        println("${member.name} ${sessions.page().total} ${roles.rows.size}")
    }

    @Test
    fun `Lists`() = example { client ->
        val members = client.members.list(limit = 50) // 50 per page

        members.items().collect { println(it.userId) } // all pages, in constant memory
        println("${members.report.complete} ${members.report.seen} ${members.report.expected}")

        val everyone = members.collect { println("${it.seen} of ${it.expected}") } // all rows at once
        println("${everyone.rows.size} ${everyone.report.complete}")

        val page = members.page() // one page
        println("${page.rows.size} ${page.total} ${page.hasMore} ${page.next}")
    }

    @Test
    fun `Lists 2`() = example { _ ->
        Emulator.start().use { emulator ->
            val client = emulator.client { maxRetries(0) }
            emulator.fault(Fault.status(500).path("/v2/enterprise/members").query("skip", "50"))

            val partial = try {
                client.members.list(limit = 50).collect()
            } catch (error: DevinException) {
                println(error.message)
                error.partial ?: throw error
            }
            val rest = client.members.list(limit = 50, resume = partial.report.resume).collect() // the same filters, and where to go on
            println(partial.rows.size + rest.rows.size)
        }
    }

    @Test
    fun `Rows and fields that are new`() = example { _ ->
        Emulator.start().use { emulator ->
            val client = emulator.client()
            emulator.fault(Fault.unknownEnum("status", "hibernating").path("/v2/enterprise/sessions").row(0))
            emulator.fault(Fault.replaceField("acus_consumed", "many").path("/v2/enterprise/sessions").row(1))

            val sessions = client.sessions.list(limit = 10)
            when (val status = sessions.page().rows[0].status) {
                is SessionStatus.Running -> println("running")
                is SessionStatus.Unknown -> println(status.value) // hibernating
                else -> println("something else")
            }

            val page = sessions.page()
            println("${page.rows.size} ${page.badRows[0].path}") // 9 acus_consumed
        }
    }

    @Test
    fun `Times and billing days`() = example { client ->
        val since = Instant.parse("2026-02-01T08:00:00Z")
        val used = client.consumption.daily(startDate = since, endDate = Instant.parse("2026-03-01T08:00:00Z"))
        val same = client.consumption.daily(billingDays = BillingDays("2026-02-01", "2026-02-28"))
        println(used.totalAcus == same.totalAcus)

        val cycle = client.consumption.cycles().rows.takeLast(2).first()
        println("${cycle.days.size} days, ${client.consumption.daily(billingDays = cycle.days).totalAcus} ACUs")
        val day = BillingDay("2026-02-28")
        println("${day + 1} ${day - BillingDay("2026-02-01")} ${(day - 2..day).map { it.date }}")
        println(client.consumption.daily(billingDays = BillingDays.month("2026-02")).totalAcus)
    }

    @Test
    fun `Updates absent null and a value`() = example { client ->
        val orgId = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
        client.organizations.update(orgId, maxAcuLimit = IntegerChange.Set(500))
        client.organizations.update(orgId, displayName = TextChange.Set("Platform")) // the limit stays
        println(client.organizations.get(orgId).maxCycleAcuLimit) // 500

        client.organizations.update(orgId, maxAcuLimit = IntegerChange.Clear)
        println(client.organizations.get(orgId).maxCycleAcuLimit) // null: no limit any more
    }

    @Test
    fun `Guards and what can't be undone`() = example { client ->
        for (slip in listOf<suspend () -> Any>(
            { client.apiKeys.revoke("") }, // on the wire it would have been "revoke every key"
            { client.apiKeys.revokeAll() },
        )) {
            try {
                slip()
            } catch (error: DevinException.Refused) {
                println("${error.field} ${error.message}")
            }
        }

        val old = client.organizations.create("Old")
        old.orgId?.let { client.organizations.delete(it, confirm = "delete-organization:$it") }
    }

    @Test
    fun `Errors`() = example { client ->
        try {
            client.members.get("email|000000000000000000000000")
        } catch (error: DevinException.NotFound) {
            println(error.message) // one line: what happened, and what to do about it
            println("${error.status} ${error.operation} ${error.requestId} ${error.attempts} ${error.detail} ${error.hint}")
        } catch (error: DevinException) {
            println("anything else that this package throws: ${error::class.simpleName}")
        }
    }

    @Test
    fun `Cancelling`() = example { client ->
        val token = CancelToken()
        val sessions = client.sessions.list(limit = 50, options = CallOptions(cancel = token))
        try {
            sessions.items().collect { session ->
                println(session.sessionId)
                token.cancel()
            }
        } catch (error: DevinException.Cancelled) {
            println("${error.message} ${sessions.report.complete}")
        }
    }

    @Test
    fun `Settings`() = example { _ ->
        val patient = DevinClient(timeout = Duration.ofMinutes(10), maxRetries = 5, maxConcurrency = 32)
        val hasty = patient.withOptions(timeout = Duration.ofSeconds(2), maxRetries = 0) // shares the connections
        println("$hasty ${hasty.roles.list().rows.size}")
    }

    @Test
    fun `Secrets and personal data`() = example { client ->
        val key = client.apiKeys.provision("org-0a1b2c3d4e5f60718293a4b5c6d7e8f9")
        println("${key.orgId} has a new key of ${key.apiKey?.expose()?.length} characters")
    }

    @Test
    fun `Testing`() = example { _ ->
        Emulator.start(seed = 7, members = 120).use { emulator ->
            val client = emulator.client() // or DevinClient(baseUrl = emulator.url, apiKey = emulator.apiKey)

            emulator.fault(Fault.status(503).on("GET", "/v2/enterprise/members"))
            check(client.members.list().collect().rows.size == 120) // tried again

            println(emulator.requests.map { "${it.method} ${it.path}?${it.query}" })
            emulator.reset() // back to the seed
        }
    }
}
