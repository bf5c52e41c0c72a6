@file:JvmName("DevinErrors")

package io.github.devinv2

import java.time.Duration

/** All that is known of the failure. */
public val DevinException.details: ErrorDetails
    @JvmName("details")
    get() = when (this) {
        is DevinException.Config -> details
        is DevinException.Refused -> details
        is DevinException.Connect -> details
        is DevinException.Timeout -> details
        is DevinException.Cancelled -> details
        is DevinException.Authentication -> details
        is DevinException.Permission -> details
        is DevinException.NotFound -> details
        is DevinException.Conflict -> details
        is DevinException.Validation -> details
        is DevinException.RateLimited -> details
        is DevinException.Server -> details
        is DevinException.Decode -> details
        is DevinException.Paging -> details
    }

/** The operation, such as `members.get`, where one is involved. */
public val DevinException.operation: String?
    @JvmName("operation")
    get() = details.operation

/** The argument or setting that is the reason, if one is. */
public val DevinException.field: String?
    @JvmName("field")
    get() = details.field

/** The status of the answer, if there was one. */
public val DevinException.status: Int?
    @JvmName("status")
    get() = details.status

/** The id of the request, for support to find it by; null where there was to be none. */
public val DevinException.requestId: String?
    @JvmName("requestId")
    get() = details.requestId

/** How often the request was sent; 0 if it never was. */
public val DevinException.attempts: Int
    @JvmName("attempts")
    get() = details.attempts

/** How long the call waited between its attempts, all together. */
public val DevinException.waited: Duration
    @JvmName("waited")
    get() = details.waited

/** How long the service asked to wait before another attempt (`Retry-After`). */
public val DevinException.retryAfter: Duration?
    @JvmName("retryAfter")
    get() = details.retryAfter

/** What the service said about it, shortened, without keys. */
public val DevinException.detail: String?
    @JvmName("detail")
    get() = details.detail

/** What to do about it, where that is known. */
public val DevinException.hint: String?
    @JvmName("hint")
    get() = details.hint

/** The body of the answer. It may hold personal data, and keys: keep it out of logs. */
public val DevinException.body: String?
    @JvmName("body")
    get() = details.body?.expose()

/** What [Listing.collect] had read before it failed, with a report and the place to `resume` from. */
public val Throwable.partial: Collected<*>?
    @JvmName("partial")
    get() = suppressed.firstNotNullOfOrNull { (it as? PartialResult)?.collected }

/** Keeps with an error the rows that came before it: see [partial]. Its message tells only how many they are. */
public class PartialResult internal constructor(
    /** The rows and their report. */
    public val collected: Collected<*>,
) : Throwable("${collected.rows.size} rows came before it", null, false, false)
