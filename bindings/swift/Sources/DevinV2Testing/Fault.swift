import Foundation

/// What a fault does to the answer. Effects on fields reach each row of a list, or the object itself where the answer is
/// no list. Fields are named by dotted paths (`session_analysis.action_items`).
public struct Effect: Sendable {
  let json: [String: JSON]

  private init(_ kind: String, _ json: [String: JSON?] = [:]) {
    self.json = json.compactMapValues { $0 }.merging(["kind": .string(kind)]) { $1 }
  }

  private init(_ kind: String, _ json: [String: JSON?], row: Int?, envelope: Bool) {
    self.init(kind, json.merging(["row": row.map(JSON.integer), "envelope": .bool(envelope)]) { $1 })
  }

  /// Nothing but the delay.
  public static let none = Effect("none")

  /// The connection is reset before an answer.
  public static let reset = Effect("reset")

  /// The body stops being JSON half-way.
  public static let malformedJSON = Effect("malformed_json")

  /// Bytes that are no UTF-8 in the middle of the body.
  public static let invalidUTF8 = Effect("invalid_utf8")

  /// The answer's status with nothing in the body.
  public static let emptyBody = Effect("empty_body")

  /// A status, with a body of your choice or the service's error shape.
  public static func status(
    _ status: Int, headers: [String: String] = [:], body: JSON? = nil, bodyText: String? = nil
  ) -> Effect {
    Effect(
      "status",
      [
        "status": .integer(status), "headers": .object(headers.mapValues(JSON.string)), "body": body,
        "body_text": bodyText.map(JSON.string),
      ])
  }

  /// The connection closes after this many bytes of the body.
  public static func cutBody(after: Int = 0) -> Effect {
    Effect("cut_body", ["after": .integer(after)])
  }

  /// A page as proxies send them.
  public static func html(status: Int = 502) -> Effect {
    Effect("html", ["status": .integer(status)])
  }

  /// A value that no published enum knows.
  public static func unknownEnum(
    field: String = "status", value: String = "hibernating", row: Int? = nil, envelope: Bool = false
  ) -> Effect {
    Effect("unknown_enum", ["field": .string(field), "value": .string(value)], row: row, envelope: envelope)
  }

  /// A field that is not published.
  public static func extraField(_ name: String, _ value: JSON, row: Int? = nil, envelope: Bool = false) -> Effect {
    Effect("extra_field", ["name": .string(name), "value": value], row: row, envelope: envelope)
  }

  /// Null, wherever the field is.
  public static func nullField(_ name: String, row: Int? = nil, envelope: Bool = false) -> Effect {
    Effect("null_field", ["name": .string(name)], row: row, envelope: envelope)
  }

  /// The field is left out.
  public static func removeField(_ name: String, row: Int? = nil, envelope: Bool = false) -> Effect {
    Effect("remove_field", ["name": .string(name)], row: row, envelope: envelope)
  }

  /// Another value, wherever the field is.
  public static func replaceField(_ name: String, _ value: JSON, row: Int? = nil, envelope: Bool = false) -> Effect {
    Effect("replace_field", ["name": .string(name), "value": value], row: row, envelope: envelope)
  }

  /// A redirect.
  public static func redirect(to location: String, status: Int = 307) -> Effect {
    Effect("redirect", ["location": .string(location), "status": .integer(status)])
  }

  /// Another content type on the same body.
  public static func contentType(_ value: String) -> Effect {
    Effect("content_type", ["value": .string(value)])
  }
}

/// A request that arrived at an emulator, as it was sent.
public struct ArrivedRequest: Sendable, Decodable {
  /// The method, in capitals.
  public let method: String
  /// The path as sent: not decoded.
  public let path: String
  /// The query as sent, without the question mark; `nil` if there was none.
  public let query: String?
  /// The headers by lower-case name. Of `authorization` only the kind of the key is kept.
  public let headers: [String: String]
  /// The body as text, at most its first 64 KiB.
  public let body: String
}
