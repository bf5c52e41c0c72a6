/// Makes a call that ends when the task does that makes it: uniffi by itself would leave the request running.
///
/// A task that is cancelled already sends nothing. One that is cancelled meanwhile throws `CancellationError`.
func cancellable<Answer: Sendable>(
  _ options: CallOptions, _ call: @Sendable (CallOptions) async throws -> Answer
) async throws -> Answer {
  try options.check()
  return try await ending(with: options.cancel ?? CancelToken()) { token in
    try await call(options.with(cancel: token))
  }
}

/// Runs `work`, which `token` ends, until the task is cancelled.
func ending<Answer: Sendable>(
  with token: CancelToken, _ work: @Sendable (CancelToken) async throws -> Answer
) async throws -> Answer {
  try Task.checkCancellation()
  do {
    return try await withTaskCancellationHandler {
      try await work(token)
    } onCancel: {
      token.cancel()
    }
  } catch DevinError.cancelled where Task.isCancelled {
    throw CancellationError()
  }
}

extension CallOptions {
  /// The same with another token.
  func with(cancel: CancelToken) -> CallOptions {
    CallOptions(
      timeout: timeout, attemptTimeout: attemptTimeout, maxRetries: maxRetries, strict: strict, cancel: cancel)
  }
}
