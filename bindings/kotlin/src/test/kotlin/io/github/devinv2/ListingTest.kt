package io.github.devinv2

import io.github.devinv2.testing.Fault
import io.github.devinv2.testing.Json
import java.time.Duration
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.supervisorScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Paged lists: reading them by row, by page and as a whole, and what is told about it. */
class ListingTest {
    private val Iterable<Member>.ids get() = map { it.userId }

    private fun Report.isWhole() = complete && expected == 120L && seen == 120L && resume == null

    @Test
    fun `nothing is sent before it is read`() = enterprise { emulator, client ->
        val members = client.members.list(limit = 50)
        members.items()
        assertEquals(false to 0L, members.report.complete to members.report.pages)
        assertEquals(0, emulator.requests.size)
    }

    @Test
    fun `a flow gives every row once`() = enterprise { emulator, client ->
        val members = client.members.list(limit = 50)
        val rows = members.items().toList()
        assertEquals(120 to 120, rows.size to rows.ids.toSet().size)
        assertEquals(listOf("0", "100", "50"), emulator.requests.map { queryValue(it.query, "skip") ?: "0" }.sorted())
        assertTrue(members.report.isWhole()) { "${members.report}" }
    }

    @Test
    fun `a listing can be read again, and at the same time`() = enterprise { _, client ->
        val members = client.members.list(limit = 50)
        val rows = members.items().toList()
        val items = members.items()
        assertEquals(rows, items.toList())
        assertEquals(rows, items.toList(), "a flow, too")
        assertEquals(List(3) { rows }, List(3) { async { members.collect().rows } }.awaitAll())
    }

    @Test
    fun `collect gives all rows and the report`() = enterprise { _, client ->
        val members = client.members.list(limit = 50)
        val all = members.collect()
        assertEquals(120, all.rows.size)
        assertEquals(120, all.count())
        assertTrue(all.report.isWhole() && members.report == all.report)
    }

    @Test
    fun `a list of nothing`() = enterprise { _, client ->
        val nobody = client.members.list(email = "nobody@example.com")
        assertEquals(emptyList<Member>(), nobody.items().toList())
        assertEquals(true to 0L, nobody.report.complete to nobody.report.expected)
        val page = nobody.page()
        assertEquals(listOf(emptyList<Member>(), false, null, 0L), listOf(page.rows, page.hasMore, page.next, page.total))
    }

    @Test
    fun `page after page`() = enterprise { emulator, client ->
        val rows = mutableListOf<Member>()
        var page = client.members.list(limit = 50).page()
        assertEquals(listOf(120L, 0L, 50L, true), listOf(page.total, page.skip, page.limit, page.hasMore))
        assertEquals(emulator.requests.single().headers["x-request-id"], page.requestId)
        while (true) {
            rows += page
            page = client.members.list(limit = 50, resume = page.next ?: break).page()
        }
        assertEquals(listOf(false, 100L, 20), listOf(page.hasMore, page.skip, page.rows.size))
        assertEquals(3, emulator.requests.size)
        assertEquals(client.members.list().items().toList(), rows)
    }

    @Test
    fun `who leaves in the middle of a page loses no row by going on`() = enterprise { _, client ->
        for (enough in listOf(1, 50, 51, 75, 119)) {
            val members = client.members.list(limit = 50)
            val rows = members.items().take(enough).toList()
            assertEquals(enough, rows.size)
            assertFalse(members.report.complete)
            val rest = client.members.list(limit = 50, resume = members.report.resume).collect()
            assertEquals(120, (rows + rest).ids.toSet().size, "$enough")
        }
    }

    @Test
    fun `a failed page keeps what came before it`() = enterprise({ maxRetries(0) }) { emulator, client ->
        val everyone = client.members.list().collect().rows
        emulator.fault(Fault.status(500).path(MEMBERS).query("skip", "50"))
        val error = failure<DevinException.Server> { client.members.list(limit = 50).collect() }
        val partial = error.partial!!
        assertEquals(everyone.take(50), partial.rows)
        assertFalse(partial.report.complete)
        assertFalse("@" in error.stackTraceToString(), "rows would flood a log")
        val rest = client.members.list(limit = 50, resume = partial.report.resume).collect()
        assertEquals(everyone, partial.rows + rest.rows)
    }

    @Test
    fun `a failed page ends a flow after the rows before it`() = enterprise { emulator, client ->
        emulator.fault(Fault.status(404).path(MEMBERS).query("skip", "50"))
        val members = client.members.list(limit = 50)
        val rows = mutableListOf<Member>()
        val error = failure<DevinException.NotFound> { members.items().collect(rows::add) }
        assertNull(error.partial)
        assertEquals(50, rows.size)
        rows += client.members.list(limit = 50, resume = members.report.resume).collect()
        assertEquals(120, rows.ids.toSet().size)
    }

    @Test
    fun `readings at the same time have reports of their own`() = enterprise { emulator, client ->
        val members = client.members.list(limit = 50)
        emulator.fault(Fault.status(404).path(MEMBERS).query("skip", "50").delay(Duration.ofMillis(200)))
        val readings = supervisorScope {
            List(3) { async { members.collect() } }.map { runCatching { it.await() } }
        }
        for (reading in readings) {
            val rows = reading.getOrNull() ?: reading.exceptionOrNull()!!.partial!!
            assertEquals(rows.rows.size.toLong(), rows.report.seen)
            assertEquals(reading.isSuccess, rows.report.complete)
        }
        assertEquals(1, readings.count { it.isFailure })
    }

    @Test
    fun `the place to go on belongs to its list and filters`() = enterprise { emulator, client ->
        for (resume in listOf("nonsense", "", "sessions.list@skip=200")) {
            val error = failure<DevinException.Refused> { client.members.list(resume = resume).page() }
            assertEquals("resume", error.field)
        }
        assertEquals(0, emulator.requests.size)
    }

    @Test
    fun `a bad row does not cost the page`() = enterprise { emulator, client ->
        emulator.fault(Fault.replaceField("created_at", "private words").path(MEMBERS).row(2))
        val page = client.members.list(limit = 5).page()
        assertEquals(4, page.rows.size)
        val bad = page.badRows.single()
        assertEquals(2L to "created_at", bad.index to bad.path)
        assertEquals("private words", (Json.read(bad.json.expose()) as Map<*, *>)["created_at"])
        assertTrue(bad.reason.isNotEmpty() && "private" !in bad.reason, "why, without the value")
        assertFalse("private" in "$page")
    }

    @Test
    fun `a bad row does not cost the list`() = enterprise { emulator, client ->
        emulator.fault(Fault.replaceField("created_at", 17).path(MEMBERS).query("skip", "50").row(2).always())
        val members = client.members.list(limit = 50)
        val all = members.collect()
        val report = all.report
        assertEquals(listOf(119L, 120L, 1L), listOf(all.rows.size.toLong(), report.seen, report.badRowCount))
        assertEquals(52L, report.badRows.single().index, "counted over all pages")
        assertEquals(119, members.items().toList().size)
    }

    @Test
    fun `a bad row of a list that comes in one piece`() = enterprise { emulator, client ->
        emulator.fault(Fault.replaceField("role_name", 17).path(ROLES).row(0))
        val roles = client.roles.list()
        assertTrue(roles.rows.isNotEmpty())
        assertEquals("role_name", roles.badRows.single().path)
    }

    @Test
    fun `strict makes an error of a bad row`() = enterprise { emulator, client ->
        emulator.fault(Fault.replaceField("created_at", 17).path(MEMBERS).row(2).always())
        val strict = CallOptions(strict = true)
        for (work in listOf<suspend () -> Any>(
            { emulator.client { strict(true) }.use { it.members.list(limit = 5).page() } },
            { client.withOptions(strict = true).use { it.members.list(limit = 5).collect() } },
            { client.members.list(limit = 5, options = strict).page() },
            { client.members.list(limit = 5, options = strict).items().toList() },
        )) {
            val error = failure<DevinException.Decode> { work() }
            assertTrue("created_at" in error.message, error.message)
            assertTrue("17" in error.body!!, "all of the answer is at hand")
        }
    }

    @Test
    fun `a row that moved to a later page is given once`() = enterprise { emulator, client ->
        val first = client.members.list(limit = 50).page().rows[0]
        emulator.fault(Fault.replaceField("user_id", first.userId).path(MEMBERS).query("skip", "50").row(0))
        val all = client.members.list(limit = 50).collect()
        assertEquals(listOf(1L, 119L, false), listOf(all.report.duplicates, all.report.seen, all.report.complete))
        assertEquals(119, all.ids.toSet().size)
    }

    @Test
    fun `progress is told`() = enterprise { _, client ->
        val seen = mutableListOf<Long>()
        client.members.list(limit = 50).collect { seen += it.seen }
        assertEquals(listOf(50L, 100L, 120L), seen)
    }

    @Test
    fun `a total that changes meanwhile is told`() = enterprise { emulator, client ->
        emulator.fault(Fault.replaceField("total", 119).envelope().path(MEMBERS).query("skip", "50"))
        assertTrue(client.members.list(limit = 50).collect().report.totalChanged)
    }

    @Test
    fun `a list that counts pages`() = enterprise { _, client ->
        val keys = client.apiKeys.list(perPage = 2)
        val page = keys.page()
        val second = client.apiKeys.list(perPage = 2, page = 2).page()
        assertEquals(second.rows, client.apiKeys.list(perPage = 2, resume = page.next).page().rows)
        val all = keys.collect()
        assertTrue(all.report.complete)
        assertEquals(page.total, all.rows.map { it.id }.toSet().size.toLong())
        assertEquals(page.rows + second.rows, all.rows.take(4))
    }

    @Test
    fun `a list that goes on after its last row`() = enterprise { _, client ->
        val logs = client.auditLogs.list(limit = 20)
        val page = logs.page()
        assertEquals(listOf(20, null, null), listOf(page.rows.size, page.total, page.skip))
        val all = logs.collect()
        assertEquals(true to null, all.report.complete to all.report.expected)
        assertTrue(all.rows.size > 40)
        assertEquals(all.rows.size, all.rows.map { it.auditLogId }.toSet().size)
        assertEquals(page.rows, all.rows.take(20))
    }

    @Test
    fun `a reader that stops is no more than prefetch ahead`() = enterprise({ prefetch(3) }) { emulator, client ->
        var read = 0
        client.members.list(limit = 1).items().take(30).collect {
            read++
            if (read == 1 || read == 30) {
                quiet()
                val arrived = emulator.requests.size
                // One page more than is asked for may be touched while rows are handed over.
                assertTrue(arrived <= read + 3 + 2) { "$arrived pages for $read rows" }
                quiet()
                assertEquals(arrived, emulator.requests.size, "and it stays so")
            }
        }
    }

    @Test
    fun `leaving a flow stops the requests`() = enterprise({ prefetch(4) }) { emulator, client ->
        for (leave in listOf("take", "throw")) {
            emulator.clearRequests()
            val items = client.members.list(limit = 1).items()
            if (leave == "take") {
                assertNotNull(items.first())
            } else {
                assertEquals("mine", failure<IllegalStateException> { items.collect { error("mine") } }.message)
            }
            quiet()
            val arrived = emulator.requests.size
            assertTrue(arrived <= 1 + 4 + 2) { "$arrived" }
            quiet()
            assertEquals(arrived, emulator.requests.size)
        }
    }

    @Test
    fun `a page under way is dropped when a flow is left`() = enterprise({
        prefetch(1)
        maxConcurrency(1)
    }) { emulator, client ->
        emulator.fault(Fault.none().path(MEMBERS).query("skip", "10").delay(Duration.ofSeconds(60)))
        client.members.list(limit = 10).items().first()
        // It would hold the only place there is for a minute.
        assertNotNull(client.identity.get(CallOptions(timeout = Duration.ofSeconds(30))))
    }

    @Test
    fun `a stream for Java is closed by its reader`() = enterprise({ prefetch(1) }) { emulator, client ->
        val members = client.members.list(limit = 50)
        assertEquals(120L, members.stream().use { it.distinct().count() })
        assertTrue(members.report.isWhole())
        emulator.clearRequests()
        client.members.list(limit = 1).stream().use { assertTrue(it.findFirst().isPresent) }
        quiet()
        assertTrue(emulator.requests.size <= 4)
        emulator.fault(Fault.status(404).path(MEMBERS).query("skip", "50"))
        val rows = mutableListOf<Member>()
        failure<DevinException.NotFound> { members.stream().use { it.forEach(rows::add) } }
        assertEquals(50, rows.size)
    }
}
