import DevinV2
import DevinV2Testing
import Foundation
import Testing

let ada = "email|65f1c0ffee65f1c0ffee65f1"
let org = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
let membersPath = "/v2/enterprise/members"
let memberPath = "/v2/enterprise/members/*"
let rolesPath = "/v2/enterprise/roles"
let sessionsPath = "/v2/enterprise/sessions"
let selfPath = "/v2/enterprise/self"

/// An emulator for one test, and a client of it that tries again at once.
func enterprise(
  members: Int = 120, _ settings: ClientSettings = ClientSettings(retryBaseDelay: 0.001)
) async throws -> (emulator: Emulator, client: DevinClient) {
  let emulator = try await Emulator.start(seed: 7, members: members)
  return (emulator, try emulator.client(settings))
}

let noRetries = ClientSettings(maxRetries: 0)

/// The error of the package that `work` fails with.
func failure<Answer>(
  _ kind: String? = nil, sourceLocation: SourceLocation = #_sourceLocation, _ work: () async throws -> Answer
) async throws -> ErrorDetails {
  do {
    _ = try await work()
  } catch {
    let stopped = (error as? Interrupted<Member>)?.error ?? (error as? Interrupted<Session>)?.error
    guard let error = error as? DevinError ?? stopped else { throw error }
    if let kind { #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation) }
    return error.details
  }
  Issue.record("this had to fail", sourceLocation: sourceLocation)
  throw Missing()
}

struct Missing: Error {}

extension DevinError {
  /// The name of its case.
  var kind: String {
    Mirror(reflecting: self).children.first?.label ?? "?"
  }
}

/// Waits until `condition` holds.
func until(_ what: String, _ condition: () async throws -> Bool) async throws {
  let end = Date(timeIntervalSinceNow: 30)
  while try await !condition() {
    try #require(Date() < end, "\(what) did not happen")
    try await Task.sleep(for: .milliseconds(5))
  }
}

/// Long enough for requests that ought not to be sent to arrive.
func quiet() async throws {
  try await Task.sleep(for: .milliseconds(300))
}

/// All rows of a loop.
func all<Row>(_ items: Items<Row>) async throws -> [Row] {
  var rows: [Row] = []
  for try await row in items { rows.append(row) }
  return rows
}

extension JSON {
  /// The JSON value that this text is.
  static func read(_ text: String) throws -> JSON {
    try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
  }

  /// All values in it, as text.
  var leaves: [String] {
    switch self {
    case .null: ["null"]
    case .bool(let value): ["\(value)"]
    case .integer(let value): ["\(value)"]
    case .number(let value): ["\(value)"]
    case .string(let value): [value]
    case .array(let values): values.flatMap(\.leaves)
    case .object(let values): values.values.flatMap(\.leaves)
    }
  }
}

extension ArrivedRequest {
  /// The values of its query, decoded.
  var parameters: [URLQueryItem] {
    var components = URLComponents()
    components.percentEncodedQuery = query
    return components.queryItems ?? []
  }
}
