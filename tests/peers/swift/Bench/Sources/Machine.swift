import Foundation

/// Whether the figures can be trusted: what else ran meanwhile.
struct Others {
  private let before: Ticks

  init() throws {
    before = try Ticks()
  }

  /// The share of the machine's processors that other programs used, read when all of our own have ended.
  func share() throws -> Double {
    let after = try Ticks()
    let others = after.busy - before.busy - (after.own - before.own)
    return max(0, others) / (after.whole - before.whole)
  }
}

private struct Ticks {
  let busy: Double
  let whole: Double
  /// Our own time and that of our programs that ended.
  let own: Double

  init() throws {
    // User, nice, system, idle, wait, interrupts twice, and what the host took.
    let machine = try Self.numbers(String(contentsOfFile: "/proc/stat", encoding: .utf8)).dropFirst().prefix(8)
    whole = machine.reduce(0, +)
    busy = whole - machine.dropFirst(3).prefix(2).reduce(0, +)
    // Behind the program's name, which may hold anything.
    let process = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
    let figures = Self.numbers(process[(process.lastIndex(of: ")") ?? process.startIndex)...])
    own = figures.dropFirst(12).prefix(4).reduce(0, +)
  }

  private static func numbers(_ text: some StringProtocol) -> [Double] {
    text.split(whereSeparator: \.isWhitespace).prefix(20).map { Double($0) ?? 0 }
  }
}
