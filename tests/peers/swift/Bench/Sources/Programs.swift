import Foundation

struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Where the server is.
struct Server: Decodable {
  let url: String
  let key: String

  enum CodingKeys: String, CodingKey {
    case url
    case key = "api_key"
  }
}

/// A program that takes lines and answers each with a line of JSON.
final class Program {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ path: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    // Without proxies and keys of the machine.
    process.environment = ProcessInfo.processInfo.environment.filter { name, _ in
      !name.lowercased().hasSuffix("_proxy") && !name.contains("DEVIN")
    }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func line<Answer: Decodable>() throws -> Answer {
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw Failure("\(process.executableURL?.path ?? "a program") ended early") }
      line += more
    }
    return try JSONDecoder().decode(Answer.self, from: line)
  }

  func ask<Answer: Decodable>(_ what: String) throws -> Answer {
    try input.fileHandleForWriting.write(contentsOf: Data("\(what)\n".utf8))
    return try line()
  }

  /// Ends it, and returns when it is gone.
  func close() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Answers laid out beforehand, each after `delay` milliseconds.
  static func server(delay: Int = 0) throws -> Program {
    let folder = ProcessInfo.processInfo.environment["DEVIN_V2_NATIVE"] ?? "."
    return try Program("\(folder)/devin-v2-peers", ["serve", "\(sessions)", "\(delay)"])
  }

  /// This program with one client.
  static func worker(_ kind: Kind, _ server: Server) throws -> Program {
    guard let own = Bundle.main.executablePath else { throw Failure("where this program is can't be found") }
    return try Program(own, [kind.rawValue, server.url, server.key])
  }
}
