import DevinV2
import DevinV2Testing
import Foundation
import Testing

/// Every operation, with the arguments of `calls.json`, and how many rows came (1 of what is no list).
private let calls: [String: @Sendable (DevinClient) async throws -> Int] = [
  "api_keys.list": { try await page($0.apiKeys.list(perPage: 25, orgId: org)) },
  "api_keys.provision": { one(try await $0.apiKeys.provision(orgId: org)) },
  "api_keys.revoke_all": { one(try await $0.apiKeys.revokeAll(confirm: "revoke-all-api-keys")) },
  "api_keys.revoke": { one(try await $0.apiKeys.revoke(apiKeyId: "apk-3f9a6d2c1b7e4f50")) },
  "audit_logs.list": { try await page($0.auditLogs.list(limit: 100)) },
  "consumption.cycles": { rows(try await $0.consumption.cycles()) },
  "consumption.daily": { one(try await $0.consumption.daily(startDate: february, endDate: march)) },
  "consumption.user_daily": {
    one(try await $0.consumption.userDaily(userId: ada, startDate: february, endDate: march))
  },
  "groups.list": { try await page($0.groups.list(limit: 50)) },
  "groups.add": { rows(try await $0.groups.add(groupNames: ["Data Science"])) },
  "groups.get": { one(try await $0.groups.get(groupName: "Engineering")) },
  "members.list": { try await page($0.members.list(limit: 50, email: "ada@example.com")) },
  "members.get": { one(try await $0.members.get(userId: ada)) },
  "members.delete": { one(try await $0.members.delete(userId: ada)) },
  "members.invite": { one(try await $0.members.invite(emails: ["grace@example.com"])) },
  "members.update_roles": { one(try await $0.members.updateRoles(userIds: [ada], roleId: "account_member")) },
  "members.migrate_roles": {
    one(try await $0.members.migrateRoles(sourceRoleId: "account_member", targetRoleId: "account_admin"))
  },
  "members.list_organizations": { try await page($0.members.listOrganizations(userId: ada, limit: 50)) },
  "roles.list": { rows(try await $0.roles.list()) },
  "metrics.prs": {
    one(try await $0.metrics.prs(startDate: february, endDate: march, orgIds: [org], userIds: [ada]))
  },
  "metrics.sessions": {
    one(try await $0.metrics.sessions(startDate: february, endDate: march, orgIds: [org], userIds: [ada]))
  },
  "metrics.searches": {
    one(try await $0.metrics.searches(startDate: february, endDate: march, orgIds: [org], userIds: [ada]))
  },
  "metrics.usage": {
    one(try await $0.metrics.usage(startDate: february, endDate: march, orgIds: [org], userIds: [ada]))
  },
  "organizations.list": { try await page($0.organizations.list(limit: 50)) },
  "organizations.create": {
    one(try await $0.organizations.create(displayName: "Mobile", acuLimit: 500, addCreatorAsMember: true))
  },
  "organizations.get": { one(try await $0.organizations.get(orgId: org)) },
  "organizations.delete": { one(try await $0.organizations.delete(orgId: org, confirm: "delete-organization:\(org)")) },
  "organizations.update": {
    one(try await $0.organizations.update(orgId: org, displayName: "Platform", maxAcuLimit: 2_000))
  },
  "organizations.list_members": { try await page($0.organizations.listMembers(orgId: org, limit: 50)) },
  "organizations.add_members": {
    one(try await $0.organizations.addMembers(orgId: org, userIds: [ada], orgRole: "org_member"))
  },
  "organizations.remove_member": { one(try await $0.organizations.removeMember(orgId: org, userId: ada)) },
  "organizations.update_member_roles": {
    one(try await $0.organizations.updateMemberRoles(orgId: org, userIds: [ada], roleId: "org_member"))
  },
  "organizations.migrate_member_roles": {
    one(
      try await $0.organizations.migrateMemberRoles(orgId: org, sourceRoleId: "org_member", targetRoleId: "org_admin"))
  },
  "organizations.list_groups": { try await page($0.organizations.listGroups(orgId: org, limit: 50)) },
  "organizations.add_group": {
    one(try await $0.organizations.addGroup(orgId: org, groupName: "Engineering", role: "org_member"))
  },
  "organizations.remove_group": { one(try await $0.organizations.removeGroup(orgId: org, groupName: "Engineering")) },
  "organizations.list_git_connections": { try await page($0.organizations.listGitConnections(orgId: org, limit: 50)) },
  "organizations.list_git_permissions": { try await page($0.organizations.listGitPermissions(orgId: org, limit: 50)) },
  "organizations.add_git_permissions": {
    one(
      try await $0.organizations.addGitPermissions(
        orgId: org,
        body: [
          GitPermissionCreate(
            connectionId: "git-connection-9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b", repoPath: ["acme", "api"])
        ]))
  },
  "organizations.remove_git_permission": {
    one(
      try await $0.organizations.removeGitPermission(
        orgId: org, permissionId: "git-permission-4d3c2b1a0f9e8d7c6b5a4938271605f4"))
  },
  "organizations.list_sessions": {
    try await page(
      $0.organizations.listSessions(
        orgId: org, limit: 50, createdDateFrom: february, createdDateTo: march, userIds: [ada]))
  },
  "organizations.list_session_insights": {
    try await page(
      $0.organizations.listSessionInsights(
        orgId: org, limit: 50, createdDateFrom: february, createdDateTo: march, userIds: [ada]))
  },
  "sessions.list": {
    try await page(
      $0.sessions.list(
        limit: 50, createdDateFrom: february, createdDateTo: march, orgIds: [org], userIds: [ada],
        sessionIds: [session]))
  },
  "sessions.list_insights": {
    try await page(
      $0.sessions.listInsights(
        limit: 50, createdDateFrom: february, createdDateTo: march, orgIds: [org], userIds: [ada],
        sessionIds: [session]))
  },
  "sessions.get": { one(try await $0.sessions.get(sessionId: session)) },
  "playbooks.list": { rows(try await $0.playbooks.list()) },
  "playbooks.create": {
    one(try await $0.playbooks.create(title: "Write release notes", body: notes, macro: "!release-notes"))
  },
  "playbooks.get": { one(try await $0.playbooks.get(playbookId: playbook)) },
  "playbooks.update": {
    one(
      try await $0.playbooks.update(
        playbookId: playbook, title: "Write release notes", body: notes, macro: "!release-notes"))
  },
  "playbooks.delete": { one(try await $0.playbooks.delete(playbookId: playbook)) },
  "identity.get": { one(try await $0.identity.get()) },
  "hypervisors.health": { rows(try await $0.hypervisors.health()) },
  "org_group_limits.get": { one(try await $0.orgGroupLimits.get()) },
  "org_group_limits.update": {
    one(
      try await $0.orgGroupLimits.update(
        body: OrgGroupLimits(groups: ["research": OrgGroupLimit(orgIds: [org], maxCycleAcus: 5_000)]),
        confirm: "replace-org-group-limits"))
  },
  "snapshots.get": { one(try await $0.snapshots.get(snapshotId: "snapshot-1f2e3d4c5b6a79880716253443526170")) },
  "repositories.bulk_index": { one(try await $0.repositories.bulkIndex(orgId: org, repoNames: ["acme/api"])) },
  "repositories.status": { rows(try await $0.repositories.status(orgId: org)) },
  "user_usage.list": { try await page($0.userUsage.list(limit: 50)) },
]

private let february = Date(timeIntervalSince1970: 1_769_932_800)
private let march = Date(timeIntervalSince1970: 1_772_352_000)
private let session = "devin-5f2d9c3b7a1e4d6f8b0c2a4e6d8f0b1c"
private let playbook = "playbook-7c6b5a4938271605f4e3d2c1b0a99887"
private let notes = """
  1. List the merged pull requests since the last tag.
  2. Group them by area.
  3. Open a pull request with the notes.
  """

private func page<Row>(_ listing: Listing<Row>) async throws -> Int {
  let page = try await listing.page()
  #expect(page.badRows.isEmpty && !page.requestId.isEmpty)
  return page.rows.count
}

/// A list that comes in one piece.
private protocol InOnePiece {
  associatedtype Row
  var rows: [Row] { get }
  var badRows: [BadRow] { get }
}

extension BillingCycleRows: InOnePiece {}
extension HypervisorRows: InOnePiece {}
extension PlaybookRows: InOnePiece {}
extension RepositoryStatusRows: InOnePiece {}
extension RoleRows: InOnePiece {}
extension StringRows: InOnePiece {}

private func rows(_ answer: some InOnePiece) -> Int {
  #expect(answer.badRows.isEmpty)
  return answer.rows.count
}

private func one<Answer>(_: Answer) -> Int { 1 }

/// What `calls.json` says of an operation. It is made of the service's document for all languages of this project.
private struct Promised: Decodable {
  let operation: String
  let httpMethod: String
  let template: String
  let path: Int
  let positional: [String]
  let arguments: [JSON]

  enum CodingKeys: String, CodingKey {
    case operation, template, path, positional, arguments
    case httpMethod = "http_method"
  }

  static func all() throws -> [Promised] {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../node/test/calls.json").standardized
    return try JSONDecoder().decode([Promised].self, from: Data(contentsOf: file))
  }

  /// Where it has to arrive.
  var arrival: String {
    zip(positional, arguments).reduce(template) { path, given in
      guard case (let name, .string(let value)) = given else { return path }
      let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_."))
      return path.replacingOccurrences(
        of: "{\(name)}", with: value.addingPercentEncoding(withAllowedCharacters: plain) ?? value)
    }
  }

  /// What has to be sent beside the path.
  var values: [String] {
    arguments.dropFirst(path).flatMap { argument in
      guard case .object(var named) = argument else { return argument.leaves }
      named["confirm"] = nil
      return JSON.object(named).leaves
    }
  }
}

@Suite struct OperationTests {
  @Test func theDocumentsOperationsAreCalled() throws {
    let promised = try Promised.all().map(\.operation)
    #expect(promised.count == 58)
    #expect(promised.sorted() == calls.keys.sorted())
  }

  @Test func eachArrivesAndIsAnswered() async throws {
    let (emulator, client) = try await enterprise(noRetries)
    defer { emulator.stop() }
    for promised in try Promised.all() {
      try await emulator.reset()
      let call = try #require(calls[promised.operation])
      let rows = try await call(client)
      // Every example of a list finds something, so that rows are read at all.
      #expect(rows > 0, "\(promised.operation)")
      let requests = try await emulator.requests
      #expect(requests.count == 1)
      let request = try #require(requests.first)
      #expect(request.method == promised.httpMethod)
      #expect(request.path == promised.arrival)
      var sent = request.parameters.map { $0.value ?? "" }
      if !request.body.isEmpty { sent += try JSON.read(request.body).leaves }
      for value in promised.values { #expect(sent.contains(value), "\(promised.operation): \(value) was not sent") }
    }
  }

  @Test(arguments: ["", " ", ".", "..", "a/b", "a\\b", "%2e%2e", "%2E", "a%2fb", "a?b", "a#b", "a\nb"])
  func whatIsNoIdIsRefused(id: String) async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let work: [(String, () async throws -> Void)] = [
      ("members.get", { _ = try await client.members.get(userId: id) }),
      ("members.delete", { _ = try await client.members.delete(userId: id) }),
      ("api_keys.revoke", { _ = try await client.apiKeys.revoke(apiKeyId: id) }),
      ("organizations.update", { _ = try await client.organizations.update(orgId: id, displayName: "x") }),
      ("organizations.list_groups", { _ = try await client.organizations.listGroups(orgId: id).page() }),
      ("organizations.remove_member", { _ = try await client.organizations.removeMember(orgId: org, userId: id) }),
    ]
    for (operation, call) in work {
      let details = try await failure("refused", call)
      #expect(details.operation == operation && details.attempts == 0 && details.requestId == nil)
      #expect(details.field != nil && details.description.hasPrefix("\(operation): "))
    }
    #expect(try await emulator.requests.isEmpty)
  }

  @Test func whatCannotBeUndoneNeedsAPhrase() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    #expect(try await failure("refused") { try await client.apiKeys.revokeAll() }.field == "confirm")
    #expect(
      try await failure("refused") { try await client.organizations.delete(orgId: org, confirm: "x") }.field
        == "confirm")
    let none = OrgGroupLimits(groups: [:])
    #expect(try await failure("refused") { try await client.orgGroupLimits.update(body: none) }.field == "confirm")
    #expect(try await emulator.requests.isEmpty)
  }
}
