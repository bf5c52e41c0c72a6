import DevinV2
import DevinV2Testing
import Foundation
import Testing

@Suite struct ErrorTests {
  @Test(arguments: [
    (400, "validation"), (401, "authentication"), (403, "permission"), (404, "notFound"), (408, "timeout"),
    (409, "conflict"), (410, "notFound"), (418, "validation"), (422, "validation"), (429, "rateLimited"),
    (500, "server"), (502, "server"), (503, "server"), (504, "server"), (529, "server"),
  ])
  func eachStatusHasItsKind(status: Int, kind: String) async throws {
    let (emulator, client) = try await enterprise(noRetries)
    defer { emulator.stop() }
    try await emulator.fault(.status(status, body: ["detail": "Because"]), path: memberPath)
    let details = try await failure(kind) { try await client.members.get(userId: ada) }
    #expect(details.status == Int32(status) && details.operation == "members.get" && details.attempts == 1)
    #expect(details.detail == "Because" && details.waited == 0)
    let requestId = try #require(try await emulator.requests.first?.headers["x-request-id"])
    #expect(details.requestId == requestId && details.body?.expose() == #"{"detail":"Because"}"#)
    #expect(details.description.hasPrefix("members.get: ") && details.description.contains(requestId))
    #expect(!details.description.contains("\n"), "one line")
  }

  @Test func aCaseCanBeCaught() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    do {
      _ = try await client.members.get(userId: "email|000000000000000000000000")
      Issue.record("this had to fail")
    } catch DevinError.notFound(let details) {
      #expect(details.status == 404 && details.hint != nil && details.detail != nil && details.causes.isEmpty)
    }
  }

  @Test func allTextsOfAnErrorAreItsLine() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let body: JSON = ["detail": "Because", "who": "private words"]
    try await emulator.fault(.status(404, body: body), path: memberPath)
    do {
      _ = try await client.members.get(userId: ada)
      Issue.record("this had to fail")
    } catch let error as DevinError {
      let line = error.details.description
      #expect(error.description == line && error.localizedDescription == line && "\(error)" == line)
      #expect((error as any Error).localizedDescription == line && String(reflecting: error) == line)
      var dumped = ""
      dump(error, to: &dumped)
      for text in ["\(error)", "\(error.details)", String(reflecting: error.details), dumped] {
        #expect(!text.contains("private words"))
      }
      #expect(error.details.body?.expose().contains("private words") == true)
    }
  }

  @Test func whatIsRefusedNamesItsField() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let details = try await failure("refused") { try await client.members.list(limit: 201).page() }
    #expect(details.field == "limit" && details.attempts == 0 && details.requestId == nil && details.status == nil)
  }

  @Test func retryAfterAndWaitingAreTold() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(maxRetries: 2, retryBaseDelay: 0.05))
    defer { emulator.stop() }
    try await emulator.fault(.status(429, headers: ["retry-after": "7"]), path: memberPath, times: nil)
    let limited = try await failure("rateLimited") {
      try await client.members.get(userId: ada, options: CallOptions(maxRetries: 0))
    }
    #expect(limited.retryAfter == 7)
    try await emulator.reset()
    try await emulator.fault(.status(503), path: memberPath, times: nil)
    let began = Date()
    let details = try await failure("server") { try await client.members.get(userId: ada) }
    #expect(details.attempts == 3 && details.waited >= 0 && details.waited <= Date().timeIntervalSince(began))
  }

  @Test func noConnection() async throws {
    let client = try DevinClient(apiKey: "apk_user_x", baseURL: "http://127.0.0.1:9", maxRetries: 0)
    let details = try await failure("connect") { try await client.identity.get() }
    #expect(details.causes.last?.lowercased().contains("refused") == true)
  }

  @Test(arguments: [.nan, .infinity, -.infinity, 1e300, -1e300])
  func datesThatAreNone(seconds: Double) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let date = Date(timeIntervalSince1970: seconds)
    let details = try await failure("refused") { try await client.consumption.daily(startDate: date) }
    #expect(details.field == "start_date")
    #expect(try await emulator.requests.isEmpty)
  }

  @Test func timesThatAreNone() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    for time in [-1, .nan, .infinity, -.infinity, 1e300] {
      let options = CallOptions(timeout: time)
      #expect(try await failure("config") { try await client.identity.get(options: options) }.field == "timeout")
      #expect(try await failure("config") { try await client.members.list(options: options).page() }.field == "timeout")
      #expect(
        try await failure("config") { try await all(client.members.list(options: options).items()) }.field == "timeout")
      #expect(try await failure("config") { try client.withOptions(options) }.field == "timeout")
      #expect(try await failure("config") { try DevinClient(apiKey: "apk_user_x", connectTimeout: time) }.field != nil)
    }
    #expect(try await emulator.requests.isEmpty)
  }
}
