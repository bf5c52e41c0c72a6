package io.github.devinv2

import java.time.Duration

/** Refuses what is no span of time: handed over as it is, the error would not say which setting it is. */
internal fun notNegative(name: String, time: Duration?): Duration? {
    if (time == null || !time.isNegative) return time
    val details = ErrorDetails(
        description = "$name is $time, which is no span of time.",
        operation = null,
        field = name,
        status = null,
        requestId = null,
        attempts = 0,
        waited = Duration.ZERO,
        retryAfter = null,
        detail = null,
        hint = null,
        body = null,
        causes = emptyList(),
    )
    throw DevinException.Config(details)
}
