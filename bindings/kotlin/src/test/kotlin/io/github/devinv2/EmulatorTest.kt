package io.github.devinv2

import io.github.devinv2.testing.Emulator
import io.github.devinv2.testing.Fault
import io.github.devinv2.testing.Json
import java.io.IOException
import java.nio.file.Path
import java.time.Instant
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The emulator, and the JSON that is spoken with it. */
class EmulatorTest {
    @Test
    fun `the same seed gives the same data`() = runBlocking {
        fun rows() = Emulator.start(seed = 9, members = 10, organizations = 2, sessions = 0).use { emulator ->
            emulator.client().use { client ->
                assertEquals(2, runBlocking { client.organizations.list().collect() }.rows.size)
                runBlocking { client.members.list().collect() }.rows
            }
        }
        val rows = rows()
        assertEquals(10, rows.size)
        assertEquals(rows, rows())
    }

    @Test
    fun `state, requests and faults`() = enterprise { emulator, client ->
        client.members.delete(ADA)
        failure<DevinException.NotFound> { client.members.get(ADA) }
        val (deleted, read) = emulator.requests
        assertEquals("DELETE" to "GET", deleted.method to read.method)
        assertFalse(emulator.apiKey in "$deleted")
        emulator.clearRequests()
        assertEquals(0, emulator.requests.size)
        emulator.fault(Fault.status(500).on("GET", SELF).always())
        emulator.clearFaults()
        client.identity.get()
        emulator.reset()
        assertEquals(ADA, client.members.get(ADA).userId)
        assertThrows(IllegalStateException::class.java) { emulator.fault(Fault.of("nonsense")) }
    }

    @Test
    fun `a clock and a key`() {
        val key = "apk_user_0123456789abcdef0123456789abcdef"
        Emulator.start(apiKey = key, now = Instant.parse("2026-05-01T00:00:00Z")).use { emulator ->
            assertEquals(key, emulator.apiKey)
            assertFalse(key in "$emulator")
            emulator.client().use { client ->
                val created = runBlocking { client.organizations.create("New") }.createdAt
                assertEquals(Instant.parse("2026-05-01T00:00:00Z"), created)
            }
        }
    }

    @Test
    fun `a program that isn't there or doesn't start`() {
        assertThrows(IOException::class.java) { Emulator.start(program = Path.of("/nowhere/devin-v2-emulator")) }
        assertThrows(IOException::class.java) { Emulator.start(members = 0) }
    }

    @Test
    fun `JSON comes back as it went`() {
        val value = mapOf(
            "text" to "a \"b\" \\ \n\t\u0000\u2028 é 日本 🎉",
            "numbers" to listOf(0L, -7L, 1.5, 1e100),
            "words" to listOf(true, false, null),
            "empty" to listOf(emptyMap<String, Any>(), emptyList<Any>(), ""),
        )
        assertEquals(value, Json.read(Json.write(value)))
        assertEquals(listOf(1L, "A/\b"), Json.read(" [ 1 , \"\\u0041\\/\\b\" ] "))
        assertTrue(runCatching { Json.read("[1] 2") }.isFailure)
    }
}
