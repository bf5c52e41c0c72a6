package io.github.devinv2

import java.util.Spliterator
import java.util.Spliterators
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer
import java.util.stream.Stream
import java.util.stream.StreamSupport
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runBlocking

/**
 * A paged list with its filters. Nothing is sent before it is read, and it can be read again.
 *
 * [items] gives row after row and fetches pages as they are needed, a few ahead at most (`prefetch` of the client);
 * leaving it ends what is under way. Rows that come again are left out, and those that don't fit their type are kept in
 * [report], as is whether the list was complete.
 */
public class Listing<T> internal constructor(private val start: () -> NativeListing<T>) {
    /** How far the last reading of it has come. */
    @Volatile
    public var report: Report = NOTHING
        private set

    /**
     * All rows, in constant memory. Each collection is a reading of its own, from the first row on.
     *
     * If a page fails for good, the rows before it come first; `report.resume` is the place to go on. In the middle of a
     * page it can lie before rows that were given: they come again rather than never.
     */
    public fun items(): Flow<T> = flow {
        val reading = read()
        try {
            reading.batches { batch -> batch.forEach { emit(it) } }
        } finally {
            reading.stop()
        }
    }

    /** Fetches one page: the first, or the one that `resume` or the filters name. */
    public suspend fun page(): Page<T> = start().use { it.page() }

    /**
     * Reads all rows. If that fails, [partial] of the error has those that came.
     *
     * @param onProgress Told how far the reading has come, after each page.
     */
    public suspend fun collect(onProgress: (Report) -> Unit = {}): Collected<T> {
        val rows = ArrayList<T>()
        // Its own: another reading may be under way.
        var last = NOTHING
        val reading = read { last = it }
        try {
            reading.batches {
                rows.addAll(it)
                onProgress(reading.latest)
            }
        } catch (error: DevinException) {
            error.addSuppressed(PartialResult(Collected(rows, last)))
            throw error
        } finally {
            reading.stop()
        }
        return Collected(rows, last)
    }

    /** [page] for Java. Cancelling the future ends the call. */
    public fun pageAsync(): CompletableFuture<Page<T>> = future { page() }

    /** [collect] for Java. Cancelling the future ends the reading. */
    @JvmOverloads
    public fun collectAsync(onProgress: Consumer<Report> = Consumer {}): CompletableFuture<Collected<T>> =
        future { collect(onProgress::accept) }

    /**
     * [items] for Java: a stream that waits for pages on the thread that reads it. Close it if it isn't read to its end,
     * so that what is under way ends with it.
     */
    public fun stream(): Stream<T> {
        val rows = BlockingRows(read())
        val traits = Spliterator.ORDERED or Spliterator.NONNULL
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, traits), false).onClose(rows::stop)
    }

    /** What is known of it, not what is in it. */
    override fun toString(): String = "Listing(seen=${report.seen}, complete=${report.complete})"

    private fun read(tell: (Report) -> Unit = {}): Reading<T> = Reading(start().use { it.items() }) {
        report = it
        tell(it)
    }
}

/** One page of a list. */
public data class Page<T>(
    /** The rows that fit, in the order of the service. */
    val rows: List<T>,
    /** Those that did not. */
    val badRows: List<BadRow>,
    /** Rows in the whole list; null where the service does not say. */
    val total: Long?,
    /** Rows before this page; null where the service does not say. */
    val skip: Long?,
    /** The size of pages that the service went by; null where it does not say. */
    val limit: Long?,
    /** Whether more rows follow. Where the service does not say (audit log), whether this page held any. */
    val hasMore: Boolean,
    /** The next page: pass it as `resume`. Null on the last one. */
    val next: String?,
    /** The id of the request, for support to find it by. */
    val requestId: String,
) : Iterable<T> {
    override fun iterator(): Iterator<T> = rows.iterator()

    internal companion object {
        fun <T> of(rows: List<T>, info: PageInfo): Page<T> = Page(
            rows = rows,
            badRows = info.badRows,
            total = info.total,
            skip = info.skip,
            limit = info.limit,
            hasMore = info.hasMore,
            next = info.next,
            requestId = info.requestId,
        )
    }
}

/** Rows that were read, all at once. */
public data class Collected<T>(
    /** The rows that fit, in the order of the service. */
    val rows: List<T>,
    /** Whether these are all rows of the list, and what was left out. */
    val report: Report,
) : Iterable<T> {
    override fun iterator(): Iterator<T> = rows.iterator()
}

/** The native half of a list. */
internal interface NativeListing<T> : AutoCloseable {
    suspend fun page(): Page<T>

    fun items(): NativeItems<T>
}

/** Rows of the native half, batch after batch; an empty one is the end. */
internal interface NativeItems<T> {
    suspend fun next(): List<T>

    fun report(): Report

    fun stop()
}

private val NOTHING = Report(
    complete = false,
    expected = null,
    seen = 0,
    duplicates = 0,
    badRows = emptyList(),
    badRowCount = 0,
    pages = 0,
    totalChanged = false,
    resume = null,
)

/** A reading of a list, which tells how far it has come. */
private class Reading<T>(private val native: NativeItems<T>, private val tell: (Report) -> Unit) {
    /** How far the native half has come. */
    var latest = native.report()
        private set

    init {
        tell(latest)
    }

    /** The next rows, none at the end. Asking for them says that those before were handed over. */
    suspend fun next(): List<T> {
        val resume = latest.resume
        val batch = try {
            native.next()
        } finally {
            latest = native.report()
            tell(latest)
        }
        // Who leaves in the middle of a batch has not had its rows: neither is what follows the place to go on from, nor
        // was the list read to its end.
        if (batch.isNotEmpty()) tell(latest.copy(resume = resume, complete = false))
        return batch
    }

    suspend inline fun batches(take: (List<T>) -> Unit) {
        while (true) {
            val batch = next()
            if (batch.isEmpty()) return
            take(batch)
            tell(latest)
        }
    }

    fun stop() = native.stop()
}

/** Rows for a thread that waits for them. */
private class BlockingRows<T>(private val reading: Reading<T>) : Iterator<T> {
    private var batch: Iterator<T> = emptyList<T>().iterator()
    private var ended = false

    override fun hasNext(): Boolean {
        if (!batch.hasNext() && !ended) {
            batch = try {
                runBlocking { reading.next() }.iterator()
            } catch (error: Throwable) {
                stop()
                throw error
            }
            if (!batch.hasNext()) stop()
        }
        return batch.hasNext()
    }

    override fun next(): T {
        if (!hasNext()) throw NoSuchElementException()
        return batch.next()
    }

    fun stop() {
        if (ended) return
        ended = true
        reading.stop()
    }
}
