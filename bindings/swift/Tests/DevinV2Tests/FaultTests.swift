import DevinV2
import DevinV2Testing
import Foundation
import Testing

/// A fault that costs the call: the error, and the status of the answer if there is one.
struct Fatal: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let effect: Effect
  let kind: String
  let status: Int32?
  /// Whether it is about fields of rows: see `ListingTests`.
  var ofFields = false

  init(_ name: String, _ effect: Effect, _ kind: String, _ status: Int32?, ofFields: Bool = false) {
    (testDescription, self.effect, self.kind, self.status, self.ofFields) = (name, effect, kind, status, ofFields)
  }

  static let all = [
    Fatal("status", .status(500), "server", 500),
    Fatal("status with a body that is no JSON", .status(400, bodyText: "no"), "validation", 400),
    Fatal("html", .html(), "server", 502),
    Fatal("html with 200", .html(status: 200), "decode", 200),
    Fatal("html with 403", .html(status: 403), "permission", 403),
    Fatal("cut_body", .cutBody(after: 3), "connect", 200),
    Fatal("cut_body before the first byte", .cutBody(), "connect", 200),
    Fatal("reset", .reset, "connect", nil),
    Fatal("malformed_json", .malformedJSON, "decode", 200),
    Fatal("invalid_utf8", .invalidUTF8, "decode", 200),
    Fatal("empty_body", .emptyBody, "decode", 200),
    Fatal("remove_field", .removeField("user_id"), "decode", 200, ofFields: true),
    Fatal("null_field", .nullField("user_id"), "decode", 200, ofFields: true),
    Fatal("replace_field", .replaceField("user_id", 7), "decode", 200, ofFields: true),
    Fatal("redirect", .redirect(to: "https://example.com/"), "refused", 307),
    Fatal("redirect with 302", .redirect(to: "//example.com/v2/enterprise/self", status: 302), "refused", 302),
  ]

  static let ofAnswers = all.filter { !$0.ofFields }
}

@Suite struct FaultTests {
  @Test(arguments: Fatal.all) func costsTheCallAlone(fault: Fatal) async throws {
    let (emulator, client) = try await enterprise(noRetries)
    defer { emulator.stop() }
    try await emulator.fault(fault.effect, path: memberPath)
    let details = try await failure(fault.kind) { try await client.members.get(userId: ada) }
    #expect(details.status == fault.status && details.operation == "members.get" && details.attempts == 1)
    let requests = try await emulator.requests
    #expect(requests.count == 1 && details.requestId == requests.first?.headers["x-request-id"])
    #expect(details.description.hasPrefix("members.get: "))
    #expect(!details.description.contains("ada@example.com") && !details.description.contains("\n"))
    if fault.kind == "decode" { #expect(details.body != nil, "all of it is at hand") }
    if fault.kind == "connect" { #expect(!details.causes.isEmpty) }
    #expect(try await client.members.get(userId: ada).userId == ada, "the next call works")
  }

  @Test(arguments: Fatal.ofAnswers) func costsAList(fault: Fatal) async throws {
    let (emulator, client) = try await enterprise(noRetries)
    defer { emulator.stop() }
    let listing = client.members.list(limit: 50)
    let work: [() async throws -> Void] = [
      { _ = try await listing.page() }, { _ = try await listing.collect() }, { _ = try await all(listing.items()) },
    ]
    for read in work {
      try await emulator.fault(fault.effect, path: membersPath)
      let details = try await failure(fault.kind, read)
      #expect(details.status == fault.status && details.operation == "members.list")
    }
    try await emulator.reset()
    #expect(try await listing.collect().rows.count == 120)
  }

  @Test func contentTypeIsNoError() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.contentType("text/html"), path: memberPath)
    #expect(try await client.members.get(userId: ada).userId == ada)
  }

  @Test func noneOnlyWaits() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(path: memberPath, delay: 0.2)
    let began = Date()
    #expect(try await client.members.get(userId: ada).userId == ada)
    #expect(Date().timeIntervalSince(began) >= 0.19)
  }

  @Test func extraFieldsAndUnknownValuesAreNoErrors() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.extraField("mood", ["now": ["good", 1, nil]]), path: memberPath)
    try await emulator.fault(.unknownEnum(field: "enterprise_role", value: "emperor"), path: memberPath)
    let mood = try #require(try await client.members.get(userId: ada).extra["mood"])
    #expect(try JSON.read(mood) == ["now": ["good", 1, nil]])
    #expect(try await client.members.get(userId: ada).enterpriseRole == "emperor")
  }

  @Test func redirectsWithinTheServiceAreFollowedByWhatOnlyReads() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let location = "\(membersPath)/email%7C65f1c0ffee65f1c0ffee65f1"
    try await emulator.fault(.redirect(to: location), path: memberPath)
    #expect(try await client.members.get(userId: "email|moved").userId == ada)
    try await emulator.fault(.redirect(to: location), path: memberPath)
    _ = try await failure("refused") { try await client.members.delete(userId: "email|moved") }
    #expect(try await emulator.requests.map(\.method) == ["GET", "GET", "DELETE"])
  }

  @Test func theKeyStaysWhereItBelongs() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let other = try await Emulator.start()
    defer { other.stop() }
    try await emulator.fault(.redirect(to: "\(other.url)\(selfPath)"), path: memberPath)
    _ = try await failure("refused") { try await client.members.get(userId: ada) }
    #expect(try await other.requests.isEmpty)
  }

  @Test func pagesThatContradictEachOther() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(
      .replaceField("items", [], envelope: true), path: membersPath, query: ["skip": "0"], times: nil)
    let items = client.members.list(limit: 50).items()
    _ = try await failure("paging") { try await all(items) }
    #expect(items.report?.complete == false)
  }

  @Test func whatMayHelpIsTriedAgain() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    for effect in [Effect.status(503), .status(429), .reset, .cutBody(after: 3)] {
      try await emulator.fault(effect, path: memberPath, times: 2)
      #expect(try await client.members.get(userId: ada).userId == ada)
    }
    #expect(try await emulator.requests.count == 12)
  }

  @Test func whatChangesSomethingIsNotSentTwice() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.status(503), method: "POST", times: nil)
    let details = try await failure("server") { try await client.members.invite(emails: ["grace@example.com"]) }
    let requests = try await emulator.requests.count
    #expect(details.attempts == 1 && requests == 1)
  }
}
