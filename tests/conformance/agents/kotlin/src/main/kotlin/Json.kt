// Between JSON and what the package takes and gives, by what their classes say of themselves.

import io.github.devinv2.BillingDays
import io.github.devinv2.Secret
import java.time.Instant
import kotlin.reflect.KClass
import kotlin.reflect.KType
import kotlin.reflect.full.memberProperties
import kotlin.reflect.full.primaryConstructor
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

fun camel(name: String): String = name.replace(Regex("_(.)")) { it.groupValues[1].uppercase() }

fun snake(name: String): String = name.replace(Regex("(?<=.)[A-Z]")) { "_${it.value}" }.lowercase()

/** What the package takes for this JSON. */
fun take(json: JsonElement, type: KType): Any? {
    val wanted = type.classifier as KClass<*>
    val inner = { index: Int -> type.arguments[index].type!! }
    return when {
        wanted.sealedSubclasses.any { it.simpleName == "Clear" } -> change(json, wanted)
        json is JsonNull -> null
        wanted == BillingDays::class -> billingDays(json)
        wanted == String::class -> json.jsonPrimitive.content
        wanted == Long::class -> json.jsonPrimitive.long
        wanted == Int::class -> json.jsonPrimitive.int
        wanted == Double::class -> json.jsonPrimitive.double
        wanted == Boolean::class -> json.jsonPrimitive.boolean
        wanted == Instant::class -> Instant.parse(json.jsonPrimitive.content)
        wanted == Secret::class -> Secret.of(json.jsonPrimitive.content)
        wanted == List::class -> json.jsonArray.map { take(it, inner(0)) }
        wanted == Map::class -> json.jsonObject.mapValues { take(it.value, inner(1)) }
        wanted.isSealed -> value(json.jsonPrimitive.content, wanted)
        else -> record(json.jsonObject, wanted)
    }
}

/** A month, a pair of dates or of borders, or a cycle with its borders. */
private fun billingDays(json: JsonElement): BillingDays {
    if (json is JsonPrimitive) return BillingDays.month(json.content)
    val ends = if (json is JsonObject) listOf("start", "end").map(json::getValue) else json.jsonArray
    val (first, last) = ends.map { it.jsonPrimitive.content }
    return if ('T' in first) BillingDays.between(Instant.parse(first), Instant.parse(last)) else BillingDays(first, last)
}

/** A change of a field: null empties it. */
private fun change(json: JsonElement, wanted: KClass<*>): Any {
    if (json is JsonNull) return wanted.sealedSubclasses.single { it.simpleName == "Clear" }.objectInstance!!
    val set = wanted.sealedSubclasses.single { it.simpleName == "Set" }.primaryConstructor!!
    return set.call(take(json, set.parameters.single().type))
}

/** A value of an enum. */
private fun value(text: String, wanted: KClass<*>): Any =
    wanted.sealedSubclasses.firstNotNullOfOrNull { known -> known.objectInstance?.takeIf { snake(known.simpleName!!) == text } }
        ?: wanted.sealedSubclasses.single { it.simpleName == "Unknown" }.primaryConstructor!!.call(text)

private fun record(json: JsonObject, wanted: KClass<*>): Any {
    val made = wanted.primaryConstructor!!
    val given = made.parameters.mapNotNull { parameter ->
        json[snake(parameter.name!!)]?.let { parameter to take(it, parameter.type) }
    }
    return made.callBy(given.toMap())
}

/** JSON of what the package gives. */
fun give(value: Any?): JsonElement = when (value) {
    null, Unit -> JsonNull
    is String -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value)
    is Boolean -> JsonPrimitive(value)
    is Instant -> JsonPrimitive(value.toString())
    is Secret -> JsonPrimitive("Secret")
    is List<*> -> JsonArray(value.map(::give))
    is Map<*, *> -> JsonObject(value.entries.associate { (name, item) -> name as String to give(item) })
    else -> members(value)
}

private fun members(value: Any): JsonElement {
    val type = value::class
    if (type.objectInstance != null) return JsonPrimitive(snake(type.simpleName!!))
    if (type.simpleName == "Unknown") return JsonPrimitive(type.memberProperties.single().getter.call(value) as String)
    val found = mutableMapOf<String, JsonElement>()
    for (property in type.memberProperties) {
        val held = property.getter.call(value)
        if (property.name == "extra" && held is Map<*, *>) {
            // Fields that the package does not know, as JSON text.
            for ((name, text) in held) found[name as String] = Json.parseToJsonElement(text as String)
        } else {
            found[snake(property.name)] = give(held)
        }
    }
    return JsonObject(found)
}
