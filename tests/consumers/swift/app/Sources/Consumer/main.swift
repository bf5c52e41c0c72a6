import DevinV2

let client = try DevinClient()
let members = try await client.members.list().collect()
print(members.rows.count, "members")
precondition(members.rows.count == 120 && members.report.complete)

do {
  try await client.apiKeys.revoke(apiKeyId: "")
  fatalError("revoked every key")
} catch DevinError.refused(let details) {
  print(details.description)
  precondition(details.field == "api_key_id")
}
