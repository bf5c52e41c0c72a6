package io.github.devinv2

import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test

/** Memory after 10,000 calls of each kind. */
class LeakTest {
    private val memory = ManagementFactory.getMemoryMXBean()

    private class Used(val heap: Long, val native: Long, val threads: Int)

    private suspend fun used(): Used {
        repeat(4) {
            System.gc()
            delay(50) // Cleaners of native objects run after the collection.
        }
        val pages = Files.readString(Path.of("/proc/self/status")).lines().first { it.startsWith("VmRSS:") }
        val resident = pages.filter(Char::isDigit).toLong() * 1024
        val committed = memory.heapMemoryUsage.committed + memory.nonHeapMemoryUsage.committed
        return Used(memory.heapMemoryUsage.used, resident - committed, ManagementFactory.getThreadMXBean().threadCount)
    }

    /** Calls `work` so many times, 50 at the same time. */
    private suspend fun many(count: Int, work: suspend () -> Unit) = coroutineScope {
        List(50) { async { repeat(count / 50) { work() } } }.awaitAll()
    }

    @Test
    fun `nothing leaks`() {
        assumeTrue(Files.exists(Path.of("/proc/self/status")))
        enterprise({ maxConcurrency(50) }) { _, client ->
            val parts = mapOf<String, suspend () -> Unit>(
                "called" to { client.identity.get() },
                "failing" to { runCatching { client.members.get("email|0") } },
                "refused" to { runCatching { client.members.get("") } },
                "cancelled" to {
                    coroutineScope {
                        val job = launch { client.identity.get() }
                        delay(1)
                        job.cancel()
                    }
                },
            )
            val rare: suspend () -> Unit = { client.members.list(limit = 1).items().first() }
            for (work in parts.values) many(4_000, work)
            many(200, rare)
            val grown = (parts.map { Triple(it.key, 10_000, it.value) } + Triple("left", 500, rare)).map { (name, count, work) ->
                val before = used()
                many(count, work)
                val after = used()
                println("$name: heap ${(after.heap - before.heap) / 1024} KiB, native ${(after.native - before.native) / 1024} KiB")
                Triple(name, before, after)
            }
            for ((name, before, after) in grown) {
                // Less than 400 bytes for each call. Allocators keep some of what they were given back.
                assertTrue(after.heap - before.heap < 4 shl 20) { "$name: heap" }
                assertTrue(after.native - before.native < 12 shl 20) { "$name: native" }
                assertTrue(after.threads - before.threads < 20) { "$name: threads" }
            }
        }
    }
}
