// Swift's part in the scenarios: calls by name, as lines of JSON.

import DevinV2
import DevinV2Testing
import Foundation

typealias Answer = [String: JSON]

/// Says one answer at a time.
private let output = NSLock()

private func say(_ answer: Answer) {
  let line = Data("\(text(.object(answer)))\n".utf8)
  output.withLock { FileHandle.standardOutput.write(line) }
}

private func client(_ settings: Members) throws -> DevinClient {
  let made = try DevinClient(
    apiKey: settings.take("api_key"), baseURL: settings.take("base_url"), timeout: settings.seconds("timeout"),
    attemptTimeout: settings.seconds("attempt_timeout"), connectTimeout: settings.seconds("connect_timeout"),
    maxRetries: settings.take("max_retries"), retryBaseDelay: settings.seconds("retry_base_delay"),
    maxRetryAfter: settings.seconds("max_retry_after"), maxConcurrency: settings.take("max_concurrency"),
    prefetch: settings.take("prefetch"), maxBodyBytes: settings.take("max_body_bytes"),
    strict: settings.take("strict"), proxy: settings.take("proxy"), noProxy: settings.take("no_proxy") ?? false,
    allowInsecureHttp: settings.take("allow_insecure_http") ?? false,
    userAgentSuffix: settings.take("user_agent_suffix"))
  return settings.last(made)
}

private func callOptions(_ given: Members) -> CallOptions {
  let made = CallOptions(
    timeout: given.seconds("timeout"), attemptTimeout: given.seconds("attempt_timeout"),
    maxRetries: given.take("max_retries"), strict: given.take("strict"))
  return given.last(made)
}

/// Why ``Listing/collect(onProgress:)`` ended, whatever its rows are.
private protocol Stopped: Error {
  var error: DevinError { get }
}

extension Interrupted: Stopped {}

private func failed(_ error: any Error) -> JSON {
  var told: Answer = ["kind": "cancelled", "message": .string("\(error)"), "shown": shown(error)]
  if let known = (error as? any Stopped)?.error ?? error as? DevinError {
    guard let kind = Mirror(reflecting: known).children.first?.label else { stop("\(error) has no kind") }
    let details = known.details
    told["kind"] = .string(snake(kind))
    told["operation"] = give(details.operation as Any)
    told["field"] = give(details.field as Any)
    told["status"] = give(details.status as Any)
    told["attempts"] = give(details.attempts)
    told["retry_after"] = give(details.retryAfter.map { ($0 * 1000).rounded() } as Any)
    told["detail"] = give(details.detail as Any)
    told["body"] = give(details.body?.expose() as Any)
  } else if !(error is CancellationError) {
    stop("\(error)")
  }
  return .object(told)
}

/// A list that comes in pages, whatever its rows are.
private protocol Paged {
  func read(_ reading: String) async throws -> Answer
}

extension Listing: Paged {
  fileprivate func read(_ reading: String) async throws -> Answer {
    switch reading {
    case "items":
      let items = items()
      var rows: [Row] = []
      var failure: JSON = .null
      do {
        for try await row in items { rows.append(row) }
      } catch {
        failure = failed(error)
      }
      return [
        "rows": give(rows), "report": give(items.report as Any), "error": failure, "shown": shown((self, items, rows)),
      ]
    case "collect":
      do {
        let all = try await collect()
        return ["rows": give(all.rows), "report": give(all.report), "shown": shown(all)]
      } catch let stopped as Interrupted<Row> {
        return ["rows": give(stopped.rows), "report": give(stopped.report), "error": failed(stopped)]
      }
    default:
      let page = try await page()
      guard case .object(let answer) = give(page) else { stop("a page is an object") }
      return answer.merging(["shown": shown(page)]) { _, shown in shown }
    }
  }
}

/// A list that comes in one piece, whatever its rows are.
protocol InOnePiece {
  associatedtype Row
  var rows: [Row] { get }
  var badRows: [BadRow] { get }
}

/// A call that was asked for.
private struct Call: Sendable {
  let id: Int
  let cancelled: Bool
  private let operation: String
  private let arguments: JSON
  private let options: CallOptions
  private let reading: String

  init(_ asked: Members) {
    id = asked.take("id")
    cancelled = asked.take("cancelled")
    operation = asked.take("operation")
    arguments = asked.take("arguments")
    options = callOptions(asked.members("options"))
    reading = asked.last(asked.take("as"))
  }

  func answer(_ client: DevinClient) async -> Answer {
    do {
      let made = try await call(client, operation, Members(arguments), options)
      if let list = made as? any Paged { return try await list.read(reading) }
      guard made is any InOnePiece else { return ["value": give(made), "shown": shown(made)] }
      guard case .object(let answer) = give(made) else { stop("a list is an object") }
      return answer.merging(["shown": shown(made)]) { _, shown in shown }
    } catch {
      return ["error": failed(error)]
    }
  }
}

@main struct Agent {
  /// Reads on the main thread, and so must not leave calls to it.
  static func main() {
    var current: DevinClient?
    var tasks: [Int: Task<Void, Never>] = [:]
    while let line = readLine() {
      let asked = Members(read(line))
      switch asked.take("do") as String {
      case "client":
        do {
          let made = try client(asked.members("settings"))
          current = made
          say(["shown": shown(made)])
        } catch {
          say(["error": failed(error)])
        }
      case "cancel":
        tasks[asked.take("id")]?.cancel()
      default:
        guard let client = current else { stop("there is no client") }
        let call = Call(asked)
        tasks[call.id] = Task.detached {
          if call.cancelled { withUnsafeCurrentTask { $0?.cancel() } }
          say(await call.answer(client).merging(["id": .integer(call.id)]) { _, id in id })
        }
      }
    }
  }
}
