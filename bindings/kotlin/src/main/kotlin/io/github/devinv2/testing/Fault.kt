package io.github.devinv2.testing

import java.time.Duration

/**
 * What goes wrong, and with which requests: `Fault.status(503).on("GET", "/v2/enterprise/members").times(2)`.
 *
 * It meets one request unless told otherwise. Each method gives a new fault.
 */
public class Fault private constructor(private val matcher: Map<String, Any?>, private val effect: Map<String, Any?>) {
    /** Meets requests of this method and path, as sent; `*` meets one segment, a last `**` the rest. */
    public fun on(method: String, path: String): Fault = matching("method", method).path(path)

    /** Meets requests of this path, as sent; `*` meets one segment, a last `**` the rest. */
    public fun path(path: String): Fault = matching("path", path)

    /** Meets requests that have this query parameter. */
    public fun query(name: String, value: String): Fault {
        val others = matcher["query"] as Map<*, *>? ?: emptyMap<String, String>()
        return matching("query", others + (name to value))
    }

    /** How many requests that match are let through first. */
    public fun skip(count: Long): Fault = matching("skip", count)

    /** How many it meets after that. */
    public fun times(count: Long): Fault = matching("times", count)

    /** Meets all that match. */
    public fun always(): Fault = matching("times", null)

    /** How long to wait before the request is handled. */
    public fun delay(time: Duration): Fault = matching("delay_ms", time.toMillis())

    /** Whether the request takes effect before the fault does: a change whose answer got lost. */
    public fun execute(on: Boolean): Fault = matching("execute", on)

    /** Of a fault on fields: meets only this row, counted from 0. */
    public fun row(index: Int): Fault = with("row", index)

    /** Of a fault on fields: meets the list around the rows. */
    public fun envelope(): Fault = with("envelope", true)

    /** Of a status: a header to add. */
    public fun header(name: String, value: String): Fault {
        val others = effect["headers"] as Map<*, *>? ?: emptyMap<String, String>()
        return with("headers", others + (name to value))
    }

    /** Anything else that the kind takes, by the emulator's name for it. */
    public fun with(name: String, value: Any?): Fault = Fault(matcher, effect + (name to value))

    private fun matching(name: String, value: Any?): Fault = Fault(matcher + (name to value), effect)

    internal fun json(): String = Json.write(matcher + ("effect" to effect))

    /** As it is sent to the emulator. */
    override fun toString(): String = json()

    /** The kinds of faults. */
    public companion object {
        /** A fault of this kind, by the emulator's name for it. */
        @JvmStatic
        public fun of(kind: String): Fault = Fault(emptyMap(), mapOf("kind" to kind))

        /** Nothing goes wrong; for a [delay]. */
        @JvmStatic
        public fun none(): Fault = of("none")

        /** An answer with this status, and the service's words for it. */
        @JvmStatic
        public fun status(status: Int): Fault = of("status").with("status", status)

        /** An answer with this status and this body, as JSON: maps, lists, strings, numbers, booleans. */
        @JvmStatic
        public fun status(status: Int, body: Any): Fault = status(status).with("body", body)

        /** The connection closes after this many bytes of the body. */
        @JvmStatic
        public fun cutBody(after: Long): Fault = of("cut_body").with("after", after)

        /** The connection is reset before an answer. */
        @JvmStatic
        public fun reset(): Fault = of("reset")

        /** The body stops being JSON half-way. */
        @JvmStatic
        public fun malformedJson(): Fault = of("malformed_json")

        /** A page as proxies send them. */
        @JvmStatic
        @JvmOverloads
        public fun html(status: Int = 502): Fault = of("html").with("status", status)

        /** A value of a field that no version knows. */
        @JvmStatic
        public fun unknownEnum(field: String, value: String): Fault =
            of("unknown_enum").with("field", field).with("value", value)

        /** A field more. */
        @JvmStatic
        public fun extraField(name: String, value: Any?): Fault = of("extra_field").with("name", name).with("value", value)

        /** Null in a field. */
        @JvmStatic
        public fun nullField(name: String): Fault = of("null_field").with("name", name)

        /** A field less. */
        @JvmStatic
        public fun removeField(name: String): Fault = of("remove_field").with("name", name)

        /** Another value in a field. */
        @JvmStatic
        public fun replaceField(name: String, value: Any?): Fault =
            of("replace_field").with("name", name).with("value", value)

        /** A redirect. */
        @JvmStatic
        @JvmOverloads
        public fun redirect(location: String, status: Int = 307): Fault =
            of("redirect").with("location", location).with("status", status)

        /** Bytes in the body that are no text. */
        @JvmStatic
        public fun invalidUtf8(): Fault = of("invalid_utf8")

        /** Nothing in the body. */
        @JvmStatic
        public fun emptyBody(): Fault = of("empty_body")

        /** The same body with another content type. */
        @JvmStatic
        public fun contentType(value: String): Fault = of("content_type").with("value", value)
    }
}
