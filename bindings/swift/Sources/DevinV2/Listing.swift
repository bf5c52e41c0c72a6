import Foundation

/// What the native half gives of a list; the generated code makes one for each type of row.
protocol NativeListing<Row>: Sendable {
  associatedtype Row: Sendable
  func page() async throws -> Page<Row>
  func items() -> any NativeItems<Row>
}

/// The rows of a list in batches; an empty one is the end.
protocol NativeItems<Row>: Sendable {
  associatedtype Row: Sendable
  func next() async throws -> [Row]
  func report() -> Report
  func stop()
}

/// One page of a list.
public struct Page<Row: Sendable>: Sendable {
  /// The rows that fit, in the order of the service.
  public let rows: [Row]
  /// Those that did not.
  public let badRows: [BadRow]
  /// Rows in the whole list; `nil` where the service does not say.
  public let total: Int64?
  /// Rows before this page; `nil` where the service does not say.
  public let skip: Int64?
  /// The size of pages that the service went by; `nil` where it does not say.
  public let limit: Int64?
  /// Whether more rows follow. Where the service does not say (audit log), whether this page held any.
  public let hasMore: Bool
  /// The next page: pass it as `resume`. `nil` on the last one.
  public let next: String?
  /// The id of the request, for support to find it by.
  public let requestId: String

  init(_ rows: [Row], _ info: PageInfo) {
    self.rows = rows
    badRows = info.badRows
    total = info.total
    skip = info.skip
    limit = info.limit
    hasMore = info.hasMore
    next = info.next
    requestId = info.requestId
  }
}

/// All rows of a list, and what there is to say about it.
public struct Collected<Row: Sendable>: Sendable {
  /// The rows that fit, in the order of the service.
  public let rows: [Row]
  /// Whether these are all rows, and what became of the others.
  public let report: Report
}

/// A paged list with its filters. Nothing is sent before it is read, and it can be read again.
///
/// ```swift
/// for try await member in client.members.list(limit: 50).items() {
///   print(member.email)
/// }
/// ```
public struct Listing<Row: Sendable>: Sendable {
  private let options: CallOptions
  private let start: @Sendable (CallOptions) throws -> Native<Row>

  /// `start` makes the native list with the options of one reading, whose token ends that reading alone.
  init<List: NativeListing<Row>>(options: CallOptions, start: @escaping @Sendable (CallOptions) throws -> List) {
    self.options = options
    self.start = { options in Native(try start(options)) }
  }

  /// The rows, for `for try await`. Pages are fetched as they are needed, a few ahead at most (`prefetch` of the client).
  /// Leaving the loop ends what is under way, and so does cancelling the task.
  public func items() -> Items<Row> {
    Items { try begin() }
  }

  /// Fetches one page: the first, or the one that `resume` or the filters name.
  public func page() async throws -> Page<Row> {
    try await cancellable(options) { options in try await start(options).page() }
  }

  /// Reads all rows.
  ///
  /// - Parameter onProgress: Told how far the reading has come, after each page.
  /// - Throws: ``Interrupted`` if a page fails for good, with the rows before it and the place to go on.
  public func collect(onProgress: (Report) -> Void = { _ in }) async throws -> Collected<Row> {
    let reading = try begin()
    var rows: [Row] = []
    do {
      while case let batch = try await reading.next(), !batch.isEmpty {
        rows.append(contentsOf: batch)
        onProgress(reading.report())
      }
    } catch let error as DevinError {
      throw Interrupted(rows: rows, report: reading.report(), error: error)
    }
    return Collected(rows: rows, report: reading.report())
  }

  private func begin() throws -> Reading<Row> {
    try options.check()
    let token = options.cancel ?? CancelToken()
    return Reading(try start(options.with(cancel: token)).batches(), token)
  }
}

// Native lists and their rows, of any kind. (Functions with an `any NativeItems<Row>` make the optimizer of Swift 6.0 fail.)

private struct Native<Row: Sendable>: Sendable {
  let page: @Sendable () async throws -> Page<Row>
  let batches: @Sendable () -> Batches<Row>

  init(_ list: some NativeListing<Row>) {
    page = { try await list.page() }
    batches = { Batches(list.items()) }
  }
}

struct Batches<Row: Sendable>: Sendable {
  let next: @Sendable () async throws -> [Row]
  let report: @Sendable () -> Report
  let stop: @Sendable () -> Void

  init(_ items: some NativeItems<Row>) {
    next = { try await items.next() }
    report = { items.report() }
    stop = { items.stop() }
  }
}

/// The rows of a list. Every loop over it begins at the first row.
public final class Items<Row: Sendable>: AsyncSequence, Sendable {
  public typealias Element = Row

  private let begin: @Sendable () throws -> Reading<Row>
  private let told = Told()

  init(_ begin: @escaping @Sendable () throws -> Reading<Row>) {
    self.begin = begin
  }

  /// How far the last loop over it has come, and whether the list can be trusted to be whole; `nil` before there was one.
  ///
  /// In the middle of a page, `resume` can lie before rows that were given: they come again rather than never.
  public var report: Report? {
    told.report
  }

  /// Begins a reading, which ends when the iterator is let go.
  public func makeAsyncIterator() -> Iterator {
    Iterator(begin, told)
  }

  /// Gives row after row.
  public struct Iterator: AsyncIteratorProtocol {
    private let begin: @Sendable () throws -> Reading<Row>
    private let told: Told
    private var reading: Reading<Row>?
    private var batch: [Row] = []
    private var place = 0
    private var report: Report?
    private var ended = false

    fileprivate init(_ begin: @escaping @Sendable () throws -> Reading<Row>, _ told: Told) {
      self.begin = begin
      self.told = told
    }

    /// The next row, or `nil` after the last one.
    public mutating func next() async throws -> Row? {
      if place == batch.count {
        if ended { return nil }
        do {
          try await fill()
        } catch {
          ended = true
          throw error
        }
        if batch.isEmpty {
          ended = true
          return nil
        }
      }
      defer { place += 1 }
      return batch[place]
    }

    private mutating func fill() async throws {
      batch = []
      place = 0
      let reading = try self.reading ?? begin()
      self.reading = reading
      let before = reading.report()
      told.report = before
      do {
        batch = try await reading.next()
      } catch {
        told.report = reading.report()
        throw error
      }
      let after = reading.report()
      // Who leaves in the middle of a batch has not had its rows: neither is what follows the place to go on from, nor
      // was the list read to its end.
      told.report = batch.isEmpty ? after : after.unfinished(resume: before.resume)
    }
  }
}

/// One reading of a list. It ends when nobody holds it any more.
final class Reading<Row: Sendable>: Sendable {
  private let batches: Batches<Row>
  private let token: CancelToken

  init(_ batches: Batches<Row>, _ token: CancelToken) {
    self.batches = batches
    self.token = token
  }

  func next() async throws -> [Row] {
    let batch = try await ending(with: token) { _ in try await batches.next() }
    // What the token ended may look like the end of the list.
    if batch.isEmpty { try Task.checkCancellation() }
    return batch
  }

  func report() -> Report {
    batches.report()
  }

  deinit {
    batches.stop()
  }
}

/// The report of the last loop, which other tasks may ask for.
private final class Told: @unchecked Sendable {
  private let lock = NSLock()
  private var last: Report?

  var report: Report? {
    get { lock.withLock { last } }
    set { lock.withLock { last = newValue } }
  }
}

extension Report {
  /// The same in the middle of a list.
  fileprivate func unfinished(resume: String?) -> Report {
    Report(
      complete: false, expected: expected, seen: seen, duplicates: duplicates, badRows: badRows,
      badRowCount: badRowCount, pages: pages, totalChanged: totalChanged, resume: resume)
  }
}
