// What the benchmark starts: the server and the workers.

package io.github.devinv2.peers

import java.io.File
import java.lang.ProcessBuilder.Redirect
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A program that takes lines and answers each with a line. */
open class Program(private val command: List<String>) : AutoCloseable {
    private val process = ProcessBuilder(command).redirectError(Redirect.INHERIT).apply {
        // Without proxies and keys of the machine.
        environment().keys.removeIf { it.lowercase().endsWith("_proxy") || "DEVIN" in it }
    }.start()
    private val lines = process.inputReader()

    fun line(): String = lines.readLine() ?: error("$command ended early")

    fun ask(what: String): String {
        process.outputWriter().apply {
            write("$what\n")
            flush()
        }
        return line()
    }

    /** Ends it, and returns when it is gone. */
    override fun close() {
        process.outputStream.close()
        check(process.waitFor() == 0) { "$command failed" }
    }
}

/** Answers laid out beforehand, 100,000 sessions, each answer after [delay] milliseconds. */
class Server(program: String, delay: Int = 0) : Program(listOf(program, "serve", "$SESSIONS", "$delay")) {
    val url: String
    val key: String

    init {
        val where = JSON.parseToJsonElement(line()).jsonObject
        url = where.getValue("url").jsonPrimitive.content
        key = where.getValue("api_key").jsonPrimitive.content
    }
}

/**
 * A client in a JVM with no options but one: with two processors or fewer Java would start a thread for every answer that
 * `sendAsync` gives, which with more it does not.
 */
class Worker(kind: Kind, server: Server, vararg figure: String) : Program(
    listOf(
        File(System.getProperty("java.home"), "bin/java").path,
        "-Djava.util.concurrent.ForkJoinPool.common.parallelism=${maxOf(2, Runtime.getRuntime().availableProcessors() - 1)}",
        "-classpath", System.getProperty("java.class.path"),
        "io.github.devinv2.peers.WorkerKt", kind.name, server.url, server.key, *figure,
    ),
)

/** All clients each time, a different one first, so that a slower moment of the machine strikes all of them. */
fun rounds(count: Int): List<List<Kind>> {
    val kinds = Kind.entries
    return List(count) { turn -> List(kinds.size) { kinds[(turn + it) % kinds.size] } }
}
