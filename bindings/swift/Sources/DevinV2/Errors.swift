extension DevinError: CustomStringConvertible, CustomDebugStringConvertible {
  /// What is known of the failure, whatever its kind.
  public var details: ErrorDetails {
    switch self {
    case .Config(let details), .Refused(let details), .Connect(let details), .Timeout(let details),
      .Cancelled(let details), .Authentication(let details), .Permission(let details), .NotFound(let details),
      .Conflict(let details), .Validation(let details), .RateLimited(let details), .Server(let details),
      .Decode(let details), .Paging(let details):
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
