import Foundation

/// The longest time that can be handed over; the core's own limit is far below.
private let longest: TimeInterval = 1e9

/// Refuses what is no span of time: handed over as it is, it would end the process.
func checkTimes(_ times: [(String, TimeInterval?)]) throws {
  for case (let field, let time?) in times where !(0...longest).contains(time) {
    throw DevinError.config(details: .config(field: field, "\(field) is \(time) seconds, which is no span of time."))
  }
}

extension CallOptions {
  func check() throws {
    try checkTimes([("timeout", timeout), ("attemptTimeout", attemptTimeout)])
  }
}

extension ClientSettings {
  func check() throws {
    try checkTimes([
      ("timeout", timeout), ("attemptTimeout", attemptTimeout), ("connectTimeout", connectTimeout),
      ("retryBaseDelay", retryBaseDelay), ("maxRetryAfter", maxRetryAfter),
    ])
  }
}

extension ErrorDetails {
  fileprivate static func config(field: String, _ description: String) -> ErrorDetails {
    ErrorDetails(
      description: description, operation: nil, field: field, status: nil, requestId: nil, attempts: 0, waited: 0,
      retryAfter: nil, detail: nil, hint: nil, body: nil, causes: [])
  }
}
