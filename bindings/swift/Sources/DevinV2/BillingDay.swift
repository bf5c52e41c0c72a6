import Foundation

/// A day as the service bills it: from 08:00 UTC to 08:00 UTC of the next day.
public struct BillingDay: Hashable, Sendable, Strideable, CustomStringConvertible {
  /// Days since 1970-01-01.
  fileprivate let number: Int64

  fileprivate init(number: Int64) {
    self.number = number
  }

  /// The billing day of a date such as `2026-02-01`.
  ///
  /// - Throws: ``DevinError`` if it is not a date of the calendar.
  public init(_ date: String) throws {
    self.init(number: try nativeBillingDay(date: date))
  }

  /// The billing day that an instant falls on.
  ///
  /// - Throws: ``DevinError`` if it is outside the years that the service knows.
  public init(containing instant: Date) throws {
    self.init(number: try nativeBillingDayContaining(instant: instant))
  }

  /// The billing day of this moment.
  public static func today() throws -> BillingDay {
    try BillingDay(containing: Date())
  }

  /// Its first instant: 08:00 UTC.
  public var start: Date { nativeBillingDayStart(number: number) }

  /// The first instant after it: the start of the next day.
  public var end: Date { (self + 1).start }

  /// Its date.
  public var description: String { nativeBillingDayDate(number: number) }

  public func distance(to other: BillingDay) -> Int { Int(other.number - number) }

  public func advanced(by days: Int) -> BillingDay { BillingDay(number: number + Int64(days)) }

  public static func < (one: BillingDay, other: BillingDay) -> Bool { one.number < other.number }

  /// The day that many days later.
  public static func + (day: BillingDay, days: Int) -> BillingDay { day.advanced(by: days) }

  /// The day that many days earlier.
  public static func - (day: BillingDay, days: Int) -> BillingDay { day.advanced(by: -days) }

  /// The number of days from `other` to `day`.
  public static func - (day: BillingDay, other: BillingDay) -> Int { other.distance(to: day) }
}

/// Billing days in a row: `first...last`, a month, or the days of a billing cycle (`cycle.days`).
public typealias BillingDays = ClosedRange<BillingDay>

extension ClosedRange<BillingDay> {
  /// The days from one date to another, such as `2026-02-01` and `2026-02-28`, both included.
  ///
  /// - Throws: ``DevinError`` if one is not a date of the calendar, or if `last` is before `first`.
  public init(first: String, last: String) throws {
    self.init(numbers: try nativeBillingDaysThrough(first: first, last: last))
  }

  /// The days of a month such as `2026-02`.
  ///
  /// - Throws: ``DevinError`` if it is not a month.
  public init(month: String) throws {
    self.init(numbers: try nativeBillingDays(text: month))
  }

  /// The days between two borders, which have to be at 08:00 UTC; the end is excluded.
  ///
  /// - Throws: ``DevinError`` if one is at another time of day, or if there is no day between them.
  public init(between start: Date, and end: Date) throws {
    self.init(numbers: try nativeBillingDaysBetween(start: start, end: end))
  }

  private init(numbers: [Int64]) {
    self = BillingDay(number: numbers[0])...BillingDay(number: numbers[1])
  }

  var native: [Int64] { [lowerBound.number, upperBound.number] }
}
