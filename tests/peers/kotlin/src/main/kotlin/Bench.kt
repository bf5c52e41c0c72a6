// The jar beside what users would pick instead, in one run against one server, as ratios.
//
// `Bench FILE`: the devin-v2-peers program. Reads CPU time from /proc, so it measures on Linux only.

package io.github.devinv2.peers

import io.github.devinv2.DevinClient
import java.io.File
import java.util.Locale
import java.util.jar.JarFile

// Pages that are read of the slow server by those whose time is not part of an aim.
private const val SAMPLE = 60
private const val PAGES = SESSIONS / LIMIT

// Above this share for other programs, slower clients suffer more than quick ones and ratios flatter the quick.
private const val QUIET = 0.05

private val verdicts = ArrayList<String>()

private fun String.with(vararg values: Any): String = format(Locale.ROOT, *values)

private fun median(values: List<Double>): Double {
    val sorted = values.sorted()
    val middle = sorted.size / 2
    return if (sorted.size % 2 == 1) sorted[middle] else (sorted[middle - 1] + sorted[middle]) / 2
}

private fun table(title: String, unit: String, figures: Map<Kind, Double>, digits: Int = 1, notes: Map<Kind, String> = emptyMap()) {
    println("\n$title, $unit")
    for (kind in Kind.entries) {
        val value = figures.getValue(kind)
        val line = "  %-23s %,12.${digits}f   %8.3f of java.net.http  %s"
        println(line.with(kind.title, value, value / figures.getValue(Kind.JAVA), notes[kind].orEmpty()).trimEnd())
    }
}

private fun aim(what: String, value: Double, bound: Double) {
    val verdict = if (value <= bound) "met" else "MISSED"
    verdicts += "  %-28s %8.3f   ≤ %-6s   %s".with(what, value, bound, verdict)
}

/** The medians of what all workers answer to [what] in so many rounds. */
private fun asked(workers: Map<Kind, Worker>, what: String, count: Int): Map<Kind, Double> {
    val times = workers.mapValues { ArrayList<Double>() }
    for (kinds in rounds(count)) {
        for (kind in kinds) times.getValue(kind) += workers.getValue(kind).ask(what).split(' ').map(String::toDouble)
    }
    return times.mapValues { median(it.value) }
}

private fun loads(server: Server) {
    val inside = Kind.entries.associateWith { ArrayList<Double>() }
    val whole = Kind.entries.associateWith { ArrayList<Double>() }
    // Once unmeasured, so that all files have been read.
    for (kinds in rounds(12)) {
        for (kind in kinds) {
            val start = System.nanoTime()
            inside.getValue(kind) += Worker(kind, server, "first").use { it.line().toDouble() * 1e3 }
            whole.getValue(kind) += (System.nanoTime() - start) / 1e6
        }
    }
    val middle = { times: Map<Kind, List<Double>> -> times.mapValues { median(it.value.drop(1)) } }
    val notes = middle(whole).mapValues { "(whole process %.0f)".with(it.value) }
    table("client made and first call in a fresh process (11 rounds, median)", "milliseconds", middle(inside), 1, notes)
}

private fun calls(workers: Map<Kind, Worker>) {
    val latency = asked(workers, "latency", 10).mapValues { it.value * 1e6 }
    table("one small call at a time (10 rounds of 150 calls, median)", "microseconds", latency)
    aim("latency / java.net.http", latency.getValue(Kind.OURS) / latency.getValue(Kind.JAVA), 1.0)

    val rate = asked(workers, "inFlight", 8).mapValues { 1 / it.value }
    table("$IN_FLIGHT calls in flight (8 rounds of 0.6 s, median)", "calls a second", rate, 0)

    val page = asked(workers, "page", 12).mapValues { it.value * 1e3 }
    table("page of $LIMIT sessions, every field read (12 rounds of 50 pages, median)", "milliseconds", page, 2)
    aim("page / java.net.http", page.getValue(Kind.OURS) / page.getValue(Kind.JAVA), 1.0)
}

private fun paging(program: String) {
    val seconds = HashMap<Kind, Double>()
    val notes = HashMap<Kind, String>()
    Server(program, 50).use { server ->
        for (kind in Kind.entries) {
            Worker(kind, server).use { worker ->
                worker.ask("1")
                if (kind == Kind.OURS) {
                    seconds[kind] = median(List(3) { worker.ask("all").toDouble() })
                    notes[kind] = "(median of 3)"
                } else {
                    seconds[kind] = worker.ask("$SAMPLE").toDouble() * PAGES / SAMPLE
                    notes[kind] = "($SAMPLE pages, extrapolated to $PAGES)"
                }
            }
        }
    }
    table("100,000 sessions iterated, $LIMIT a page, 50 ms server delay; all but the SDK serially", "seconds", seconds, 2, notes)
}

private fun sizes() {
    val jar = File(DevinClient::class.java.protectionDomain.codeSource.location.toURI())
    println("\njar, megabytes\n  %-36s %6.2f".with(jar.name, jar.length() / 1e6))
    JarFile(jar).use { archive ->
        for (entry in archive.entries()) {
            if ("devin_v2_uniffi." in entry.name) println("  %-36s %6.2f".with(entry.name, entry.size / 1e6))
        }
    }
}

fun main(arguments: Array<String>) {
    val program = arguments.single()
    val start = System.nanoTime()
    val others = Others()
    Server(program).use { server ->
        loads(server)
        val workers = Kind.entries.associateWith { Worker(it, server) }
        val seen = workers.mapValues { it.value.ask("check") }
        val different = seen.filterValues { it != seen[Kind.JAVA] }.keys
        check(different.isEmpty()) { "they read other values than java.net.http: $different" }
        calls(workers)
        workers.values.forEach(Worker::close)
    }
    paging(program)
    sizes()
    println("\naims")
    verdicts.forEach(::println)
    println("\n%.0f s in all, Java %s".with((System.nanoTime() - start) / 1e9, System.getProperty("java.version")))
    val share = others.share()
    println("other programs used %.0f%% of the processors meanwhile".with(share * 100))
    if (share > QUIET) println("THE MACHINE WAS BUSY: these figures are not to be quoted")
}
