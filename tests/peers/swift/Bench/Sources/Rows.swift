import DevinV2
import Foundation

/// The session of either client.
protocol SessionRow: Sendable {
  associatedtype Status: Equatable
  associatedtype PullRequest: PullRequestRow

  var sessionId: String { get }
  var url: String { get }
  var status: Status { get }
  var tags: [String] { get }
  var orgId: String { get }
  var createdAt: Date { get }
  var updatedAt: Date { get }
  var acusConsumed: Double { get }
  var pullRequests: [PullRequest] { get }
  var title: String? { get }
  var userId: String? { get }
}

protocol PullRequestRow {
  var url: String { get }
  var state: String? { get }
}

extension DevinV2.Session: SessionRow {}
extension DevinV2.PullRequest: PullRequestRow {}
extension Peer.Session: SessionRow {}
extension Peer.PullRequest: PullRequestRow {}

/// Reads every field of every row, nested ones too. The sum keeps the reading from being optimized away.
func read(_ rows: [some SessionRow]) -> Double {
  var length = 0
  var sum = 0.0
  for row in rows {
    length += row.sessionId.utf8.count + row.url.utf8.count + row.orgId.utf8.count
    length += (row.userId?.utf8.count ?? 0) + (row.title?.utf8.count ?? 0) + (row.status == rows[0].status ? 1 : 0)
    for tag in row.tags { length += tag.utf8.count }
    for pull in row.pullRequests { length += pull.url.utf8.count + (pull.state?.utf8.count ?? 0) }
    sum += row.acusConsumed + row.updatedAt.timeIntervalSince(row.createdAt)
  }
  return sum + Double(length)
}

/// The row in one order of its fields, to see that both clients read the same.
func values(_ row: some SessionRow) -> [String] {
  [
    row.sessionId, row.url, "\(row.status)", "\(row.tags)", row.orgId, "\(row.createdAt.timeIntervalSince1970)",
    "\(row.updatedAt.timeIntervalSince1970)", "\(row.acusConsumed)",
    "\(row.pullRequests.map { [$0.url, $0.state] })", "\([row.title, row.userId])",
  ]
}
