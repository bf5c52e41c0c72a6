// JSON as what the package takes. Swift finds nothing by its name: `generated/Calls.swift` has what each method takes.

import DevinV2
import DevinV2Testing
import Foundation

/// Ends the agent: it was asked for what the package can't even be told.
func stop(_ why: String) -> Never {
  FileHandle.standardError.write(Data("agent: \(why)\n".utf8))
  exit(2)
}

/// What is made of JSON.
protocol FromJSON {
  init(json: JSON)

  /// What stands for it where it is missing; `nil` if it must be there.
  static var ofNothing: Self? { get }

  /// What null stands for; `nil` if it is as good as nothing.
  static var ofNull: Self? { get }
}

extension FromJSON {
  static var ofNothing: Self? { nil }
  static var ofNull: Self? { nil }
}

/// The members of an object, each of which is taken once.
final class Members {
  private var left: [String: JSON]

  init(_ json: JSON) {
    guard case .object(let members) = json else { stop("\(json) is no object") }
    left = members
  }

  func take<Value: FromJSON>(_ name: String) -> Value {
    guard let value = left.removeValue(forKey: name).map(Value.init(json:)) ?? Value.ofNothing else {
      stop("\(name) is missing")
    }
    return value
  }

  func members(_ name: String) -> Members {
    Members(take(name))
  }

  /// A span of time, which comes in milliseconds, in seconds.
  func seconds(_ name: String) -> TimeInterval? {
    (take(name) as Double?).map { $0 / 1000 }
  }

  /// All that was not taken, as JSON texts.
  func rest() -> [String: JsonText] {
    defer { left = [:] }
    return left.mapValues(text)
  }

  /// Gives `value`, in whose place something else would have to be left to be taken.
  func last<Value>(_ value: Value) -> Value {
    if !left.isEmpty { stop("nothing takes \(left.keys.sorted())") }
    return value
  }
}

/// The text of JSON.
func text(_ json: JSON) -> String {
  guard let data = try? JSONEncoder().encode(json) else { stop("\(json) can't be written") }
  return String(decoding: data, as: UTF8.self)
}

extension String: FromJSON {
  /// Text; of anything else its JSON, which is how the package takes what has no type.
  init(json: JSON) {
    switch json {
    case .string(let value): self = value
    case .null: stop("null is no text")
    default: self = text(json)
    }
  }
}

extension Bool: FromJSON {
  init(json: JSON) {
    guard case .bool(let value) = json else { stop("\(json) is no flag") }
    self = value
  }
}

extension FromJSON where Self: FixedWidthInteger {
  init(json: JSON) {
    guard case .integer(let number) = json, let value = Self(exactly: number) else {
      stop("\(json) is no \(Self.self)")
    }
    self = value
  }
}

extension Int: FromJSON {}
extension Int32: FromJSON {}
extension Int64: FromJSON {}

extension Double: FromJSON {
  init(json: JSON) {
    switch json {
    case .integer(let value): self = Double(value)
    case .number(let value): self = value
    default: stop("\(json) is no number")
    }
  }
}

extension Date: FromJSON {
  init(json: JSON) {
    let text = String(json: json)
    let styles = [false, true].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
    guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else { stop("\(text) is no time") }
    self = date
  }
}

extension Array: FromJSON where Element: FromJSON {
  init(json: JSON) {
    guard case .array(let values) = json else { stop("\(json) is no list") }
    self = values.map(Element.init(json:))
  }
}

extension Dictionary: FromJSON where Key == String, Value: FromJSON {
  init(json: JSON) {
    guard case .object(let members) = json else { stop("\(json) is no object") }
    self = members.mapValues(Value.init(json:))
  }
}

extension Optional: FromJSON where Wrapped: FromJSON {
  init(json: JSON) {
    self = json == .null ? Wrapped.ofNull : Wrapped(json: json)
  }

  static var ofNothing: Self? { .some(nil) }
}

extension ClosedRange: FromJSON where Bound == BillingDay {
  /// A month, a pair of dates or of borders, or a cycle with its borders.
  init(json: JSON) {
    do {
      switch json {
      case .string(let month): try self.init(month: month)
      case .object:
        let cycle = Members(json)
        try self.init(between: cycle.take("start"), and: cycle.take("end"))
      default:
        let ends = [String](json: json)
        if ends.count != 2 { stop("\(ends) are no two days") }
        if ends[0].contains("T") {
          let ends = [Date](json: json)
          try self.init(between: ends[0], and: ends[1])
        } else {
          try self.init(first: ends[0], last: ends[1])
        }
      }
    } catch {
      stop("\(json) are no billing days: \(error)")
    }
  }
}

/// A record that can be sent.
protocol Record: FromJSON {
  init(of given: Members)
}

extension Record {
  init(json: JSON) {
    self.init(of: Members(json))
  }
}

/// How a field changes that may also be emptied.
protocol Change: FromJSON {
  associatedtype Value: FromJSON
  static var clear: Self { get }
  static func set(value: Value) -> Self
}

extension Change {
  init(json: JSON) {
    self = .set(value: Value(json: json))
  }

  static var ofNull: Self? { .clear }
}

/// Texts, of which more may come.
protocol OpenEnum: FromJSON, Equatable {
  static var known: [String: Self] { get }
  static func unknown(value: String) -> Self
}

extension OpenEnum {
  init(json: JSON) {
    let text = String(json: json)
    self = Self.known[text] ?? .unknown(value: text)
  }
}

extension JSON: FromJSON {
  init(json: JSON) {
    self = json
  }
}
