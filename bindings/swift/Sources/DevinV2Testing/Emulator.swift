#if os(macOS) || os(Linux) || os(Windows)
  import DevinV2
  import Foundation

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// A Devin v2 Enterprise API server for your tests, in a process of its own: no account, no key, no network.
  ///
  /// All operations, the same data for the same seed, changes that show up in lists and in the audit log. It runs until
  /// it is stopped, or this process ends.
  ///
  /// ```swift
  /// let emulator = try await Emulator.start(members: 120)
  /// let client = try emulator.client()
  /// try await emulator.fault(.status(503), path: "/v2/enterprise/members")
  /// let members = try await client.members.list().collect()  // 120 rows: tried again
  /// ```
  public final class Emulator: Sendable, CustomStringConvertible, CustomReflectable {
    /// Where it listens, without a slash at the end.
    public let url: String

    /// The personal key of an enterprise admin, valid until it is revoked.
    public let apiKey: String

    private let child: Child
    private let session = URLSession(configuration: .ephemeral)

    private init(_ child: Child, _ ready: Ready) {
      self.child = child
      url = ready.url
      apiKey = ready.apiKey
    }

    /// Starts an emulator.
    ///
    /// - Parameters:
    ///   - program: The path of `devin-v2-emulator`; else what `DEVIN_V2_EMULATOR` names, else it is looked for in `PATH`.
    ///   - seed: Everything random follows from it (7).
    ///   - organizations: 1 to 10,000 (3).
    ///   - members: 1 to 100,000 (120).
    ///   - sessions: 0 to 10,000,000, over the 90 days before `now` (1,000).
    ///   - apiKey: The initial personal key, `apk_user_…`; made from the seed if left out.
    ///   - now: The emulator's clock, which stands still (2026-03-01T12:00:00Z).
    ///   - host: The address to listen on (127.0.0.1). Elsewhere than on loopback it takes no faults.
    ///   - port: The port; 0 lets the system choose one (0).
    public static func start(
      program: String? = nil, seed: UInt64? = nil, organizations: Int? = nil, members: Int? = nil,
      sessions: Int? = nil, apiKey: String? = nil, now: Date? = nil, host: String? = nil, port: UInt16? = nil
    ) async throws -> Emulator {
      var arguments = ["--exit-with-stdin"]
      let given: [(String, String?)] = [
        ("seed", seed.map { "\($0)" }), ("organizations", organizations.map { "\($0)" }),
        ("members", members.map { "\($0)" }), ("sessions", sessions.map { "\($0)" }), ("api-key", apiKey),
        ("now", now.map { ISO8601DateFormatter().string(from: $0) }), ("host", host), ("port", port.map { "\($0)" }),
      ]
      for case (let name, let value?) in given { arguments.append("--\(name)=\(value)") }
      let child = try Child(find(program), arguments)
      return Emulator(child, try await child.ready())
    }

    /// A client of this emulator. Its address and key stand in for those that `settings` leaves out.
    public func client(_ settings: ClientSettings = ClientSettings()) throws -> DevinClient {
      try DevinClient(
        settings: ClientSettings(
          apiKey: settings.apiKey ?? Secret.of(text: apiKey), baseUrl: settings.baseUrl ?? url,
          timeout: settings.timeout, attemptTimeout: settings.attemptTimeout, connectTimeout: settings.connectTimeout,
          maxRetries: settings.maxRetries, retryBaseDelay: settings.retryBaseDelay,
          maxRetryAfter: settings.maxRetryAfter, maxConcurrency: settings.maxConcurrency, prefetch: settings.prefetch,
          maxBodyBytes: settings.maxBodyBytes, strict: settings.strict, caCertificate: settings.caCertificate,
          proxy: settings.proxy, noProxy: settings.noProxy, allowInsecureHttp: settings.allowInsecureHttp,
          userAgentSuffix: settings.userAgentSuffix))
    }

    /// Scripts a fault. Of several that match a request, the one added first counts.
    ///
    /// - Parameters:
    ///   - effect: What happens; nothing but the delay if left out.
    ///   - method: The method to meet; every method if left out.
    ///   - path: The path to meet, as sent; `*` meets one segment, a last `**` the rest.
    ///   - query: Query parameters that must be there.
    ///   - skip: How many requests that match are let through first.
    ///   - times: How many it meets after that; `nil` for all.
    ///   - delay: Seconds to wait before the request is handled.
    ///   - execute: Whether the request takes effect before the fault does; left out, as the effect needs it.
    public func fault(
      _ effect: Effect = .none, method: String? = nil, path: String? = nil, query: [String: String] = [:],
      skip: Int = 0, times: Int? = 1, delay: TimeInterval = 0, execute: Bool? = nil
    ) async throws {
      var fault: [String: JSON] = [
        "query": .object(query.mapValues(JSON.string)), "skip": .integer(skip),
        "times": times.map(JSON.integer) ?? .null, "delay_ms": .integer(Int((delay * 1_000).rounded())),
        "effect": .object(effect.json),
      ]
      if let method { fault["method"] = .string(method) }
      if let path { fault["path"] = .string(path) }
      if let execute { fault["execute"] = .bool(execute) }
      _ = try await control("POST", "faults", JSONEncoder().encode(fault))
    }

    /// The requests that arrived since the start or ``clearRequests()`` (the last 10,000), oldest first.
    public var requests: [ArrivedRequest] {
      get async throws {
        let answer = try await control("GET", "requests")
        return try JSONDecoder().decode([String: [ArrivedRequest]].self, from: answer)["requests"] ?? []
      }
    }

    /// Forgets the requests that arrived.
    public func clearRequests() async throws {
      _ = try await control("DELETE", "requests")
    }

    /// Back to the seed: state, faults and remembered requests.
    public func reset() async throws {
      _ = try await control("POST", "reset")
    }

    /// Stops it.
    public func stop() {
      child.stop()
    }

    /// Where it listens.
    public var description: String { "Emulator(\(url))" }

    /// What `dump` shows: where it listens.
    public var customMirror: Mirror { Mirror(self, children: ["url": url]) }

    deinit {
      session.invalidateAndCancel()
    }

    private func control(_ method: String, _ what: String, _ body: Data? = nil) async throws -> Data {
      guard let address = URL(string: "\(url)/_emulator/\(what)") else {
        throw EmulatorError(description: "\(url) is no address")
      }
      var request = URLRequest(url: address)
      request.httpMethod = method
      request.httpBody = body
      let (answer, response) = try await session.data(for: request)
      guard (response as? HTTPURLResponse)?.statusCode == 200 else {
        let detail = try? JSONDecoder().decode([String: String].self, from: answer)["detail"]
        throw EmulatorError(description: "the emulator refused: \(detail ?? String(decoding: answer, as: UTF8.self))")
      }
      return answer
    }

    private static func find(_ program: String?) throws -> URL {
      let environment = ProcessInfo.processInfo.environment
      if let named = program ?? environment["DEVIN_V2_EMULATOR"], !named.isEmpty { return URL(fileURLWithPath: named) }
      #if os(Windows)
        let (separator, name): (Character, String) = (";", "devin-v2-emulator.exe")
      #else
        let (separator, name): (Character, String) = (":", "devin-v2-emulator")
      #endif
      for folder in (environment["PATH"] ?? environment["Path"] ?? "").split(separator: separator) {
        let path = URL(fileURLWithPath: String(folder)).appendingPathComponent(name)
        if FileManager.default.isExecutableFile(atPath: path.path) { return path }
      }
      throw EmulatorError(
        description: "there is no devin-v2-emulator in PATH. Pass its path as `program`, or set DEVIN_V2_EMULATOR.")
    }
  }

  /// An emulator that can't be started, or a fault that can't be.
  public struct EmulatorError: LocalizedError, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    /// As ``description``.
    public var errorDescription: String? { description }
  }

  /// What the program says when it is ready.
  private struct Ready: Decodable {
    let url: String
    let apiKey: String

    enum CodingKeys: String, CodingKey {
      case url
      case apiKey = "api_key"
    }
  }

  /// The program that runs. It ends when its standard input does, and so when this process ends.
  private final class Child: @unchecked Sendable {
    /// Those that were not stopped: one that only its clients know of runs on.
    private static let running = Running()

    // Used under the lock, but for the start.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private let lock = NSLock()

    init(_ program: URL, _ arguments: [String]) throws {
      process.executableURL = program
      process.arguments = arguments
      process.standardInput = input
      process.standardOutput = output
      process.standardError = errors
      do {
        try process.run()
      } catch {
        throw EmulatorError(description: "\(program.path) can't be started: \(error.localizedDescription)")
      }
      Self.running.insert(self)
    }

    func ready() async throws -> Ready {
      // On a thread that may wait.
      let (line, problem) = await withCheckedContinuation { done in
        DispatchQueue.global().async { [output, errors] in
          var line = Data()
          while !line.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            line.append(more)
          }
          let ended = !line.contains(UInt8(ascii: "\n"))
          done.resume(returning: (line, ended ? errors.fileHandleForReading.readDataToEndOfFile() : Data()))
        }
      }
      guard let ready = try? JSONDecoder().decode(Ready.self, from: line) else {
        stop()
        let said = String(decoding: problem, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        throw EmulatorError(description: said.isEmpty ? "the emulator did not start" : said)
      }
      return ready
    }

    func stop() {
      Self.running.remove(self)
      lock.withLock {
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
      }
    }
  }

  /// A set of programs that run.
  private final class Running: @unchecked Sendable {
    private let lock = NSLock()
    private var children: [ObjectIdentifier: Child] = [:]

    func insert(_ child: Child) {
      lock.withLock { children[ObjectIdentifier(child)] = child }
    }

    func remove(_ child: Child) {
      lock.withLock { children[ObjectIdentifier(child)] = nil }
    }
  }
#endif
