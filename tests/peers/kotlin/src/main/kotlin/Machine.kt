// Whether the figures can be trusted: what else ran meanwhile.

package io.github.devinv2.peers

import java.io.File

/** The share of the machine's processors that other programs used, read when all of our own have ended. */
class Others {
    private val before = Ticks()

    fun share(): Double {
        val after = Ticks()
        val others = after.busy - before.busy - (after.own - before.own)
        return maxOf(0L, others).toDouble() / (after.whole - before.whole)
    }

    private class Ticks {
        val busy: Long
        val whole: Long

        /** Behind the program's name, which may hold anything: our own time and that of our programs that ended. */
        val own = File("/proc/self/stat").readText().substringAfterLast(") ").split(' ').slice(11..14).sumOf(String::toLong)

        init {
            val (user, nice, system, idle, wait) = times()
            val (irq, soft, steal) = times().drop(5)
            busy = user + nice + system + irq + soft + steal
            whole = busy + idle + wait
        }

        private fun times() =
            File("/proc/stat").useLines { it.first() }.trim().split(Regex("\\s+")).slice(1..8).map(String::toLong)
    }
}
