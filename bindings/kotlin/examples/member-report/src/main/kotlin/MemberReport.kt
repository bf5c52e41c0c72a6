// The members of the enterprise as a table, those who have not signed in for longest first. The key comes from
// DEVIN_V2_API_KEY; an argument, if there is one, is how many rows to print.
package com.example.report

import io.github.devinv2.DevinClient
import io.github.devinv2.DevinException
import io.github.devinv2.Member
import io.github.devinv2.Report
import io.github.devinv2.partial
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

private val HEADINGS = listOf("member", "role", "joined", "last login", "sessions", "searches")

private fun date(time: Instant?): String = time?.let { "${LocalDate.ofInstant(it, ZoneOffset.UTC)}" } ?: "never"

private fun cells(member: Member, roles: Map<String, String>): List<String> = listOf(
    member.email,
    roles[member.enterpriseRole] ?: member.enterpriseRole,
    date(member.createdAt),
    date(member.lastLogin),
    "${member.sessionsCreatedCount}",
    "${member.searchesCreatedCount}",
)

/** Rows of text as a table; columns of numbers stand to the right. */
private fun table(rows: List<List<String>>): String {
    val widths = HEADINGS.indices.map { column -> (rows + listOf(HEADINGS)).maxOf { it[column].length } }
    val numbers = HEADINGS.indices.map { column -> rows.isNotEmpty() && rows.all { row -> row[column].all(Char::isDigit) } }
    fun line(row: List<String>) = row.indices.joinToString("  ") { column ->
        if (numbers[column]) row[column].padStart(widths[column]) else row[column].padEnd(widths[column])
    }.trimEnd()
    return (listOf(HEADINGS, widths.map("-"::repeat)) + rows).joinToString("\n", transform = ::line)
}

private fun summary(shown: Int, found: Int, report: Report): String {
    val whole = if (report.complete) "" else "; the list may not be whole: it changed, or rows could not be read"
    return "$shown of $found members$whole"
}

fun main(args: Array<String>) {
    val most = args.firstOrNull()?.toIntOrNull() ?: Int.MAX_VALUE
    val code = try {
        DevinClient().use { client ->
            runBlocking {
                val roles = client.roles.list().rows.associate { it.roleId to it.roleName }
                val (members, report) = client.members.list(limit = 200).collect()
                val shown = members.sortedWith(compareBy(nullsFirst()) { it.lastLogin }).take(most)
                println(table(shown.map { cells(it, roles) }))
                println("\n" + summary(shown.size, members.size, report))
            }
        }
        0
    } catch (error: DevinException) {
        System.err.println(error.message)
        error.partial?.let { System.err.println("${it.rows.size} members had been read.") }
        1
    }
    exitProcess(code)
}
