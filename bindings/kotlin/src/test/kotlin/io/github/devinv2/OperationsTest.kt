package io.github.devinv2

import io.github.devinv2.testing.ArrivedRequest
import io.github.devinv2.testing.Json
import java.lang.reflect.InvocationTargetException
import java.net.URLDecoder
import java.net.URLEncoder
import java.time.Instant
import java.util.concurrent.CompletableFuture
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.KParameter
import kotlin.reflect.KType
import kotlin.reflect.full.callSuspendBy
import kotlin.reflect.full.declaredMemberFunctions
import kotlin.reflect.full.instanceParameter
import kotlin.reflect.full.memberProperties
import kotlin.reflect.full.primaryConstructor
import kotlin.reflect.full.valueParameters
import kotlin.reflect.KVisibility
import kotlinx.coroutines.future.await
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Every operation of the document. `calls.json` is generated from it. */
class OperationsTest {
    private class Call(json: Map<*, *>) {
        val operation = json["operation"] as String
        val resource = json["resource"] as String
        val method = json["method"] as String
        val paged = json["paged"] as Boolean
        val httpMethod = json["http_method"] as String
        private val template = json["template"] as String
        val path = (json["path"] as Long).toInt()
        val positional = (json["positional"] as List<*>).map { it as String }
        private val arguments = json["arguments"] as List<*>

        /** The arguments by their names on the wire. */
        val given: Map<String, Any?> = positional.zip(arguments).toMap() + named()

        private fun named(): Map<String, Any?> {
            val last = arguments.drop(positional.size).firstOrNull() as Map<*, *>? ?: emptyMap<String, Any?>()
            return last.entries.associate { it.key as String to it.value }
        }

        /** The path that it has to arrive at. */
        fun expectedPath(): String = Regex("\\{(\\w+)}").replace(template) {
            URLEncoder.encode(given[it.groupValues[1]] as String, Charsets.UTF_8).replace("+", "%20")
        }
    }

    private val calls = javaClass.getResource("/calls.json")!!.readText().let(Json::read).let { it as List<*> }
        .map { Call(it as Map<*, *>) }

    @TestFactory
    fun `arrives and is answered`(): List<DynamicTest> = calls.map { call ->
        dynamicTest(call.operation) {
            enterprise({ maxRetries(0) }) { emulator, client ->
                checkAnswer(call, make(client, call, call.given))
                checkRequest(call, emulator.requests.single())
                if (call.paged) return@enterprise
                emulator.reset()
                checkAnswer(call, make(client, call, call.given, "Async"))
                checkRequest(call, emulator.requests.single())
            }
        }
    }

    @Test
    fun `a client has these methods and no others`() {
        assertEquals(58, calls.size)
        val expected = calls.flatMap {
            val name = "${it.resource}.${it.method}"
            if (it.paged) listOf(name) else listOf(name, "${name}Async")
        }
        val resources = Resources::class.memberProperties.filter { it.visibility == KVisibility.PUBLIC }
        val found = resources.flatMap { resource ->
            (resource.returnType.classifier as KClass<*>).declaredMemberFunctions
                .filter { it.visibility == KVisibility.PUBLIC }
                .map { "${resource.name}.${it.name}" }
        }
        assertEquals(expected.sorted(), found.sorted())
    }

    @TestFactory
    fun `refuses what is no id`(): List<DynamicTest> = calls.filter { it.path > 0 }.map { call ->
        dynamicTest(call.operation) {
            enterprise({ maxRetries(0) }) { emulator, client ->
                for (field in call.positional.take(call.path)) {
                    for (id in NO_IDS) {
                        val error = failure<DevinException.Refused> { make(client, call, call.given + (field to id)) }
                        assertEquals(call.operation, error.operation)
                        assertEquals(field, error.field)
                        assertEquals(0, error.attempts)
                        assertEquals(null, error.requestId)
                        assertTrue(error.message.startsWith("${call.operation}: "), error.message)
                    }
                }
                assertEquals(emptyList<ArrivedRequest>(), emulator.requests)
            }
        }
    }

    /** Makes a call; of a list, fetches one page. */
    private suspend fun make(client: DevinClient, call: Call, given: Map<String, Any?>, kind: String = ""): Any? {
        val resource = client::class.memberProperties.single { it.name == call.resource }.getter.call(client)!!
        val function = resource::class.declaredMemberFunctions.single { it.name == call.method + kind }
        val answer = function.callWith(resource, given.mapKeys { camel(it.key) })
        assertEquals(call.paged, answer is Listing<*>)
        return when (answer) {
            is Listing<*> -> answer.page()
            is CompletableFuture<*> -> answer.await()
            else -> answer
        }
    }

    private suspend fun KFunction<*>.callWith(on: Any, given: Map<String, Any?>): Any? {
        val unknown = given.keys - valueParameters.map { it.name }.toSet()
        assertEquals(emptySet<String>(), unknown)
        val values = mutableMapOf<KParameter, Any?>(instanceParameter!! to on)
        for (parameter in valueParameters) {
            if (parameter.name in given) values[parameter] = convert(given[parameter.name], parameter.type)
        }
        return try {
            if (isSuspend) callSuspendBy(values) else callBy(values)
        } catch (error: InvocationTargetException) {
            throw error.targetException
        }
    }

    /** A value of JSON as what Kotlin takes in its place. */
    private fun convert(value: Any?, type: KType): Any? = when (val kind = type.classifier as KClass<*>) {
        String::class, Boolean::class, Long::class -> value
        Double::class -> (value as Number).toDouble()
        Instant::class -> Instant.parse(value as String)
        List::class -> (value as List<*>).map { convert(it, type.arguments[0].type!!) }
        Map::class -> (value as Map<*, *>).mapValues { convert(it.value, type.arguments[1].type!!) }
        else -> if (kind.isSealed) {
            val set = kind.sealedSubclasses.single { it.simpleName == "Set" }.primaryConstructor!!
            set.call(convert(value, set.parameters.single().type))
        } else {
            val fields = (value as Map<*, *>).mapKeys { camel(it.key as String) }
            val constructor = kind.primaryConstructor!!
            constructor.callBy(
                constructor.parameters.filter { it.name in fields }.associateWith { convert(fields[it.name], it.type) },
            )
        }
    }

    private fun checkRequest(call: Call, request: ArrivedRequest) {
        assertEquals(call.httpMethod to call.expectedPath(), request.method to request.path)
        val sent = request.query.orEmpty().split('&').map { URLDecoder.decode(it.substringAfter('='), Charsets.UTF_8) } +
            if (request.body.isEmpty()) emptyList() else leaves(Json.read(request.body))
        val sendable = call.given - call.positional.take(call.path).toSet() - "confirm"
        for (value in leaves(sendable)) assertTrue(value in sent) { "$value was not sent" }
    }

    private fun checkAnswer(call: Call, answer: Any?) {
        assertNotNull(answer)
        val properties = answer!!::class.memberProperties.associateBy { it.name }
        // Every example of a list finds something, so that rows are read at all.
        val rows = properties["rows"]?.getter?.call(answer) as List<*>?
        if (call.paged || rows != null) {
            assertTrue(rows!!.isNotEmpty())
            assertEquals(emptyList<BadRow>(), properties.getValue("badRows").getter.call(answer))
        }
    }

    private fun leaves(value: Any?): List<String> = when (value) {
        is Map<*, *> -> value.values.flatMap(::leaves)
        is List<*> -> value.flatMap(::leaves)
        else -> listOf(value.toString())
    }

    private fun camel(name: String): String = Regex("_(.)").replace(name) { it.groupValues[1].uppercase() }

    private companion object {
        /** What would lead a request elsewhere. */
        val NO_IDS = listOf(
            "", " ", ".", "..", "a/b", "a\\b", "%2e%2e", "%2E", "a%2fb", "a?b", "a#b", "a\nb",
        )
    }
}
