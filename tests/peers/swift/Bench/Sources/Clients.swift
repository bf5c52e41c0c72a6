import DevinV2
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

let limit = 200
let callsInFlight = 50
let sessions = 100_000

/// The clients, in the order of the tables: ours, and what it is compared with.
enum Kind: String, CaseIterable {
  case ours = "devin-v2"
  case peer = "URLSession+Codable"

  func client(_ server: Server) throws -> any Client {
    switch self {
    case .ours: try Ours(server)
    case .peer: try Peer(server)
    }
  }
}

/// A way to call the service.
protocol Client: Sendable {
  associatedtype Row: SessionRow

  func identity() async throws -> [String?]

  /// Rows, and the next `skip`.
  func page(_ skip: Int) async throws -> (rows: [Row], next: Int?)

  /// All rows, the way its users would get them.
  func iterate() async throws -> [Row]
}

extension Client {
  /// The first pages, or all, one after the other.
  func serially(pages: Int = .max) async throws -> [Row] {
    var rows: [Row] = []
    var (skip, page): (Int?, Int) = (0, 0)
    while let from = skip, page < pages {
      let got = try await self.page(from)
      rows += got.rows
      (skip, page) = (got.next, page + 1)
    }
    return rows
  }

  func iterate() async throws -> [Row] {
    try await serially()
  }
}

struct Ours: Client {
  private let client: DevinClient

  init(_ server: Server) throws {
    // As many as the other one may have.
    client = try DevinClient(apiKey: server.key, baseURL: server.url, maxConcurrency: .init(callsInFlight))
  }

  func identity() async throws -> [String?] {
    let identity = try await client.identity.get()
    return [identity.apiKeyId, identity.userId, identity.userEmail, identity.orgId]
  }

  func page(_ skip: Int) async throws -> (rows: [DevinV2.Session], next: Int?) {
    let page = try await client.sessions.list(skip: .init(skip), limit: .init(limit)).page()
    return (page.rows, page.hasMore ? skip + limit : nil)
  }

  func iterate() async throws -> [DevinV2.Session] {
    var rows: [DevinV2.Session] = []
    let items = client.sessions.list(limit: .init(limit)).items()
    for try await row in items { rows.append(row) }
    guard items.report?.complete == true else { throw Failure("the list was not complete") }
    return rows
  }
}

/// What one writes with Foundation alone: a structure for each answer.
struct Peer: Client {
  private let session: URLSession
  private let decoder = JSONDecoder()
  private let server: Server

  init(_ server: Server) throws {
    let settings = URLSessionConfiguration.default
    settings.httpMaximumConnectionsPerHost = callsInFlight
    settings.httpAdditionalHeaders = ["Authorization": "Bearer \(server.key)"]
    // What it would keep of answers is never asked for again, and takes time.
    settings.urlCache = nil
    session = URLSession(configuration: settings)
    decoder.dateDecodingStrategy = .iso8601
    self.server = server
  }

  func identity() async throws -> [String?] {
    let identity: Identity = try await get("/v2/enterprise/self")
    return [identity.apiKeyId, identity.userId, identity.userEmail, identity.orgId]
  }

  func page(_ skip: Int) async throws -> (rows: [Session], next: Int?) {
    let page: SessionPage = try await get("/v2/enterprise/sessions?skip=\(skip)&limit=\(limit)")
    return (page.items, page.nextCursor)
  }

  private func get<Answer: Decodable>(_ path: String) async throws -> Answer {
    guard let url = URL(string: server.url + path) else { throw Failure("\(path) is no address") }
    let (body, response) = try await session.data(from: url)
    let status = (response as? HTTPURLResponse)?.statusCode
    guard status == 200 else { throw Failure("status \(status ?? 0)") }
    return try decoder.decode(Answer.self, from: body)
  }

  struct Identity: Decodable {
    let apiKeyId: String
    let userId: String?
    let userEmail: String?
    let orgId: String

    enum CodingKeys: String, CodingKey {
      case apiKeyId = "api_key_id"
      case userId = "user_id"
      case userEmail = "user_email"
      case orgId = "org_id"
    }
  }

  struct SessionPage: Decodable {
    let items: [Session]
    let total: Int
    let skip: Int
    let limit: Int
    let hasMore: Bool
    let nextCursor: Int?

    enum CodingKeys: String, CodingKey {
      case items, total, skip, limit
      case hasMore = "has_more"
      case nextCursor = "next_cursor"
    }
  }

  struct Session: Decodable, Sendable {
    let sessionId: String
    let url: String
    let status: Status
    let tags: [String]
    let orgId: String
    let createdAt: Date
    let updatedAt: Date
    let acusConsumed: Double
    let pullRequests: [PullRequest]
    let title: String?
    let userId: String?

    enum CodingKeys: String, CodingKey {
      case sessionId = "session_id"
      case url, status, tags
      case orgId = "org_id"
      case createdAt = "created_at"
      case updatedAt = "updated_at"
      case acusConsumed = "acus_consumed"
      case pullRequests = "pull_requests"
      case title
      case userId = "user_id"
    }
  }

  struct PullRequest: Decodable, Sendable {
    let url: String
    let state: String?
  }

  enum Status: Decodable, Equatable, Sendable {
    case new, claimed, running, exit, error, suspended, resuming
    case unknown(value: String)

    init(from decoder: any Decoder) throws {
      let text = try decoder.singleValueContainer().decode(String.self)
      self =
        switch text {
        case "new": .new
        case "claimed": .claimed
        case "running": .running
        case "exit": .exit
        case "error": .error
        case "suspended": .suspended
        case "resuming": .resuming
        default: .unknown(value: text)
        }
    }
  }
}
