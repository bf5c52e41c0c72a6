package io.github.devinv2

import io.github.devinv2.testing.Fault
import io.github.devinv2.testing.Json
import java.time.Instant
import java.time.YearMonth
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Rows and other answers, and what is sent in updates. */
class RowsTest {
    @Test
    fun `rows are records`() = enterprise { _, client ->
        val ada = client.members.get(ADA)
        assertEquals(listOf(ADA, "ada@example.com", "account_member"), listOf(ada.userId, ada.email, ada.enterpriseRole))
        assertEquals(Instant.parse("2025-09-15T16:20:05Z"), ada.createdAt)
        assertNull(ada.samlId)
        assertEquals(emptyMap<String, String>(), ada.extra)
        assertEquals(ada, client.members.get(ADA))
    }

    @Test
    fun `fields that nobody knows are kept, in every kind of answer`() = enterprise { emulator, client ->
        val value = """{"now":["good",1,null,{"deep":true}]}"""
        emulator.fault(Fault.extraField("mood", Json.read(value)).path("/v2/enterprise/**").always())
        val extras = listOf(
            client.sessions.list(limit = 2).page().rows[1].extra,
            client.sessions.list(limit = 200).collect().rows[700].extra,
            client.members.get(ADA).extra,
            client.roles.list().rows[0].extra,
        )
        assertEquals(List(4) { value }, extras.map { it["mood"] })
    }

    @Test
    fun `enum values that nobody knows are kept`() = enterprise { emulator, client ->
        emulator.fault(Fault.unknownEnum("status", "hibernating").path(SESSIONS).row(0).times(2))
        val sessions = client.sessions.list(limit = 2)
        for (rows in listOf(sessions.page().rows, client.sessions.list(limit = 200).items().toList())) {
            assertEquals(SessionStatus.Unknown("hibernating"), rows[0].status)
            assertTrue(rows[1].status !is SessionStatus.Unknown)
        }
    }

    @Test
    fun `lists and counts that are promised are there`() = enterprise { emulator, client ->
        for (fault in listOf(Fault.nullField("sessions_created_count"), Fault.removeField("sessions_created_count"))) {
            emulator.reset()
            emulator.fault(fault.path(MEMBERS).always())
            assertTrue(client.members.list().collect().rows.all { it.sessionsCreatedCount == 0L })
        }
        emulator.fault(Fault.removeField("title").path(SESSIONS))
        assertNull(client.sessions.list(limit = 1).page().rows[0].title)
    }

    @Test
    fun `odd and large text comes and goes as it is`() = enterprise { emulator, client ->
        val odd = "Zoë & \"Söhne\" \\ \n\t\u0000\u007f \u2028 日本 🎉 <script>"
        val large = "0123456789é日🎉 ".repeat(50_000)
        for (text in listOf(odd, large)) {
            emulator.fault(Fault.replaceField("title", text).path(SESSIONS))
            assertEquals(text, client.sessions.list(limit = 1).page().rows[0].title)
        }
        val name = "Zoë & \"Söhne\" \\ 日本 🎉 <script>"
        emulator.clearRequests()
        val made = client.organizations.create(name)
        assertEquals(mapOf("display_name" to name), Json.read(emulator.requests[0].body))
        assertEquals(name, client.organizations.get(made.orgId!!).orgName)
    }

    @Test
    fun `left out, null and a value are kept apart`() = enterprise { emulator, client ->
        val organizations = client.organizations
        organizations.update(ORG, maxAcuLimit = IntegerChange.Set(500))
        assertEquals(500L, organizations.get(ORG).maxCycleAcuLimit)
        organizations.update(ORG, displayName = TextChange.Set("Platform"))
        assertEquals(500L, organizations.get(ORG).maxCycleAcuLimit, "as it was")
        organizations.update(ORG, maxAcuLimit = IntegerChange.Clear)
        assertNull(organizations.get(ORG).maxCycleAcuLimit)
        organizations.update(ORG, maxAcuLimit = IntegerChange.Set(0))
        assertEquals(
            listOf(
                """{"max_acu_limit":500}""",
                """{"display_name":"Platform"}""",
                """{"max_acu_limit":null}""",
                """{"max_acu_limit":0}""",
            ),
            emulator.requests.filter { it.method == "PATCH" }.map { it.body },
        )
    }

    @Test
    fun `days are counted`() {
        val (first, last) = BillingDay("2026-02-27") to BillingDay("2026-03-02")
        assertEquals(listOf(last, first, 3L), listOf(first + 3, last - 3, last - first))
        assertTrue(first < last && last in first..last && last + 1 !in first..last)
        assertEquals(listOf("2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"), (first..last).map { "$it" })
        assertEquals(first to first + 1, BillingDay.containing(first.end.minusNanos(1)) to BillingDay.containing(first.end))
        val month = BillingDays.month("2026-02")
        assertEquals(listOf(28L, BillingDays("2026-02-01", "2026-02-28")), listOf(month.size, month))
        assertEquals(month, BillingDays.month(YearMonth.of(2026, 2)))
        assertEquals(month, BillingDays.between(month.start.start, month.endInclusive.end))
        for (wrong in listOf<() -> Any>(
            { BillingDay("2026-02-30") },
            { BillingDays.month("2026-13") },
            { BillingDays("2026-02-02", "2026-02-01") },
            { BillingDays.between(first.start, first.start) },
            { BillingDays.between(first.start.plusSeconds(1), last.start) },
        )) {
            assertTrue(runCatching { wrong() }.exceptionOrNull() is DevinException.Refused)
        }
    }

    @Test
    fun `a cycle is its days`() = enterprise { emulator, client ->
        val cycle = client.consumption.cycles().rows.takeLast(2).first()
        assertEquals(cycle.start to cycle.end, cycle.days.start.start to cycle.days.endInclusive.end)
        assertEquals(
            client.consumption.daily(startDate = cycle.start, endDate = cycle.end),
            client.consumption.daily(billingDays = cycle.days),
        )
        assertEquals(1, emulator.requests.map { it.query }.filterNotNull().toSet().size)
        val day = BillingDay("2026-02-01")
        val totals = listOf(day..day + 1, day..day, day + 1..day + 1).map { client.sessions.list(billingDays = it).page().total!! }
        assertEquals(totals[0], totals[1] + totals[2])
        val reversed = BillingDays(day + 1, day)
        val refused = runCatching { client.consumption.daily(billingDays = reversed) }.exceptionOrNull()
        assertEquals("billing_days", (refused as DevinException.Refused).details.field)
    }

    @Test
    fun `entries of the audit log are typed`() = enterprise { _, client ->
        client.organizations.update(ORG, maxAcuLimit = IntegerChange.Set(7))
        val entry = client.auditLogs.list(limit = 1).page().rows[0]
        assertEquals(listOf("update_organization", ORG, null), listOf(entry.action, entry.orgId, entry.extra["action"]))
        assertTrue(entry.createdAt != null && entry.userEmail != null)
        assertTrue(client.apiKeys.list().items().toList().any { it.createdAt is Instant })
    }

    @Test
    fun `members are added to the organization of the path, limits are not negative`() = enterprise { emulator, client ->
        val organizations = client.organizations
        for ((field, call) in listOf<Pair<String, suspend () -> Any>>(
            "org_ids" to { organizations.addMembers(ORG, listOf(ADA), orgIds = listOf(ORG, "org-other")) },
            "max_acu_limit" to { organizations.update(ORG, maxAcuLimit = IntegerChange.Set(-1)) },
            "acu_limit" to { organizations.create("Labs", acuLimit = IntegerChange.Set(-1)) },
        )) {
            val refused = runCatching { call() }.exceptionOrNull() as DevinException.Refused
            assertEquals(field, refused.details.field)
        }
        assertEquals(0, emulator.requests.size)
        organizations.addMembers(ORG, listOf(ADA))
        assertEquals("""{"org_ids":["$ORG"],"user_ids":["$ADA"]}""", emulator.requests[0].body)
    }

    @Test
    fun `what was read can be sent back`() = enterprise { emulator, client ->
        val limits = client.orgGroupLimits.get()
        assertEquals(limits.groups, client.orgGroupLimits.update(limits, confirm = "replace-org-group-limits").groups)
        val sent = Json.read(emulator.requests[1].body) as Map<*, *>
        assertEquals(limits.groups.keys, (sent["groups"] as Map<*, *>).keys)
    }
}
