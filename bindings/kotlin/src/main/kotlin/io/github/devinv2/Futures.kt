package io.github.devinv2

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch

/**
 * Runs [call] on its own; cancelling the future ends it, and so does whatever else completes it.
 *
 * It is completed where Java runs what is asynchronous, and neither on a thread of the native half nor on one that calls
 * need to go on: what is chained to the future may block.
 */
internal fun <T> future(call: suspend () -> T): CompletableFuture<T> {
    val result = CompletableFuture<T>()
    val job = CoroutineScope(Dispatchers.Default).launch {
        val done = runCatching { call() }
        result.defaultExecutor().execute { done.fold(result::complete, result::completeExceptionally) }
    }
    result.whenComplete { _, _ -> job.cancel() }
    return result
}
