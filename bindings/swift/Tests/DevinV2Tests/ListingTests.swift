import DevinV2
import DevinV2Testing
import Foundation
import Testing

@Suite struct ListingTests {
  private func expectWhole(_ report: Report?, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(report?.complete == true && report?.expected == 120 && report?.seen == 120, sourceLocation: sourceLocation)
    #expect(report?.pages == 3 && report?.badRowCount == 0 && report?.resume == nil, sourceLocation: sourceLocation)
  }

  @Test func nothingIsSentBeforeItIsRead() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let items = client.members.list(limit: 50).items()
    _ = items.makeAsyncIterator()
    #expect(items.report == nil)
    #expect(try await emulator.requests.isEmpty)
  }

  @Test func aLoopGivesEveryRowOnce() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let items = client.members.list(limit: 50).items()
    let rows = try await all(items)
    #expect(rows.count == 120 && Set(rows.map(\.userId)).count == 120)
    let skips = try await emulator.requests.flatMap { $0.parameters.filter { $0.name == "skip" }.map(\.value) }
    #expect(Set(skips) == ["0", "50", "100"])
    expectWhole(items.report)
  }

  @Test func aListingCanBeReadAgain() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let listing = client.members.list(limit: 50)
    let items = listing.items()
    let rows = try await all(items).map(\.userId)
    #expect(try await all(items).map(\.userId) == rows)
    async let first = all(listing.items())
    async let second = listing.collect()
    let (one, other) = try await (first, second)
    #expect(one.map(\.userId) == rows && other.rows.map(\.userId) == rows)
    expectWhole(other.report)
  }

  @Test func aListOfNothing() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let nobody = client.members.list(email: "nobody@example.com")
    let collected = try await nobody.collect()
    #expect(collected.rows.isEmpty && collected.report.complete && collected.report.expected == 0)
    let page = try await nobody.page()
    #expect(page.rows.isEmpty && !page.hasMore && page.next == nil && page.total == 0)
  }

  @Test func pageAfterPage() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    var page = try await client.members.list(limit: 50).page()
    #expect(page.total == 120 && page.skip == 0 && page.limit == 50 && page.hasMore && page.rows.count == 50)
    #expect(try await emulator.requests.first?.headers["x-request-id"] == page.requestId)
    var rows = page.rows
    while let next = page.next {
      page = try await client.members.list(limit: 50, resume: next).page()
      rows += page.rows
    }
    #expect(!page.hasMore && page.skip == 100 && page.rows.count == 20)
    #expect(try await emulator.requests.count == 3)
    #expect(try await client.members.list().collect().rows.map(\.userId) == rows.map(\.userId))
  }

  @Test(arguments: [1, 50, 51, 75, 119]) func whoLeavesInTheMiddleLosesNoRow(enough: Int) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let items = client.members.list(limit: 50).items()
    var ids: [String] = []
    for try await row in items {
      ids.append(row.userId)
      if ids.count == enough { break }
    }
    #expect(items.report?.complete == false)
    let rest = try await client.members.list(limit: 50, resume: items.report?.resume).collect().rows
    #expect(Set(ids + rest.map(\.userId)).count == 120)
  }

  @Test func aFailedPageEndsALoopAfterTheRowsBeforeIt() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.status(404), path: membersPath, query: ["skip": "50"])
    let items = client.members.list(limit: 50).items()
    var rows: [Member] = []
    let details = try await failure("notFound") { for try await row in items { rows.append(row) } }
    #expect(details.operation == "members.list" && rows.count == 50 && items.report?.complete == false)
    rows += try await client.members.list(limit: 50, resume: items.report?.resume).collect().rows
    #expect(rows.count == 120 && Set(rows.map(\.userId)).count == 120)
  }

  @Test func aFailedPageDoesNotCostTheRowsCollectedBeforeIt() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.status(404), path: membersPath, query: ["skip": "50"])
    do {
      _ = try await client.members.list(limit: 50).collect()
      Issue.record("this had to fail")
    } catch let stop as Interrupted<Member> {
      #expect(stop.rows.count == 50 && stop.report.seen == 50 && !stop.report.complete)
      #expect(stop.error.kind == "notFound" && stop.description == stop.error.description)
      #expect((stop as any Error).localizedDescription == stop.error.description)
      let rest = try await client.members.list(limit: 50, resume: stop.report.resume).collect().rows
      #expect(Set((stop.rows + rest).map(\.userId)).count == 120)
    }
  }

  @Test func progressIsTold() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    var seen: [Int64] = []
    _ = try await client.members.list(limit: 50).collect { seen.append($0.seen) }
    #expect(seen == [50, 100, 120])
  }

  @Test func afterAnErrorAnIteratorIsAtItsEnd() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.status(404), path: membersPath, query: ["skip": "0"])
    var rows = client.members.list(limit: 50).items().makeAsyncIterator()
    _ = try await failure("notFound") { try await rows.next() }
    #expect(try await rows.next() == nil)
  }

  @Test(arguments: ["nonsense", "", "sessions.list@skip=200"])
  func thePlaceToGoOnBelongsToItsList(resume: String) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let listing = client.members.list(resume: resume)
    #expect(try await failure("refused") { try await listing.page() }.field == "resume")
    #expect(try await failure("refused") { try await listing.collect() }.field == "resume")
    #expect(try await failure("refused") { try await all(listing.items()) }.field == "resume")
    #expect(try await emulator.requests.isEmpty)
  }

  @Test func aBadRowDoesNotCostTheOthers() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let bad = Effect.replaceField("created_at", "private words", row: 2)
    try await emulator.fault(bad, path: membersPath, query: ["skip": "50"], times: nil)
    let page = try await client.members.list(skip: 50, limit: 5).page()
    let row = try #require(page.badRows.first)
    #expect(page.rows.count == 4 && page.badRows.count == 1 && row.index == 2 && row.path == "created_at")
    #expect(row.json.expose().contains("private words") && !row.reason.contains("private"))
    #expect(!"\(row)".contains("private") && !"\(page)".contains("private"))

    let collected = try await client.members.list(limit: 50).collect()
    #expect(collected.rows.count == 119 && collected.report.seen == 120 && collected.report.badRowCount == 1)
    #expect(collected.report.badRows.map(\.index) == [52], "counted over all pages")
  }

  @Test func aBadRowOfAListThatComesInOnePiece() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.replaceField("role_name", 17, row: 0), path: rolesPath)
    let roles = try await client.roles.list()
    #expect(!roles.rows.isEmpty && roles.badRows.map(\.path) == ["role_name"])
  }

  @Test func strictMakesAnErrorOfABadRow() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.replaceField("created_at", 17, row: 2), path: membersPath, times: nil)
    let strict = CallOptions(strict: true)
    let work: [() async throws -> Void] = [
      { _ = try await emulator.client(ClientSettings(strict: true)).members.list(limit: 5).page() },
      { _ = try await client.withOptions(strict).members.list(limit: 5).collect() },
      { _ = try await client.members.list(limit: 5, options: strict).page() },
      { _ = try await all(client.members.list(limit: 5, options: strict).items()) },
    ]
    for read in work {
      let details = try await failure("decode", read)
      #expect(details.description.contains("created_at") && details.body?.expose().contains("17") == true)
    }
  }

  @Test func aRowThatMovedIsGivenOnce() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let first = try #require(try await client.members.list(limit: 50).page().rows.first)
    try await emulator.fault(
      .replaceField("user_id", .string(first.userId), row: 0), path: membersPath, query: ["skip": "50"])
    let (rows, report) = try await { ($0.rows, $0.report) }(client.members.list(limit: 50).collect())
    #expect(report.duplicates == 1 && report.seen == 119 && rows.count == 119 && !report.complete)
  }

  @Test func aTotalThatChangesIsTold() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.replaceField("total", 119, envelope: true), path: membersPath, query: ["skip": "50"])
    #expect(try await client.members.list(limit: 50).collect().report.totalChanged)
  }

  @Test func aListThatCountsPages() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let page = try await client.apiKeys.list(perPage: 2).page()
    #expect(page.rows.count == 2 && page.hasMore)
    let second = try await client.apiKeys.list(page: 2, perPage: 2).page().rows.map(\.id)
    #expect(try await client.apiKeys.list(perPage: 2, resume: page.next).page().rows.map(\.id) == second)
    let collected = try await client.apiKeys.list(perPage: 2).collect()
    #expect(collected.report.complete && Int64(collected.rows.count) == page.total)
  }

  @Test func aListThatGoesOnAfterItsLastRow() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let logs = client.auditLogs.list(limit: 20)
    let page = try await logs.page()
    #expect(page.rows.count == 20 && page.total == nil && page.skip == nil)
    let following = try await client.auditLogs.list(limit: 20, resume: page.next).page()
    let collected = try await logs.collect()
    #expect(collected.report.complete && collected.report.expected == nil && collected.rows.count > 40)
    #expect(collected.rows.prefix(40).map(\.auditLogId) == (page.rows + following.rows).map(\.auditLogId))
  }

  @Test(arguments: [1, 3, 8] as [Int32]) func aReaderThatStopsIsNotFarBehind(prefetch: Int32) async throws {
    let (emulator, client) = try await enterprise(ClientSettings(prefetch: prefetch))
    defer { emulator.stop() }
    var rows = client.members.list(limit: 1).items().makeAsyncIterator()
    var read = 0
    for goal in [1, 10, 30] {
      while read < goal {
        #expect(try await rows.next() != nil)
        read += 1
      }
      try await until("fetching ahead") { try await emulator.requests.count > read }
      try await quiet()
      let arrived = try await emulator.requests.count
      // One page more than is asked for may be touched while rows are handed over.
      #expect(arrived <= read + Int(prefetch) + 2)
      try await quiet()
      #expect(try await emulator.requests.count == arrived, "and it stays so")
    }
    // Held until here.
    #expect(try await rows.next() != nil)
  }

  @Test func leavingALoopStopsTheRequests() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(prefetch: 4))
    defer { emulator.stop() }
    struct Mine: Error {}
    for throwing in [false, true] {
      try await emulator.clearRequests()
      do {
        for try await _ in client.members.list(limit: 1).items() {
          if throwing { throw Mine() }
          break
        }
      } catch is Mine {}
      try await quiet()
      let arrived = try await emulator.requests.count
      #expect(arrived <= 1 + 4 + 2)
      try await quiet()
      #expect(try await emulator.requests.count == arrived)
    }
  }

  @Test func aPageUnderWayIsDroppedWhenTheLoopIsLeft() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(maxConcurrency: 1, prefetch: 1))
    defer { emulator.stop() }
    try await emulator.fault(path: membersPath, query: ["skip": "10"], delay: 60)
    for try await _ in client.members.list(limit: 10).items() { break }
    // It would hold the only place there is for a minute.
    _ = try await client.identity.get(options: CallOptions(timeout: 30))
  }

  @Test func aListIsReadWhileItIsFetched() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(prefetch: 1))
    defer { emulator.stop() }
    try await emulator.fault(path: membersPath, query: ["skip": "100"], times: nil, delay: 60)
    var rows = client.members.list(limit: 50).items().makeAsyncIterator()
    for _ in 0..<100 { #expect(try await rows.next() != nil) }
  }
}
