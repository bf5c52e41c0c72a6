import DevinV2
import DevinV2Testing
import Foundation
import Testing

/// What can be cancelled, and the path that it asks for.
struct Work: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let path: String
  let run: @Sendable (DevinClient) async throws -> Void

  static let all = [
    Work(testDescription: "a call", path: selfPath) { _ = try await $0.identity.get() },
    Work(testDescription: "a call with arguments", path: memberPath) { _ = try await $0.members.get(userId: ada) },
    Work(testDescription: "a call that changes something", path: "/v2/enterprise/organizations/\(org)") {
      _ = try await $0.organizations.update(orgId: org, displayName: "New")
    },
    Work(testDescription: "a list in one piece", path: rolesPath) { _ = try await $0.roles.list() },
    Work(testDescription: "a page", path: membersPath) { _ = try await $0.members.list().page() },
    Work(testDescription: "a collected list", path: membersPath) { _ = try await $0.members.list().collect() },
    Work(testDescription: "a loop", path: membersPath) { for try await _ in $0.members.list().items() {} },
  ]
}

@Suite struct CancellationTests {
  /// Cancels the task and expects it to end soon, by a `CancellationError`.
  private func cancel(_ task: Task<Void, any Error>) async throws {
    let began = Date()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(Date().timeIntervalSince(began) < 10)
  }

  @Test(arguments: Work.all) func beforeNothingIsSent(work: Work) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let task = Task {
      try? await Task.sleep(for: .seconds(60))
      try await work.run(client)
    }
    try await cancel(task)
    try await Task.sleep(for: .milliseconds(50))
    #expect(try await emulator.requests.isEmpty)
  }

  @Test(arguments: Work.all) func whileItIsUnderWay(work: Work) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    // A call that is not ended would take a minute.
    try await emulator.fault(path: work.path, times: nil, delay: 60)
    let task = Task { try await work.run(client) }
    try await until("the request") { try await emulator.requests.count == 1 }
    try await cancel(task)
  }

  @Test(arguments: Work.all) func whileItWaitsToTryAgain(work: Work) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.status(429, headers: ["retry-after": "50"]), path: work.path, times: nil)
    let task = Task { try await work.run(client) }
    try await until("the request") { try await emulator.requests.count == 1 }
    try await Task.sleep(for: .milliseconds(200))  // Until the answer is here, and the waiting has begun.
    try await cancel(task)
    #expect(try await emulator.requests.count == 1)
  }

  @Test func aRequestIsDroppedWithItsTask() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(maxConcurrency: 1))
    defer { emulator.stop() }
    try await emulator.fault(path: memberPath, delay: 60)
    let task = Task { _ = try await client.members.get(userId: ada) }
    try await until("the request") { try await emulator.requests.count == 1 }
    try await cancel(task)
    // It would hold the only place there is for a minute.
    _ = try await client.identity.get(options: CallOptions(timeout: 30))
  }

  @Test func inTheMiddleOfAListTheRowsBeforeAreGiven() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(path: membersPath, query: ["skip": "50"], times: nil, delay: 60)
    let items = client.members.list(limit: 50).items()
    let task = Task {
      var rows: [Member] = []
      do {
        for try await row in items { rows.append(row) }
      } catch is CancellationError {
        return rows
      }
      return []
    }
    try await until("the first page") { items.report?.seen == 50 }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    let rows = try await task.value
    #expect(rows.count == 50)
    try await emulator.reset()
    let rest = try await client.members.list(limit: 50, resume: items.report?.resume).collect().rows
    #expect(Set((rows + rest).map(\.userId)).count == 120)
  }

  @Test func aTokenOfOnesOwnEndsManyCalls() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(path: selfPath, times: nil, delay: 60)
    let token = CancelToken()
    let options = CallOptions(cancel: token)
    let tasks = (0..<3).map { _ in Task { _ = try await client.identity.get(options: options) } }
    try await until("the requests") { try await emulator.requests.count == 3 }
    token.cancel()
    for task in tasks {
      // No task was cancelled.
      _ = try await failure("cancelled") { try await task.value }
    }
  }

  @Test func aGroupOfTasksEndsTogether() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(maxRetries: 0, maxConcurrency: 100))
    defer { emulator.stop() }
    try await emulator.fault(.status(404), path: memberPath, delay: 0.3)
    try await emulator.fault(path: selfPath, times: nil, delay: 60)
    let began = Date()
    let details = try await failure("notFound") {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<30 { group.addTask { _ = try await client.identity.get() } }
        group.addTask { _ = try await client.members.get(userId: ada) }
        for try await _ in group {}
      }
    }
    #expect(details.status == 404 && Date().timeIntervalSince(began) < 20)
  }

  @Test func aTimeoutIsNoCancellation() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(path: selfPath, times: nil, delay: 60)
    let details = try await failure("timeout") { try await client.identity.get(options: CallOptions(timeout: 0.2)) }
    #expect(details.attempts == 1)
  }
}
