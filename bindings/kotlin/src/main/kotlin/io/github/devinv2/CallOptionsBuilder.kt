package io.github.devinv2

import java.time.Duration

/** [CallOptions] for Java, one by one. What isn't set is as the client has it. */
public class CallOptionsBuilder {
    private var options = CallOptions()

    /** What the call may take in all, with all attempts and the waits between them. */
    public fun timeout(time: Duration): CallOptionsBuilder = apply {
        options = options.copy(timeout = notNegative("timeout", time))
    }

    /** What one attempt may take. */
    public fun attemptTimeout(time: Duration): CallOptionsBuilder = apply {
        options = options.copy(attemptTimeout = notNegative("attemptTimeout", time))
    }

    /** How often the call is tried again if that is safe and may help. */
    public fun maxRetries(count: Int): CallOptionsBuilder = apply {
        options = options.copy(maxRetries = count)
    }

    /** Whether a row that does not fit its type fails the call instead of being kept beside the others. */
    public fun strict(on: Boolean): CallOptionsBuilder = apply { options = options.copy(strict = on) }

    /** Ends the call. */
    public fun cancel(token: CancelToken): CallOptionsBuilder = apply { options = options.copy(cancel = token) }

    /** The options. */
    public fun build(): CallOptions = options
}
