import Foundation

/// A client of the Devin v2 Enterprise API.
///
/// Make one and keep it: it holds the connections, and needs no closing. Its resources are properties
/// (``members``, ``sessions``, …), their operations methods. Any number of tasks may use it at the same time, and
/// cancelling a task ends its calls.
///
/// ```swift
/// let client = try DevinClient()
/// let member = try await client.members.get(userId: "email|65f1c0ffee65f1c0ffee65f1")
/// ```
public final class DevinClient: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let native: NativeClient

  /// Makes a client. Nothing is sent.
  ///
  /// - Parameters:
  ///   - apiKey: A personal key, `apk_user_…`; else `DEVIN_V2_API_KEY`, then `DEVIN_API_KEY` of the environment.
  ///   - baseURL: Scheme and host alone; else `DEVIN_V2_BASE_URL`, then `DEVIN_BASE_URL`, then `https://api.devin.ai`.
  ///   - timeout: Seconds for a whole call, with all attempts and the waits between them (300).
  ///   - attemptTimeout: Seconds for one attempt (60).
  ///   - connectTimeout: Seconds for making a connection (10).
  ///   - maxRetries: Attempts after the first, 0 to 10 (3).
  ///   - retryBaseDelay: The longest wait before the first retry (0.25 seconds); it doubles up to 8 seconds.
  ///   - maxRetryAfter: The longest `Retry-After` that is waited for (60 seconds).
  ///   - maxConcurrency: Requests under way at a time, 1 to 1,024 (16); others wait for their turn.
  ///   - prefetch: Pages of a listing fetched ahead, 1 to 64 (8).
  ///   - maxBodyBytes: The largest answer that is read, after decompression (64 MiB).
  ///   - strict: Whether a row that doesn't fit its type is an error (`false`).
  ///   - caCertificate: PEM text: authorities to trust beside the machine's.
  ///   - proxy: The URL of a proxy; else the environment's (`HTTPS_PROXY`, `NO_PROXY`, …), none for loopback.
  ///   - noProxy: Whether to use no proxy, whatever the environment says.
  ///   - allowInsecureHttp: Plain `http://` to other machines; the key can be read on the way.
  ///   - userAgentSuffix: Text behind the SDK's own in `User-Agent`.
  /// - Throws: ``DevinError`` if a client can't be made from these settings.
  public convenience init(
    apiKey: String? = nil,
    baseURL: String? = nil,
    timeout: TimeInterval? = nil,
    attemptTimeout: TimeInterval? = nil,
    connectTimeout: TimeInterval? = nil,
    maxRetries: Int32? = nil,
    retryBaseDelay: TimeInterval? = nil,
    maxRetryAfter: TimeInterval? = nil,
    maxConcurrency: Int32? = nil,
    prefetch: Int32? = nil,
    maxBodyBytes: Int64? = nil,
    strict: Bool? = nil,
    caCertificate: Data? = nil,
    proxy: String? = nil,
    noProxy: Bool = false,
    allowInsecureHttp: Bool = false,
    userAgentSuffix: String? = nil
  ) throws {
    try self.init(
      settings: ClientSettings(
        apiKey: apiKey.map(Secret.of), baseUrl: baseURL, timeout: timeout, attemptTimeout: attemptTimeout,
        connectTimeout: connectTimeout, maxRetries: maxRetries, retryBaseDelay: retryBaseDelay,
        maxRetryAfter: maxRetryAfter, maxConcurrency: maxConcurrency, prefetch: prefetch, maxBodyBytes: maxBodyBytes,
        strict: strict, caCertificate: caCertificate, proxy: proxy.map(Secret.of), noProxy: noProxy,
        allowInsecureHttp: allowInsecureHttp, userAgentSuffix: userAgentSuffix))
  }

  /// Makes a client of settings that were put together before.
  public convenience init(settings: ClientSettings) throws {
    try settings.check()
    self.init(native: try NativeClient(settings: settings))
  }

  private init(native: NativeClient) {
    self.native = native
  }

  /// The same client with other options for its calls. Both share the connections.
  public func withOptions(_ options: CallOptions) throws -> DevinClient {
    try options.check()
    return DevinClient(native: try native.withOptions(options: options))
  }

  /// Sends a request of the caller's own making, for what the document does not have. What holds for calls holds for it
  /// too: key, time limits, retries, and the confirmation of a bulk-destructive operation.
  ///
  /// - Parameters:
  ///   - method: GET, HEAD, POST, PUT, PATCH or DELETE.
  ///   - path: The path alone, such as `/v2/enterprise/members`.
  ///   - query: Its parameters; the same name again makes a list.
  ///   - body: The body, which is JSON.
  ///   - confirm: The phrase that says that a bulk-destructive operation is meant.
  ///   - options: What this call has of its own.
  /// - Throws: ``DevinError`` if it fails; any status but 2xx is an error.
  public func request(
    _ method: String, _ path: String, query: [URLQueryItem] = [], body: Data? = nil, confirm: String? = nil,
    options: CallOptions = CallOptions()
  ) async throws -> RawAnswer {
    let query = query.map { QueryParameter(name: $0.name, value: $0.value ?? "") }
    return try await cancellable(options) { [native] options in
      try await native.request(
        method: method, path: path, query: query, body: body.map { String(decoding: $0, as: UTF8.self) },
        confirm: confirm, options: options)
    }
  }

  /// Where its requests go, without a slash at the end.
  public var baseURL: String {
    native.baseUrl()
  }

  /// Which key it uses, without telling the key: `apk_user_…#1a2b3c4d`.
  public var keyFingerprint: String {
    native.keyFingerprint()
  }

  /// Its address and which key it uses; never the key.
  public var description: String {
    "DevinClient(\(baseURL), \(keyFingerprint))"
  }

  /// As ``description``.
  public var debugDescription: String {
    description
  }

  /// What `dump` shows: as ``description``.
  public var customMirror: Mirror {
    Mirror(self, children: ["baseURL": baseURL, "keyFingerprint": keyFingerprint])
  }
}
