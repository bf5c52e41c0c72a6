// One client in a process of its own: `Worker KIND URL KEY [first]`. Takes a figure's name a line and answers in a line,
// so that no client shares a heap and compiled code with another one.

package io.github.devinv2.peers

import java.util.concurrent.atomic.AtomicInteger
import kotlin.system.exitProcess
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

private const val SECONDS_IN_FLIGHT = 0.6

/** Seconds that it takes to do it. */
private inline fun timed(work: () -> Unit): Double {
    val start = System.nanoTime()
    work()
    return (System.nanoTime() - start) / 1e9
}

/** Does it again and again until it gets no faster: the JVM has compiled what it is going to compile. */
private inline fun warm(work: () -> Double) {
    var best = Double.MAX_VALUE
    var inVain = 0
    while (inVain < 10) {
        val seconds = work()
        if (seconds < best * 0.98) inVain = 0 else inVain += 1
        best = minOf(best, seconds)
    }
}

private class Figures<Row>(private val peer: Peer<Row>) {
    suspend fun answer(what: String): String = when (what) {
        "check" -> check()
        "latency" -> List(150) { timed { peer.identity() } }.joinToString(" ")
        "inFlight" -> inFlight().toString()
        "page" -> List(50) { timed { check(read(it) > 0) } }.joinToString(" ")
        "all" -> rows(SESSIONS) { peer.all() }.toString()
        else -> what.toInt().let { pages -> rows(pages * LIMIT) { peer.serial(pages) } }.toString()
    }

    /** Warms up, and tells what it reads. */
    private suspend fun check(): String {
        warm { timed { repeat(2_000) { peer.identity() } } }
        warm { timed { repeat(400) { read(it) } } }
        warm { inFlight() }
        val page = peer.page(0)
        return "${peer.identity()} ${page.next} ${page.rows.map(peer::values)}"
    }

    private suspend fun read(turn: Int): Double {
        var sum = 0.0
        for (row in peer.page(turn.toLong() % 50 * LIMIT).rows) sum += peer.read(row)
        return sum
    }

    /** Seconds per call, 50 calls in flight. */
    private suspend fun inFlight(): Double {
        val calls = AtomicInteger()
        val start = System.nanoTime()
        val seconds = timed {
            coroutineScope {
                repeat(IN_FLIGHT) {
                    launch(peer.dispatcher) {
                        while (System.nanoTime() - start < SECONDS_IN_FLIGHT * 1e9) {
                            peer.identity()
                            calls.incrementAndGet()
                        }
                    }
                }
            }
        }
        return seconds / calls.get()
    }

    private inline fun rows(count: Int, get: () -> List<Row>): Double = timed { check(get().size == count) }
}

fun main(arguments: Array<String>) {
    val (kind, url, key) = arguments
    val make = Kind.valueOf(kind).make
    if (arguments.size == 4) {
        println(timed { runBlocking(Dispatchers.Default) { make(url, key).identity() } })
    } else {
        val figures = Figures(make(url, key))
        for (line in generateSequence(::readlnOrNull)) println(runBlocking(Dispatchers.Default) { figures.answer(line) })
    }
    // Threads that wait for the next call would hold up the end.
    exitProcess(0)
}
