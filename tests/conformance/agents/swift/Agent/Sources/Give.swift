// What the package gives as JSON, by what Swift can tell of any value.

import DevinV2
import DevinV2Testing
import Foundation

/// A name as the service has it.
func snake(_ name: String) -> String {
  oddNames[name] ?? name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
}

/// JSON of what the package gives.
func give(_ value: Any) -> JSON {
  switch value {
  case let text as String: .string(text)
  case let flag as Bool: .bool(flag)
  case let number as any BinaryInteger: .integer(Int(number))
  case let number as Double: .number(number)
  case let date as Date: .string(time(date))
  case is Secret: "Secret"
  case let value as any OpenEnum: .string(value.text)
  default: members(value)
  }
}

/// A time with all the digits that it has: a `Date` knows of no more. In the calendar of RFC 3339, which `Foundation`
/// leaves before 1582.
private func time(_ date: Date) -> String {
  let microseconds = Int((date.timeIntervalSince1970 * 1e6).rounded())
  let (second, rest) = divided(microseconds, by: 1_000_000)
  let (days, clock) = divided(second, by: 86_400)
  // Years begin in March, so that a leap day is the last one; 400 of them have as many days as any other 400.
  let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let month = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * month + 2) / 5 + 1
  let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
  let whole = String(
    format: "%04d-%02d-%02dT%02d:%02d:%02d", year, month < 10 ? month + 3 : month - 9, day, clock / 3600,
    clock / 60 % 60, clock % 60)
  return whole + (rest == 0 ? "Z" : String(format: ".%06dZ", rest))
}

/// The quotient towards the past, and what is left.
private func divided(_ number: Int, by other: Int) -> (Int, Int) {
  let quotient = Int((Double(number) / Double(other)).rounded(.down))
  let rest = number - quotient * other
  return rest < 0 ? (quotient - 1, rest + other) : rest >= other ? (quotient + 1, rest - other) : (quotient, rest)
}

extension OpenEnum {
  /// As the service has it.
  fileprivate var text: String {
    if let known = Self.known.first(where: { $0.value == self }) { return known.key }
    guard let unknown = Mirror(reflecting: self).children.first?.value,
      let text = Mirror(reflecting: unknown).children.first?.value as? String
    else { stop("\(self) is no text") }
    return text
  }
}

private func members(_ value: Any) -> JSON {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional:
    return mirror.children.first.map { give($0.value) } ?? .null
  case .collection:
    return .array(mirror.children.map { give($0.value) })
  case .dictionary:
    guard let entries = value as? [String: Any] else { stop("\(type(of: value)) has other keys than texts") }
    return .object(entries.mapValues(give))
  case .struct:
    var found: [String: JSON] = [:]
    for (label, value) in mirror.children {
      guard let label else { continue }
      if label == "extra", let unknown = value as? [String: JsonText] {
        // Fields that the package does not know.
        found.merge(unknown.mapValues(read)) { _, new in new }
      } else {
        found[snake(label)] = give(value)
      }
    }
    return .object(found)
  default:
    stop("\(type(of: value)) is nothing that a service sends")
  }
}

/// What a JSON text says.
func read(_ text: String) -> JSON {
  guard let json = try? JSONDecoder().decode(JSON.self, from: Data(text.utf8)) else { stop("\(text) is no JSON") }
  return json
}

/// All that Swift makes text of without being asked for a field.
func shown(_ value: Any) -> JSON {
  var dumped = ""
  dump(value, to: &dumped)
  var texts: [String: JSON] = [
    "description": .string("\(value)"), "reflecting": .string(String(reflecting: value)), "dump": .string(dumped),
  ]
  if let value = value as? any Encodable, let data = try? JSONEncoder().encode(value) {
    texts["encoded"] = .string(String(decoding: data, as: UTF8.self))
  }
  if let error = value as? any Error {
    let bridged = error as NSError
    texts["localized"] = .string(error.localizedDescription)
    texts["bridged"] = .string("\(bridged) \(bridged.debugDescription) \(bridged.userInfo)")
  }
  return .object(texts)
}
