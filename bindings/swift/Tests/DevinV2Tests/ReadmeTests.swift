import DevinV2
import DevinV2Testing
import Foundation
import Testing

/// The blocks of the README, as they stand there: the last test compares them.
@Suite struct ReadmeTests {
  /// A client that the environment would lead to an emulator.
  private func devinClient() async throws -> (Emulator, DevinClient) {
    let emulator = try await Emulator.start(seed: 7, members: 120)
    return (emulator, try emulator.client())
  }

  @Test func quickstart() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    for try await member in client.members.list().items() {
      print(member.email, member.enterpriseRole, member.lastLogin as Any)
    }

    let used = try await client.consumption.daily(billingDays: BillingDays(month: "2026-02"))
    print(used.totalAcus)
  }

  @Test func calls() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    let userId = "email|65f1c0ffee65f1c0ffee65f1"
    let member = try await client.members.get(userId: userId)
    let sessions = client.sessions.list(limit: 50, userIds: [userId])
    let roles = try await client.roles.list(options: CallOptions(timeout: 5, maxRetries: 1))
    let first = try await sessions.page()
    print(member.name, first.total as Any, roles.rows.count)
  }

  @Test func lists() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    let members = client.members.list(limit: 50)  // 50 per page

    let items = members.items()  // all pages, in constant memory
    for try await member in items { print(member.userId) }
    print(items.report?.complete as Any, items.report?.seen as Any)

    let everyone = try await members.collect { print($0.seen, "of", $0.expected ?? 0) }  // all rows at once
    print(everyone.rows.count, everyone.report.complete)

    let page = try await members.page()  // one page
    print(page.rows.count, page.total as Any, page.hasMore, page.next as Any)
  }

  @Test func goingOn() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }
    try await emulator.fault(.status(500), path: membersPath, query: ["skip": "50"], times: 4)

    do {
      _ = try await client.members.list(limit: 50).collect()
    } catch let stop as Interrupted<Member> {
      print(stop.rows.count, "members, then:", stop.error)
      // The same filters, and where to go on.
      let rest = try await client.members.list(limit: 50, resume: stop.report.resume).collect().rows
      print(stop.rows.count + rest.count)
    }
  }

  @Test func rows() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    for session in try await client.sessions.list(limit: 10).page().rows {
      switch session.status {
      case .running: print(session.url)
      case .unknown(let value): print("what is \(value)?")
      default: break
      }
      print(session.extra["mood"] ?? "nothing new")
    }
  }

  @Test func times() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    let since = Date(timeIntervalSince1970: 1_769_932_800)  // 2026-02-01T08:00:00Z
    let window = try await client.consumption.daily(startDate: since, endDate: since + 28 * 86_400)
    let same = try await client.consumption.daily(billingDays: BillingDays(first: "2026-02-01", last: "2026-02-28"))
    print(window.totalAcus == same.totalAcus)

    let cycle = try await client.consumption.cycles().rows[0]
    print(try cycle.days.count, try await client.consumption.daily(billingDays: cycle.days).totalAcus)
    let day = try BillingDay("2026-02-28")
    print(day + 1, day - (try BillingDay("2026-02-01")), (day - 2...day).map(\.description))
    #expect(window.totalAcus == same.totalAcus)
  }

  @Test func updates() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    let orgId = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    try await client.organizations.update(orgId: orgId, maxAcuLimit: 500)
    try await client.organizations.update(orgId: orgId, displayName: "Platform")  // the limit stays
    let limit = try await client.organizations.get(orgId: orgId).maxCycleAcuLimit ?? 0

    try await client.organizations.update(orgId: orgId, maxAcuLimit: .set(limit * 2))
    try await client.organizations.update(orgId: orgId, maxAcuLimit: .clear)  // no limit any more
    #expect(limit == 500)
  }

  @Test func guards() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    do {
      try await client.apiKeys.revoke(apiKeyId: "")  // on the wire it would have been "revoke every key"
    } catch DevinError.refused(let details) {
      print(details.field ?? "", details.description)
    }

    if let old = try await client.organizations.create(displayName: "Old").orgId {
      try await client.organizations.delete(orgId: old, confirm: "delete-organization:\(old)")
    }
  }

  @Test func errors() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    do {
      _ = try await client.members.get(userId: "email|000000000000000000000000")
    } catch DevinError.notFound(let details) {
      print(details.description)  // one line: what happened, and what to do about it
      print(details.status as Any, details.operation as Any, details.requestId as Any, details.attempts)
    } catch let error as DevinError {
      print("anything else:", error, error.details.causes)
    }
  }

  @Test func requests() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    let limit = URLQueryItem(name: "limit", value: "1")
    let answer = try await client.request("GET", "/v2/enterprise/members", query: [limit])
    print(answer.status, answer.requestId, answer.body.expose().count)
    #expect(answer.status == 200)
  }

  @Test func cancelling() async throws {
    let (emulator, client) = try await devinClient()
    defer { emulator.stop() }

    let task = Task { try await client.sessions.list().collect() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func membersAreRead() async throws {
    let emulator = try await Emulator.start(seed: 7, members: 120)
    defer { emulator.stop() }
    let client = try emulator.client()  // or DevinClient(apiKey: emulator.apiKey, baseURL: emulator.url)

    try await emulator.fault(.status(503), method: "GET", path: "/v2/enterprise/members")
    #expect(try await client.members.list().collect().rows.count == 120)  // tried again

    print(try await emulator.requests.map { "\($0.method) \($0.path)?\($0.query ?? "")" })
    try await emulator.reset()  // back to the seed
  }

  @Test func theyAreThoseOfTheReadme() throws {
    let lines = { (file: URL) in
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let here = URL(fileURLWithPath: #filePath)
    let tested = Set(try lines(here))
    let readme = try lines(here.appendingPathComponent("../../../README.md").standardized)
    var blocks = 0
    var inside = false
    for line in readme {
      if line.hasPrefix("```") {
        inside = line == "```swift"
        blocks += inside ? 1 : 0
      } else if inside, !exempt.contains(where: line.hasPrefix), !line.isEmpty {
        #expect(tested.contains(line), "\(line)")
      }
    }
    #expect(blocks == 13)
  }
}

/// What stands in the manifest of an app, or is there in every test.
private let exempt = [
  "dependencies: ", "targets: ", ".executableTarget(", ".testTarget(", "]", "import ", "let client = try DevinClient()",
]
