package io.github.devinv2

import java.time.Duration
import java.util.concurrent.CompletableFuture

/**
 * A client of the Devin v2 Enterprise API. Its resources are properties: `client.members.list()`.
 *
 * Connections are shared by all calls of a client, and kept for the next ones: make one client and keep it. It can be
 * used by any number of coroutines and threads. [close] lets go of the connections; calls made after it fail.
 */
public class DevinClient private constructor(private val native: NativeClient) : Resources(native), AutoCloseable {
    /**
     * A client with these settings; those left out are taken from the environment or are the SDK's own. From Java,
     * [builder] is handier.
     *
     * @param apiKey The key, `apk_user_…`; otherwise `DEVIN_V2_API_KEY`, then `DEVIN_API_KEY` of the environment.
     * @param baseUrl The service's address; otherwise `DEVIN_V2_BASE_URL`, then `DEVIN_BASE_URL`, then the public one.
     * @param timeout What a call may take in all, with all attempts and the waits between them.
     * @param attemptTimeout What one attempt may take.
     * @param connectTimeout What making a connection may take.
     * @param maxRetries How often a call is tried again if that is safe and may help.
     * @param retryBaseDelay The longest wait before the first further attempt; it doubles with each.
     * @param maxRetryAfter The longest `Retry-After` that is waited for.
     * @param maxConcurrency Requests under way at the same time.
     * @param prefetch Pages of a list that are fetched ahead.
     * @param maxBodyBytes The largest answer, in bytes.
     * @param strict Whether a row that does not fit its type fails the call instead of being kept beside the others.
     * @param caCertificate Certificates (PEM) of authorities to trust beside the usual ones.
     * @param proxy The proxy's URL (`http`, `https`, `socks5` or `socks5h`); otherwise those of the environment are
     *   used. Rejected for a plain `http` base URL without `allowInsecureHttp`.
     * @param noProxy No proxy, whatever the environment says.
     * @param allowInsecureHttp Allows plain HTTP to other machines. The key can be read on the way.
     * @param userAgentSuffix Put behind the SDK's own name in `User-Agent`.
     * @throws DevinException.Config The client can't be made from these settings.
     */
    public constructor(
        apiKey: String? = null,
        baseUrl: String? = null,
        timeout: Duration? = null,
        attemptTimeout: Duration? = null,
        connectTimeout: Duration? = null,
        maxRetries: Int? = null,
        retryBaseDelay: Duration? = null,
        maxRetryAfter: Duration? = null,
        maxConcurrency: Int? = null,
        prefetch: Int? = null,
        maxBodyBytes: Long? = null,
        strict: Boolean? = null,
        caCertificate: ByteArray? = null,
        proxy: String? = null,
        noProxy: Boolean = false,
        allowInsecureHttp: Boolean = false,
        userAgentSuffix: String? = null,
    ) : this(
        NativeClient(
            ClientSettings(
                apiKey = apiKey?.let(Secret::of),
                baseUrl = baseUrl,
                timeout = notNegative("timeout", timeout),
                attemptTimeout = notNegative("attemptTimeout", attemptTimeout),
                connectTimeout = notNegative("connectTimeout", connectTimeout),
                maxRetries = maxRetries,
                retryBaseDelay = notNegative("retryBaseDelay", retryBaseDelay),
                maxRetryAfter = notNegative("maxRetryAfter", maxRetryAfter),
                maxConcurrency = maxConcurrency,
                prefetch = prefetch,
                maxBodyBytes = maxBodyBytes,
                strict = strict,
                caCertificate = caCertificate,
                proxy = proxy?.let(Secret::of),
                noProxy = noProxy,
                allowInsecureHttp = allowInsecureHttp,
                userAgentSuffix = userAgentSuffix,
            ),
        ),
    )

    /** The service's address. */
    public val baseUrl: String = native.baseUrl()

    // Asked for at once, so that a closed client can still be shown.
    private val keyFingerprint = native.keyFingerprint()

    /**
     * A client with other defaults for its calls; those left out are as they are here. It shares the connections, and is
     * closed by itself.
     *
     * @param timeout What a call may take in all, with all attempts and the waits between them.
     * @param attemptTimeout What one attempt may take.
     * @param maxRetries How often a call is tried again if that is safe and may help.
     * @param strict Whether a row that does not fit its type fails the call instead of being kept beside the others.
     * @throws DevinException.Config A value is out of bounds.
     */
    @JvmOverloads
    public fun withOptions(
        timeout: Duration? = null,
        attemptTimeout: Duration? = null,
        maxRetries: Int? = null,
        strict: Boolean? = null,
    ): DevinClient {
        val options = CallOptions(
            timeout = notNegative("timeout", timeout),
            attemptTimeout = notNegative("attemptTimeout", attemptTimeout),
            maxRetries = maxRetries,
            strict = strict,
        )
        return DevinClient(native.withOptions(options))
    }

    /**
     * Sends a request of the caller's own making, for what the document does not have. What holds for calls holds for it
     * too: key, time limits, retries, and the confirmation of a bulk-destructive operation.
     *
     * ```
     * val answer = client.request("GET", "/v2/enterprise/members", query = listOf("limit" to "1"))
     * println("${answer.status} ${answer.body.expose()}")
     * ```
     *
     * @param method GET, HEAD, POST, PUT, PATCH or DELETE.
     * @param path The path alone, such as `/v2/enterprise/members`.
     * @param query Names and values; the same name again makes a list.
     * @param body The body, as JSON text.
     * @param confirm The phrase that says that a bulk-destructive operation is meant.
     * @param options what this call has of its own
     * @throws DevinException if it fails; any status but 2xx is an error
     */
    public suspend fun request(
        method: String,
        path: String,
        query: List<Pair<String, String>> = emptyList(),
        body: String? = null,
        confirm: String? = null,
        options: CallOptions = CallOptions(),
    ): RawAnswer =
        native.request(method, path, query.map { (name, value) -> QueryParameter(name, value) }, body, confirm, options)

    /** [request] for Java: what it gives, later. Cancelling the future ends the call. */
    @JvmOverloads
    public fun requestAsync(
        method: String,
        path: String,
        query: List<Pair<String, String>> = emptyList(),
        body: String? = null,
        confirm: String? = null,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<RawAnswer> = future { request(method, path, query, body, confirm, options) }

    /** Lets go of the connections once no call and no other client needs them. More than once is fine. */
    override fun close() {
        native.close()
    }

    /** The address and the key's fingerprint; never the key. */
    override fun toString(): String = "DevinClient($baseUrl, $keyFingerprint)"

    /** Makes clients, for Java and for settings that come one by one. */
    public companion object {
        /** A builder with nothing set. */
        @JvmStatic
        public fun builder(): DevinClientBuilder = DevinClientBuilder()
    }
}
