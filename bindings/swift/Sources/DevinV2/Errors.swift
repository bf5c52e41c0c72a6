import Foundation

extension DevinError: CustomStringConvertible, CustomDebugStringConvertible {
  /// What is known of the failure, whatever its kind.
  public var details: ErrorDetails {
    switch self {
    case .config(let details), .refused(let details), .connect(let details), .timeout(let details),
      .cancelled(let details), .authentication(let details), .permission(let details), .notFound(let details),
      .conflict(let details), .validation(let details), .rateLimited(let details), .server(let details),
      .decode(let details), .paging(let details):
      details
    }
  }

  /// One line: what happened, and what to do about it. `localizedDescription` is the same.
  public var description: String {
    details.description
  }

  /// As ``description``.
  public var debugDescription: String {
    details.description
  }
}

/// Why ``Listing/collect(onProgress:)`` did not come to the end of the list, and the rows that had come by then.
public struct Interrupted<Row: Sendable>: Error, LocalizedError, CustomStringConvertible {
  /// The rows that came, in the order of the service.
  public let rows: [Row]
  /// How far it came; `resume` is the place to go on.
  public let report: Report
  /// What ended it.
  public let error: DevinError

  /// As that of ``error``; it tells nothing of the rows.
  public var description: String {
    error.description
  }

  /// As ``description``.
  public var errorDescription: String? {
    error.description
  }
}
