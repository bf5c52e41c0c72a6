package io.github.devinv2.testing

/** Just enough JSON to talk to the emulator. Objects are maps, numbers are `Long` or `Double`. */
internal object Json {
    fun write(value: Any?): String = buildString { write(value) }

    fun read(text: String): Any? = Reader(text).whole()

    private fun StringBuilder.write(value: Any?) {
        when (value) {
            null, is Boolean, is Number -> append(value)
            is Map<*, *> -> list('{', '}', value.entries) { (name, inner) ->
                quoted(name.toString())
                append(':')
                write(inner)
            }
            is Iterable<*> -> list('[', ']', value) { write(it) }
            else -> quoted(value.toString())
        }
    }

    private inline fun <T> StringBuilder.list(open: Char, close: Char, items: Iterable<T>, one: (T) -> Unit) {
        append(open)
        items.forEachIndexed { index, item ->
            if (index > 0) append(',')
            one(item)
        }
        append(close)
    }

    private fun StringBuilder.quoted(text: String) {
        append('"')
        for (char in text) {
            when {
                char == '"' || char == '\\' -> append('\\').append(char)
                char < ' ' || char.isSurrogate() -> append("\\u%04x".format(char.code))
                else -> append(char)
            }
        }
        append('"')
    }

    private class Reader(private val text: String) {
        private var at = 0

        fun whole(): Any? {
            val value = value()
            skip()
            check(at == text.length) { "JSON goes on at $at" }
            return value
        }

        private fun value(): Any? {
            skip()
            return when (text[at]) {
                '{' -> {
                    val map = LinkedHashMap<String, Any?>()
                    members('}') {
                        skip()
                        val name = string()
                        skip()
                        expect(':')
                        map[name] = value()
                    }
                    map
                }
                '[' -> {
                    val list = ArrayList<Any?>()
                    members(']') { list += value() }
                    list
                }
                '"' -> string()
                't' -> word("true", true)
                'f' -> word("false", false)
                'n' -> word("null", null)
                else -> number()
            }
        }

        private inline fun members(close: Char, one: () -> Unit) {
            at++
            skip()
            if (text[at] == close) {
                at++
                return
            }
            while (true) {
                one()
                skip()
                if (text[at] == close) break
                expect(',')
            }
            at++
        }

        private fun string(): String = buildString {
            expect('"')
            while (text[at] != '"') {
                val char = text[at++]
                append(if (char == '\\') escaped() else char)
            }
            at++
        }

        private fun escaped(): Char = when (val char = text[at++]) {
            'b' -> '\b'
            'f' -> '\u000c'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'u' -> text.substring(at, at + 4).toInt(16).toChar().also { at += 4 }
            else -> char
        }

        private fun number(): Number {
            val start = at
            while (at < text.length && text[at] in "+-.eE0123456789") at++
            val digits = text.substring(start, at)
            return digits.toLongOrNull() ?: digits.toDouble()
        }

        private fun word(word: String, value: Any?): Any? {
            check(text.startsWith(word, at)) { "no JSON at $at" }
            at += word.length
            return value
        }

        private fun expect(char: Char) {
            check(text[at] == char) { "no $char at $at" }
            at++
        }

        private fun skip() {
            while (at < text.length && text[at].isWhitespace()) at++
        }
    }
}
