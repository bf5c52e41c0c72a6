package io.github.devinv2.testing

import io.github.devinv2.DevinClient
import io.github.devinv2.DevinClientBuilder
import java.io.File
import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.util.concurrent.TimeUnit

/**
 * A Devin v2 Enterprise API server for your tests: a whole enterprise in memory that behaves like the service, with the
 * same data for the same seed. No account, no key, no network.
 *
 * ```kotlin
 * Emulator.start(seed = 7, members = 120).use { emulator ->
 *     emulator.fault(Fault.status(503).path("/v2/enterprise/members"))
 *     println(emulator.client().members.list().collect().rows.size) // 120: tried again
 * }
 * ```
 *
 * It is a program of its own, `devin-v2-emulator`, which ends with [close], and with this process at the latest.
 */
public class Emulator private constructor(
    private val process: Process,
    /** Where it listens, without a slash at the end. */
    public val url: String,
    /** The personal key of an enterprise admin, valid until it is revoked. */
    public val apiKey: String,
) : AutoCloseable {
    private val http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    /** The requests that arrived since the start or [clearRequests] (the last 10,000), oldest first. */
    public val requests: List<ArrivedRequest>
        get() {
            val answer = Json.read(control("GET", "requests")) as Map<*, *>
            return (answer["requests"] as List<*>).map { ArrivedRequest.of(it as Map<*, *>) }
        }

    /** A client of this emulator. */
    public fun client(): DevinClient = clientBuilder().build()

    /** A client of this emulator with settings of its own: `emulator.client { maxRetries(0) }`. */
    public fun client(configure: DevinClientBuilder.() -> Unit): DevinClient = clientBuilder().apply(configure).build()

    /** A client of this emulator in the making. */
    public fun clientBuilder(): DevinClientBuilder = DevinClient.builder().baseUrl(url).apiKey(apiKey).noProxy()

    /** Scripts a fault. Of several that match a request, the one added first counts. */
    public fun fault(fault: Fault) {
        control("POST", "faults", fault.json())
    }

    /** Forgets all faults. */
    public fun clearFaults() {
        control("DELETE", "faults")
    }

    /** Forgets the requests that arrived. */
    public fun clearRequests() {
        control("DELETE", "requests")
    }

    /** Back to the seed: state, faults and remembered requests. */
    public fun reset() {
        control("POST", "reset")
    }

    /** Stops it. */
    override fun close() {
        // It ends with its input.
        try {
            process.outputStream.close()
        } catch (_: IOException) {
            // It has ended.
        }
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    /** The address; not the key. */
    override fun toString(): String = "Emulator($url)"

    private fun control(method: String, path: String, body: String? = null): String {
        val publisher = body?.let(BodyPublishers::ofString) ?: BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI.create("$url/_emulator/$path")).method(method, publisher).build()
        val answer = http.send(request, BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "the emulator answers ${answer.statusCode()}: ${answer.body()}" }
        return answer.body()
    }

    /** Starts emulators. */
    public companion object {
        private const val PROGRAM = "devin-v2-emulator"
        private const val VARIABLE = "DEVIN_V2_EMULATOR"

        /**
         * Starts an emulator, and returns once it can be asked.
         *
         * @param seed Everything random follows from it.
         * @param members 1 to 100,000.
         * @param organizations 1 to 10,000.
         * @param sessions 0 to 10,000,000, over the 90 days before [now].
         * @param apiKey The initial personal key, `apk_user_…`; made from the seed if left out.
         * @param now The emulator's clock, which stands still (`2026-03-01T12:00:00Z`).
         * @param program The file of the program; otherwise the one that `DEVIN_V2_EMULATOR` names, then
         *   `devin-v2-emulator` on `PATH`.
         * @throws IOException There is no such program, or it does not start.
         */
        @JvmStatic
        @JvmOverloads
        public fun start(
            seed: Long = 7,
            members: Int = 120,
            organizations: Int = 3,
            sessions: Int = 1_000,
            apiKey: String? = null,
            now: Instant? = null,
            program: Path? = null,
        ): Emulator {
            val command = mutableListOf(find(program).toString(), "--exit-with-stdin")
            command += listOf("--seed=$seed", "--members=$members")
            command += listOf("--organizations=$organizations", "--sessions=$sessions")
            apiKey?.let { command += "--api-key=$it" }
            now?.let { command += "--now=$it" }
            val process = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
            val line = process.inputStream.bufferedReader().readLine()
            if (line == null) {
                val code = process.waitFor()
                throw IOException("$PROGRAM ended with $code before it was ready; its last words are in the error output.")
            }
            val ready = Json.read(line) as Map<*, *>
            return Emulator(process, ready["url"] as String, ready["api_key"] as String)
        }

        private fun find(given: Path?): Path {
            given?.let { return it }
            System.getenv(VARIABLE)?.takeIf { it.isNotEmpty() }?.let { return Path.of(it) }
            val names = if (File.separatorChar == '\\') listOf("$PROGRAM.exe") else listOf(PROGRAM)
            return System.getenv("PATH").orEmpty().split(File.pathSeparator)
                .filter { it.isNotEmpty() }
                .flatMap { folder -> names.map { Path.of(folder, it) } }
                .firstOrNull(Files::isExecutable)
                ?: throw IOException("$PROGRAM is not on PATH. Put it there, or name its file in $VARIABLE.")
        }
    }
}

/** A request that arrived, as it was sent. */
public data class ArrivedRequest(
    /** The method, in capitals. */
    val method: String,
    /** The path as sent: not decoded. */
    val path: String,
    /** The query as sent, without the question mark; null if there was none. */
    val query: String?,
    /** The headers by lower-case name. Of `authorization` only the kind of the key is kept. */
    val headers: Map<String, String>,
    /** The body as text, at most its first 64 KiB. */
    val body: String,
) {
    internal companion object {
        fun of(json: Map<*, *>): ArrivedRequest = ArrivedRequest(
            json["method"] as String,
            json["path"] as String,
            json["query"] as String?,
            (json["headers"] as Map<*, *>).entries.associate { (name, value) -> name as String to value as String },
            json["body"] as String,
        )
    }
}
