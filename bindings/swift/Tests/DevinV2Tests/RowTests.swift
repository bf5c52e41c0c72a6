import DevinV2
import DevinV2Testing
import Foundation
import Testing

private let confirm = "replace-org-group-limits"

@Suite struct RowTests {
  @Test func fieldsAndTimes() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let member = try await client.members.get(userId: ada)
    #expect(member.userId == ada && member.email == "ada@example.com" && member.enterpriseRole == "account_member")
    #expect(member.createdAt == ISO8601DateFormatter().date(from: "2025-09-15T16:20:05Z") && member.samlId == nil)
    #expect(member.extra.isEmpty)
  }

  @Test func fieldsThatNobodyKnowsAreKept() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let mood: JSON = ["now": ["good", 1, nil, ["deep": true]]]
    try await emulator.fault(.extraField("mood", mood), path: "/v2/enterprise/**", times: nil)
    let found = [
      try await client.sessions.list(limit: 2).page().rows.last?.extra["mood"],
      try await client.sessions.list(limit: 200).collect().rows.last?.extra["mood"],
      try await client.members.get(userId: ada).extra["mood"],
      try await client.roles.list().rows.first?.extra["mood"],
    ]
    for text in found { #expect(try JSON.read(text ?? "") == mood) }
  }

  @Test func enumValuesThatNobodyKnowsAreKept() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.unknownEnum(row: 0), path: sessionsPath)
    let page = try await client.sessions.list(limit: 2).page()
    #expect(page.rows.count == 2 && page.badRows.isEmpty)
    #expect(page.rows.first?.status == .unknown(value: "hibernating"))
  }

  @Test(arguments: [false, true]) func whatIsPromisedIsThere(removed: Bool) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let name = "sessions_created_count"
    try await emulator.fault(removed ? .removeField(name) : .nullField(name), path: membersPath, times: nil)
    let rows = try await client.members.list().collect().rows
    #expect(rows.count == 120 && rows.allSatisfy { $0.sessionsCreatedCount == 0 })
  }

  @Test func whatMayBeLeftOut() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(.removeField("title"), path: sessionsPath)
    #expect(try await client.sessions.list(limit: 1).page().rows.first?.title == nil)
  }

  @Test func oddText() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let odd = "a \"quote\" \\ \n\t\r\u{8}\u{0}\u{1f}\u{7f} \u{2028} é 日本 🎉 \u{feff} \u{fffd} </td><script>"
    try await emulator.fault(.replaceField("title", .string(odd)), path: sessionsPath)
    #expect(try await client.sessions.list(limit: 1).page().rows.first?.title == odd)
    let made = try await client.organizations.create(displayName: odd.filter { !$0.isNewline && $0 != "\0" })
    #expect(try await client.organizations.get(orgId: made.orgId ?? "").orgName == made.orgName)
  }

  @Test func billingDays() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let days = try BillingDays(first: "2026-02-01", last: "2026-02-28")
    let used = try await client.consumption.daily(billingDays: days)
    #expect(used.totalAcus > 0 && !used.consumptionByDate.isEmpty)
    let sent = try await emulator.requests.first?.parameters.map { $0.value ?? "" } ?? []
    #expect(sent.sorted() == ["2026-02-01T08:00:00Z", "2026-03-01T08:00:00Z"])
  }

  @Test func daysAreCounted() throws {
    let (first, last) = (try BillingDay("2026-02-27"), try BillingDay("2026-03-02"))
    #expect(first + 3 == last && last - 3 == first && last - first == 3 && first < last)
    #expect((first...last).map(\.description) == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"])
    #expect(try BillingDay(containing: first.end) == first + 1 && BillingDay(containing: first.end - 1) == first)
    let month = try BillingDays(month: "2026-02")
    #expect(month.count == 28 && month.upperBound.end == (last - 1).start)
    #expect(try BillingDays(between: month.lowerBound.start, and: month.upperBound.end) == month)
    #expect(throws: DevinError.self) { try BillingDay("2026-02-30") }
    #expect(throws: DevinError.self) { try BillingDays(month: "2026-13") }
    #expect(throws: DevinError.self) { try BillingDays(first: "2026-02-02", last: "2026-02-01") }
    #expect(throws: DevinError.self) { try BillingDays(between: first.start, and: first.start) }
    #expect(throws: DevinError.self) { try BillingDays(between: first.start + 1, and: last.start) }
  }

  @Test func aCycleIsItsDays() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let cycle = try await client.consumption.cycles().rows[0]
    #expect(try cycle.days.lowerBound.start == cycle.start && cycle.days.upperBound.end == cycle.end)
    let byDays = try await client.consumption.daily(billingDays: cycle.days)
    let byTimes = try await client.consumption.daily(startDate: cycle.start, endDate: cycle.end)
    #expect(byDays.totalAcus == byTimes.totalAcus)
  }

  @Test func sessionsTakeDays() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let day = try BillingDay("2026-02-01")
    let both = try await client.sessions.list(billingDays: day...day + 1).page().total
    let one = try await client.sessions.list(billingDays: day...day).page().total
    let other = try await client.sessions.list(billingDays: day + 1...day + 1).page().total
    #expect(both == (one ?? 0) + (other ?? 0))
  }

  @Test func auditLogEntriesAreTyped() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    _ = try await client.organizations.update(orgId: org, maxAcuLimit: 7)
    let entry = try #require(try await client.auditLogs.list(limit: 1).page().rows.first)
    #expect(entry.action == "update_organization" && entry.orgId == org && entry.userEmail != nil)
    #expect(entry.createdAt != nil && entry.extra["action"] == nil)
    for try await key in client.apiKeys.list().items() where key.createdAt != nil {
      return
    }
    Issue.record("no key has a time")
  }

  @Test func membersAreAddedToTheOrganizationOfThePath() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let details = try await failure("refused") {
      try await client.organizations.addMembers(orgId: org, userIds: [ada], orgIds: [org, "org-other"])
    }
    #expect(details.field == "org_ids")
    #expect(
      try await failure("refused") {
        try await client.organizations.update(orgId: org, maxAcuLimit: -1)
      }.field == "max_acu_limit")
    #expect(try await emulator.requests.isEmpty)
    _ = try await client.organizations.addMembers(orgId: org, userIds: [ada])
    #expect(try await emulator.requests.count == 1)
  }
}

@Suite struct TimeTests {
  @Test func timesFarAway() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let yearOne = Date(timeIntervalSince1970: -62_135_596_800)
    _ = try await client.consumption.daily(startDate: yearOne, endDate: .distantFuture)
    // In the calendar of RFC 3339, it lies two days before the year 1.
    #expect(
      try await failure("refused") {
        try await client.consumption.daily(startDate: .distantPast)
      }.field == "start_date")
    let year = 365.25 * 86_400
    let details = try await failure("refused") {
      try await client.consumption.daily(startDate: Date(timeIntervalSince1970: 10_000 * year))
    }
    #expect(details.field == "start_date")
    #expect(
      try await failure("refused") {
        try await client.consumption.daily(startDate: .distantFuture, endDate: .distantPast)
      }.attempts == 0)
  }
}

@Suite struct UpdateTests {
  @Test func absentNullAndAValueAreKeptApart() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    _ = try await client.organizations.update(orgId: org, maxAcuLimit: 500)
    #expect(try await client.organizations.get(orgId: org).maxCycleAcuLimit == 500)
    _ = try await client.organizations.update(orgId: org, displayName: "Platform")
    #expect(try await client.organizations.get(orgId: org).maxCycleAcuLimit == 500, "as it was")
    _ = try await client.organizations.update(orgId: org, maxAcuLimit: .clear)
    #expect(try await client.organizations.get(orgId: org).maxCycleAcuLimit == nil)
    _ = try await client.organizations.update(orgId: org, maxAcuLimit: .set(0))
    let bodies = try await emulator.requests.filter { $0.method == "PATCH" }.map(\.body)
    #expect(
      bodies == [
        #"{"max_acu_limit":500}"#, #"{"display_name":"Platform"}"#, #"{"max_acu_limit":null}"#,
        #"{"max_acu_limit":0}"#,
      ])
  }

  @Test func anEmptyListIsSentWhereItMeansSomething() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    _ = try await client.orgGroupLimits.update(
      body: OrgGroupLimits(groups: ["research": OrgGroupLimit(orgIds: [])]), confirm: confirm)
    _ = try await client.orgGroupLimits.update(body: OrgGroupLimits(groups: [:]), confirm: confirm)
    let bodies = try await emulator.requests.map { try JSON.read($0.body) }
    #expect(bodies == [["groups": ["research": ["org_ids": []]]], ["groups": [:]]])
    #expect(try await client.orgGroupLimits.get().groups.isEmpty)
  }

  @Test func anEmptyListThatWouldNameEverybodyIsRefused() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    #expect(try await failure("refused") { try await client.members.invite(emails: []) }.field == "emails")
    #expect(try await failure("refused") { try await client.sessions.list(orgIds: []).page() }.field == "org_ids")
    #expect(try await failure("refused") { try await client.metrics.usage(userIds: []) }.field == "user_ids")
    #expect(try await emulator.requests.isEmpty)
  }
}
