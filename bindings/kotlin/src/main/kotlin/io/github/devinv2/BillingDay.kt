package io.github.devinv2

import java.time.Instant
import java.time.LocalDate
import java.time.YearMonth

private fun day(number: Long) = BillingDay(LocalDate.ofEpochDay(number))

/**
 * A day as the service bills it: from 08:00 UTC to 08:00 UTC of the next day.
 *
 * @property date the date that names it
 */
public data class BillingDay(public val date: LocalDate) : Comparable<BillingDay> {
    /** The billing day of a date such as `2026-02-01`. */
    @Throws(DevinException::class)
    public constructor(date: String) : this(LocalDate.ofEpochDay(nativeBillingDay(date)))

    internal val number: Long get() = date.toEpochDay()

    /** Its first instant: 08:00 UTC. */
    public val start: Instant get() = nativeBillingDayStart(number)

    /** The first instant after it: the start of the next day. */
    public val end: Instant get() = nativeBillingDayStart(number + 1)

    /** The day [days] later. */
    public operator fun plus(days: Long): BillingDay = BillingDay(date.plusDays(days))

    /** The day [days] earlier. */
    public operator fun minus(days: Long): BillingDay = BillingDay(date.minusDays(days))

    /** The number of days from [other] to this day. */
    public operator fun minus(other: BillingDay): Long = number - other.number

    /** The days from this one to [last], both included. */
    public operator fun rangeTo(last: BillingDay): BillingDays = BillingDays(this, last)

    override fun compareTo(other: BillingDay): Int = date.compareTo(other.date)

    /** Its date. */
    override fun toString(): String = date.toString()

    public companion object {
        /** The billing day that an instant falls on. */
        @JvmStatic
        @Throws(DevinException::class)
        public fun containing(instant: Instant): BillingDay = day(nativeBillingDayContaining(instant))

        /** The billing day of this moment. */
        @JvmStatic
        public fun today(): BillingDay = containing(Instant.now())
    }
}

/**
 * Billing days in a row: `first..last`, a month, or the days of a billing cycle (`cycle.days`).
 *
 * @property start the first day
 * @property endInclusive the last day
 */
public data class BillingDays(
    override val start: BillingDay,
    override val endInclusive: BillingDay,
) : ClosedRange<BillingDay>, Iterable<BillingDay> {
    private constructor(numbers: List<Long>) : this(day(numbers[0]), day(numbers[1]))

    /** The days from one date to another, such as `2026-02-01` and `2026-02-28`, both included. */
    @Throws(DevinException::class)
    public constructor(first: String, last: String) : this(nativeBillingDaysThrough(first, last))

    internal val native: List<Long> get() = listOf(start.number, endInclusive.number)

    /** The number of days. */
    public val size: Long get() = maxOf(0, endInclusive - start + 1)

    override fun iterator(): Iterator<BillingDay> = (start.number..endInclusive.number).asSequence().map(::day).iterator()

    override fun toString(): String = "$start..$endInclusive"

    public companion object {
        /** The days of a month. */
        @JvmStatic
        public fun month(month: YearMonth): BillingDays = BillingDays(nativeBillingDays(month.toString()))

        /** The days of a month such as `2026-02`. */
        @JvmStatic
        @Throws(DevinException::class)
        public fun month(month: String): BillingDays = BillingDays(nativeBillingDays(month))

        /**
         * The days between two borders, which have to be at 08:00 UTC; [end] is excluded.
         *
         * @throws DevinException.Refused if one is at another time of day, or if there is no day between them
         */
        @JvmStatic
        @Throws(DevinException::class)
        public fun between(start: Instant, end: Instant): BillingDays = BillingDays(nativeBillingDaysBetween(start, end))
    }
}
