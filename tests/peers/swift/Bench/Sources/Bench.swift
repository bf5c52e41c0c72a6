// The package beside what users would pick instead, in one run against one server, as ratios.
//
// Run by `cargo xtask bench swift`: DEVIN_V2_NATIVE names the folder of the native library, and devin-v2-peers is in it
// too. Reads CPU time from /proc, so it measures on Linux only.

import Foundation

@main
struct Main {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if arguments.count == 3, let kind = Kind(rawValue: arguments[0]) {
        try await work(try kind.client(Server(url: arguments[1], key: arguments[2])))
      } else {
        var driver = Driver()
        try driver.run()
      }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  private static func work(_ client: some Client) async throws {
    try await Worker(client).run()
    // Connections that are kept for the next call would hold up the end.
    exit(0)
  }
}

/// Asks the clients in turn, and prints what they took.
struct Driver {
  /// Pages that are read of the slow server by the one whose time is not part of an aim.
  private static let sample = 60
  /// Above this share for other programs, the slower client suffers more than the quick one and ratios flatter the quick.
  private static let quiet = 0.05

  private typealias Figures = [Kind: Double]

  private var verdicts: [(what: String, value: Double, bound: Double)] = []

  mutating func run() throws {
    let start = ContinuousClock().now
    let others = try Others()
    try calls()
    try paging()
    print("\naims")
    for (what, value, bound) in verdicts {
      let met = value <= bound ? "met" : "MISSED"
      print("  \(left(what, 28)) \(right(value, 3, 8))   ≤ \(right(bound, 1, 3))   \(met)")
    }
    print("\n\(right((ContinuousClock().now - start) / .seconds(1), 0, 0)) s in all")
    let share = try others.share()
    print("other programs used \(right(share * 100, 0, 0))% of the processors meanwhile")
    if share > Self.quiet { print("THE MACHINE WAS BUSY: these figures are not to be quoted") }
  }

  private mutating func calls() throws {
    let server = try Program.server()
    let place: Server = try server.line()
    let workers = try Kind.allCases.map { ($0, try Program.worker($0, place)) }
    let seen: [[[String?]]] = try workers.map { _, worker in try worker.ask("check") }
    let same = seen.allSatisfy { $0 == seen[0] && $0.count == limit + 2 }
    guard same else { throw Failure("they read different values") }

    let latency = try asked(workers, "latency", 10)
    table("one small call at a time (10 rounds of 150 calls, median)", "microseconds", latency.mapValues { $0 * 1e6 })
    aim("latency", latency)
    let each = try asked(workers, "inFlight", 8)
    let rate = each.mapValues { 1 / $0 }
    table("\(callsInFlight) calls in flight (8 rounds of 0.6 s, median)", "calls a second", rate, 0)
    let page = try asked(workers, "page", 12)
    table(
      "page of \(limit) sessions, every field read (12 rounds of 50 pages, median)", "milliseconds",
      page.mapValues { $0 * 1e3 }, 2)
    aim("page", page)
    for (_, worker) in workers { try worker.close() }
    try server.close()
  }

  private func paging() throws {
    let server = try Program.server(delay: 50)
    let place: Server = try server.line()
    var seconds: Figures = [:]
    for kind in Kind.allCases {
      let worker = try Program.worker(kind, place)
      let _: [Double] = try worker.ask("iterate 1")
      if kind == .ours {
        seconds[kind] = median(try (0..<3).flatMap { _ -> [Double] in try worker.ask("iterate") })
      } else {
        let some: [Double] = try worker.ask("iterate \(Self.sample)")
        seconds[kind] = some[0] * Double(sessions / limit) / Double(Self.sample)
      }
      try worker.close()
    }
    try server.close()
    let how = "ours the median of 3, the other serially, extrapolated from \(Self.sample) pages"
    table("100,000 sessions iterated, \(limit) a page, 50 ms server delay (\(how))", "seconds", seconds, 2)
  }

  /// The medians of what both answer to `what` in so many rounds, a different one first each time, so that a slower moment
  /// of the machine strikes both.
  private func asked(_ workers: [(Kind, Program)], _ what: String, _ rounds: Int) throws -> Figures {
    var times: [Kind: [Double]] = [:]
    for round in 0..<rounds {
      for (kind, worker) in round % 2 == 0 ? workers : workers.reversed() {
        times[kind, default: []] += try worker.ask(what)
      }
    }
    return times.mapValues(median)
  }

  private func ratio(_ figures: Figures) -> Double {
    figures[.ours, default: .nan] / figures[.peer, default: .nan]
  }

  private mutating func aim(_ what: String, _ figures: Figures) {
    verdicts.append(("\(what) / \(Kind.peer.rawValue)", ratio(figures), 1))
  }

  private func table(_ title: String, _ unit: String, _ figures: Figures, _ digits: Int = 1) {
    print("\n\(title), \(unit)")
    for kind in Kind.allCases {
      let ratio = kind == .ours ? "   \(right(ratio(figures), 3, 8)) of \(Kind.peer.rawValue)" : ""
      print("  \(left(kind.rawValue, 20)) \(right(figures[kind, default: .nan], digits, 12))\(ratio)")
    }
  }
}

private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

private func left(_ text: String, _ width: Int) -> String {
  text.padding(toLength: width, withPad: " ", startingAt: 0)
}

private func right(_ value: Double, _ digits: Int, _ width: Int) -> String {
  let text = String(format: "%.\(digits)f", value)
  return String(repeating: " ", count: max(0, width - text.count)) + text
}
