import DevinV2
import DevinV2Testing
import Foundation
import Testing

@Suite struct EmulatorTests {
  @Test func whatThereIs() async throws {
    let emulator = try await Emulator.start(seed: 3, organizations: 2, members: 30, sessions: 17)
    defer { emulator.stop() }
    let client = try emulator.client()
    #expect(emulator.url.hasPrefix("http://127.0.0.1:") && emulator.apiKey.hasPrefix("apk_user_"))
    #expect(try await client.members.list().collect().rows.count == 30)
    #expect(try await client.organizations.list().collect().rows.count == 2)
    #expect(try await client.sessions.list().collect().rows.count == 17)
  }

  @Test func theSameSeedIsTheSameData() async throws {
    var lists: [[String]] = []
    for seed in [5, 5, 6] as [UInt64] {
      let emulator = try await Emulator.start(seed: seed, members: 20)
      defer { emulator.stop() }
      lists.append(try await emulator.client().members.list().collect().rows.map(\.email))
    }
    #expect(lists[0] == lists[1] && lists[0] != lists[2])
  }

  @Test func settings() async throws {
    let now = try #require(ISO8601DateFormatter().date(from: "2025-06-01T12:00:00Z"))
    let emulator = try await Emulator.start(apiKey: "apk_user_mine", now: now, host: "127.0.0.1", port: 0)
    defer { emulator.stop() }
    #expect(emulator.apiKey == "apk_user_mine")
    let sessions = try await emulator.client().sessions.list().page().rows
    #expect(!sessions.isEmpty && sessions.allSatisfy { $0.createdAt <= now })
  }

  @Test func settingsThatCannotBe() async throws {
    await #expect(throws: EmulatorError.self) { try await Emulator.start(members: 0) }
    await #expect(throws: EmulatorError.self) { try await Emulator.start(organizations: 10_001) }
    await #expect(throws: EmulatorError.self) { try await Emulator.start(apiKey: "other_key") }
    await #expect(throws: EmulatorError.self) { try await Emulator.start(host: "nowhere") }
    await #expect(throws: EmulatorError.self) { try await Emulator.start(program: "/nowhere/devin-v2-emulator") }
    do {
      _ = try await Emulator.start(members: -1)
    } catch let error as EmulatorError {
      #expect(error.description.contains("--members") && error.localizedDescription == error.description)
    }
  }

  @Test func faultsThatCannotBe() async throws {
    let emulator = try await Emulator.start()
    defer { emulator.stop() }
    await #expect(throws: EmulatorError.self) { try await emulator.fault(.status(99)) }
  }

  @Test func itForgets() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    _ = try await client.members.delete(userId: ada)
    try await emulator.clearRequests()
    #expect(try await emulator.requests.isEmpty)
    try await emulator.fault(.status(404), path: memberPath, times: nil)
    try await emulator.reset()
    #expect(try await client.members.get(userId: ada).userId == ada)
    #expect(try await emulator.requests.count == 1)
  }

  @Test func itStops() async throws {
    let (emulator, client) = try await enterprise(noRetries)
    defer { emulator.stop() }
    _ = try await client.identity.get()
    emulator.stop()
    try await until("the end") { (try? await client.identity.get()) == nil }
    _ = try await failure("connect") { try await client.identity.get() }
    emulator.stop()
  }

  @Test func oneThatOnlyItsClientsKnowOfRunsOn() async throws {
    let client = try await Emulator.start().client(noRetries)
    for _ in 0..<20 {
      _ = try await client.identity.get()
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
