package io.github.devinv2

import java.time.Duration

/** Settings of a [DevinClient], one by one. What isn't set is taken from the environment or is the SDK's own. */
public class DevinClientBuilder internal constructor() {
    private var apiKey: String? = null
    private var baseUrl: String? = null
    private var timeout: Duration? = null
    private var attemptTimeout: Duration? = null
    private var connectTimeout: Duration? = null
    private var maxRetries: Int? = null
    private var retryBaseDelay: Duration? = null
    private var maxRetryAfter: Duration? = null
    private var maxConcurrency: Int? = null
    private var prefetch: Int? = null
    private var maxBodyBytes: Long? = null
    private var strict: Boolean? = null
    private var caCertificate: ByteArray? = null
    private var proxy: String? = null
    private var noProxy = false
    private var allowInsecureHttp = false
    private var userAgentSuffix: String? = null

    /** The key, `apk_user_…`. */
    public fun apiKey(key: String): DevinClientBuilder = apply { apiKey = key }

    /** The service's address. */
    public fun baseUrl(url: String): DevinClientBuilder = apply { baseUrl = url }

    /** What a call may take in all, with all attempts and the waits between them. */
    public fun timeout(time: Duration): DevinClientBuilder = apply { timeout = time }

    /** What one attempt may take. */
    public fun attemptTimeout(time: Duration): DevinClientBuilder = apply { attemptTimeout = time }

    /** What making a connection may take. */
    public fun connectTimeout(time: Duration): DevinClientBuilder = apply { connectTimeout = time }

    /** How often a call is tried again if that is safe and may help. */
    public fun maxRetries(count: Int): DevinClientBuilder = apply { maxRetries = count }

    /** The longest wait before the first further attempt; it doubles with each. */
    public fun retryBaseDelay(time: Duration): DevinClientBuilder = apply { retryBaseDelay = time }

    /** The longest `Retry-After` that is waited for. */
    public fun maxRetryAfter(time: Duration): DevinClientBuilder = apply { maxRetryAfter = time }

    /** Requests under way at the same time. */
    public fun maxConcurrency(count: Int): DevinClientBuilder = apply { maxConcurrency = count }

    /** Pages of a list that are fetched ahead. */
    public fun prefetch(count: Int): DevinClientBuilder = apply { prefetch = count }

    /** The largest answer, in bytes. */
    public fun maxBodyBytes(count: Long): DevinClientBuilder = apply { maxBodyBytes = count }

    /** Whether a row that does not fit its type fails the call instead of being kept beside the others. */
    public fun strict(on: Boolean): DevinClientBuilder = apply { strict = on }

    /** Certificates (PEM) of authorities to trust beside the usual ones. */
    public fun caCertificate(pem: ByteArray): DevinClientBuilder = apply { caCertificate = pem }

    /** The proxy's URL, in place of those of the environment. */
    public fun proxy(url: String): DevinClientBuilder = apply { proxy = url }

    /** No proxy, whatever the environment says. */
    public fun noProxy(): DevinClientBuilder = apply { noProxy = true }

    /** Allows plain HTTP to other machines. The key can be read on the way. */
    public fun allowInsecureHttp(): DevinClientBuilder = apply { allowInsecureHttp = true }

    /** Put behind the SDK's own name in `User-Agent`. */
    public fun userAgentSuffix(text: String): DevinClientBuilder = apply { userAgentSuffix = text }

    /**
     * The client.
     *
     * @throws DevinException.Config It can't be made from these settings.
     */
    public fun build(): DevinClient = DevinClient(
        apiKey = apiKey,
        baseUrl = baseUrl,
        timeout = timeout,
        attemptTimeout = attemptTimeout,
        connectTimeout = connectTimeout,
        maxRetries = maxRetries,
        retryBaseDelay = retryBaseDelay,
        maxRetryAfter = maxRetryAfter,
        maxConcurrency = maxConcurrency,
        prefetch = prefetch,
        maxBodyBytes = maxBodyBytes,
        strict = strict,
        caCertificate = caCertificate,
        proxy = proxy,
        noProxy = noProxy,
        allowInsecureHttp = allowInsecureHttp,
        userAgentSuffix = userAgentSuffix,
    )
}
