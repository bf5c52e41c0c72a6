import DevinV2
import DevinV2Testing
import Foundation
import Testing

// MiB. Allocators keep some of what they were given back.
private let limit = 6.0

/// What the process holds, in MiB.
private func resident() throws -> Double {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
  return Double(line.filter(\.isNumber)).map { $0 / 1_024 } ?? 0
}

/// Memory after 10,000 calls. Other tests in the process would be measured along, so it has a run of its own.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["DEVIN_V2_LEAKS"] != nil))
struct LeakTests {
  @Test func nothingLeaks() async throws {
    let (emulator, client) = try await enterprise(noRetries)
    defer { emulator.stop() }
    try await emulator.fault(path: selfPath, times: nil, delay: 60)
    let work: [(String, @Sendable () async throws -> Void)] = [
      ("calls", { _ = try await client.members.get(userId: ada) }),
      ("errors", { _ = try? await client.members.get(userId: "email|nobody") }),
      ("pages", { _ = try await client.members.list(limit: 5).page() }),
      ("loops that are left", { for try await _ in client.members.list(limit: 5).items() { break } }),
      (
        "cancelled calls",
        {
          let task = Task { try await client.identity.get() }
          await Task.yield()
          task.cancel()
          _ = try? await task.value
        }
      ),
    ]
    for (name, call) in work {
      for _ in 0..<500 { try await call() }
      let before = try resident()
      for _ in 0..<2_000 { try await call() }
      let grown = try resident() - before
      print("\(name): \(grown) MiB more after 2,000")
      #expect(grown < limit, "\(name)")
    }
  }
}
