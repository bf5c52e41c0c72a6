import Foundation

private let warmUp = 500
private let timeInFlight = Duration.seconds(0.6)

/// One client in a process of its own, so that none shares memory and threads with the other one. Takes a figure's name a
/// line, answers in JSON.
struct Worker<C: Client> {
  private let client: C

  init(_ client: C) {
    self.client = client
  }

  func run() async throws {
    while let line = readLine() {
      let words = line.split(separator: " ")
      let number = words.count > 1 ? Int(words[1]) : nil
      switch words.first {
      case "check": try answer(await check())
      case "latency": try answer(await latency())
      case "inFlight": try answer(await inFlight())
      case "page": try answer(await page())
      case "iterate": try answer(await iterate(number))
      default: throw Failure("there is no figure called \(line)")
      }
    }
  }

  /// Warms up, and tells what it reads.
  private func check() async throws -> [[String?]] {
    for _ in 0..<warmUp { _ = try await client.identity() }
    _ = try await inFlight()
    _ = try await page()
    let (rows, next) = try await client.page(0)
    return [try await client.identity(), ["\(next ?? -1)"]] + rows.map(values)
  }

  /// Seconds of each of 150 calls.
  private func latency() async throws -> [Double] {
    var times: [Double] = []
    for _ in 0..<150 { times.append(try await timed { _ = try await client.identity() }) }
    return times
  }

  /// Seconds per call, 50 calls in flight.
  private func inFlight() async throws -> [Double] {
    let clock = ContinuousClock()
    let start = clock.now
    let calls = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<callsInFlight {
        group.addTask {
          var calls = 0
          while clock.now - start < timeInFlight {
            _ = try await client.identity()
            calls += 1
          }
          return calls
        }
      }
      return try await group.reduce(0, +)
    }
    return [(clock.now - start) / .seconds(1) / Double(calls)]
  }

  /// Seconds until every field of the page was read, of each of 50 pages.
  private func page() async throws -> [Double] {
    var times: [Double] = []
    for turn in 0..<50 {
      times.append(
        try await timed {
          guard read(try await client.page(turn * limit).rows) > 0 else { throw Failure("the page was empty") }
        })
    }
    return times
  }

  /// Seconds for all rows, or for the first `pages` pages.
  private func iterate(_ pages: Int?) async throws -> [Double] {
    [
      try await timed {
        let rows = if let pages { try await client.serially(pages: pages) } else { try await client.iterate() }
        guard rows.count == pages.map({ $0 * limit }) ?? sessions else { throw Failure("\(rows.count) rows") }
      }
    ]
  }

  private func timed(_ work: () async throws -> Void) async throws -> Double {
    try await ContinuousClock().measure(work) / .seconds(1)
  }

  private func answer(_ value: some Encodable) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
  }
}
