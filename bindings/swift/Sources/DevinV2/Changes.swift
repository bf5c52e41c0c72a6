// So that a change reads like the value: `maxAcuLimit: 500`, `maxAcuLimit: .set(limit)`, `maxAcuLimit: .clear`.

extension TextChange: ExpressibleByStringLiteral {
  /// Gives the field a value.
  public static func set(_ value: String) -> TextChange { .set(value: value) }

  /// Gives the field a value.
  public init(stringLiteral value: String) { self = .set(value: value) }
}

extension IntegerChange: ExpressibleByIntegerLiteral {
  /// Gives the field a value.
  public static func set(_ value: Int64) -> IntegerChange { .set(value: value) }

  /// Gives the field a value.
  public init(integerLiteral value: Int64) { self = .set(value: value) }
}

extension TextListChange: ExpressibleByArrayLiteral {
  /// Gives the field a value.
  public static func set(_ value: [String]) -> TextListChange { .set(value: value) }

  /// Gives the field a value.
  public init(arrayLiteral elements: String...) { self = .set(value: elements) }
}
