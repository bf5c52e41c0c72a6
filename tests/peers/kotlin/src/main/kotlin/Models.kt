// What users of kotlinx.serialization write: the same classes, times and enums that the SDK has.

package io.github.devinv2.peers

import java.time.Instant
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json

val JSON = Json { ignoreUnknownKeys = true }

@Serializable
data class Identity(
    @SerialName("api_key_id") val apiKeyId: String,
    @SerialName("user_id") val userId: String? = null,
    @SerialName("user_email") val userEmail: String? = null,
    @SerialName("org_id") val orgId: String,
)

@Serializable
data class SessionPage(
    val items: List<Session>,
    val total: Long,
    val skip: Long,
    val limit: Long,
    @SerialName("has_more") val hasMore: Boolean,
    @SerialName("next_cursor") val nextCursor: Long? = null,
)

@Serializable
data class Session(
    @SerialName("session_id") val sessionId: String,
    val url: String,
    val status: Status,
    val tags: List<String>,
    @SerialName("org_id") val orgId: String,
    @SerialName("created_at") @Serializable(InstantSerializer::class) val createdAt: Instant,
    @SerialName("updated_at") @Serializable(InstantSerializer::class) val updatedAt: Instant,
    @SerialName("acus_consumed") val acusConsumed: Double,
    @SerialName("pull_requests") val pullRequests: List<PullRequest>,
    val title: String? = null,
    @SerialName("user_id") val userId: String? = null,
)

@Serializable
data class PullRequest(val url: String, val state: String? = null)

@Serializable
enum class Status {
    @SerialName("new") New,
    @SerialName("claimed") Claimed,
    @SerialName("running") Running,
    @SerialName("exit") Exit,
    @SerialName("error") Error,
    @SerialName("suspended") Suspended,
    @SerialName("resuming") Resuming,
}

object InstantSerializer : KSerializer<Instant> {
    override val descriptor = PrimitiveSerialDescriptor("java.time.Instant", PrimitiveKind.STRING)

    override fun deserialize(decoder: Decoder): Instant = Instant.parse(decoder.decodeString())

    override fun serialize(encoder: Encoder, value: Instant) = encoder.encodeString(value.toString())
}
