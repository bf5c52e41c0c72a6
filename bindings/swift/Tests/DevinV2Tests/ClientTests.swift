import DevinV2
import DevinV2Testing
import Foundation
import Testing

private let head = "Q0FOQVJZ"
private let key = "apk_user_\(head)9f8e7d6c5b4a39281706f5e4d3c2b1a0"

/// Neither the key, nor its beginning, nor its end.
private func clean(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) {
  for text in texts {
    #expect(!text.contains(head) && !text.contains(key.suffix(8)), sourceLocation: sourceLocation)
  }
}

/// All that there is to see of a value.
private func views(_ value: Any) -> String {
  var dumped = ""
  dump(value, to: &dumped)
  return "\(value) \(String(reflecting: value)) \(String(describing: [value])) \(dumped)"
}

@Suite struct ClientTests {
  @Test func theAddressByDefault() throws {
    #expect(try DevinClient(apiKey: "apk_user_x").baseURL == "https://api.devin.ai")
  }

  @Test func settingsThatCannotBe() async throws {
    let settings: [(String, ClientSettings)] = [
      ("apiKey", ClientSettings(apiKey: .of(text: ""))),
      ("apiKey", ClientSettings(apiKey: .of(text: "apk_user_x\n"))),
      ("baseUrl", ClientSettings(baseUrl: "ftp://devin.example.com")),
      ("baseUrl", ClientSettings(baseUrl: "http://devin.example.com")),
      ("baseUrl", ClientSettings(baseUrl: "https://devin.example.com/v2/enterprise")),
      ("timeout", ClientSettings(timeout: 0)),
      ("maxRetries", ClientSettings(maxRetries: 11)),
      ("maxConcurrency", ClientSettings(maxConcurrency: 0)),
      ("prefetch", ClientSettings(prefetch: 65)),
      ("maxBodyBytes", ClientSettings(maxBodyBytes: 0)),
      ("caCertificate", ClientSettings(caCertificate: Data("no certificate".utf8))),
      ("proxy", ClientSettings(proxy: .of(text: "nowhere"))),
      ("userAgentSuffix", ClientSettings(userAgentSuffix: "a\nb")),
    ]
    let emulator = try await Emulator.start()
    defer { emulator.stop() }
    for (field, settings) in settings {
      let details = try await failure("config") { try emulator.client(settings) }
      #expect(details.description.count > 10 && details.attempts == 0, "\(field)")
    }
  }

  @Test func everySetting() async throws {
    let emulator = try await Emulator.start()
    defer { emulator.stop() }
    let client = try DevinClient(
      apiKey: emulator.apiKey, baseURL: emulator.url, timeout: 60, attemptTimeout: 30, connectTimeout: 5, maxRetries: 1,
      retryBaseDelay: 0.1, maxRetryAfter: 1, maxConcurrency: 4, prefetch: 2, maxBodyBytes: 1_000_000, strict: true,
      noProxy: true, allowInsecureHttp: true, userAgentSuffix: "mine/1")
    _ = try await client.identity.get()
    #expect(try await emulator.requests.first?.headers["user-agent"]?.hasSuffix("mine/1") == true)
  }

  @Test func otherOptions() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    try await emulator.fault(path: selfPath, times: nil, delay: 60)
    let hasty = try client.withOptions(CallOptions(timeout: 0.2, maxRetries: 0))
    _ = try await failure("timeout") { try await hasty.identity.get() }
    #expect(hasty.baseURL == client.baseURL && hasty.description == client.description)
  }

  @Test func aClientShowsItsAddressAndWhichKeyItIs() async throws {
    let emulator = try await Emulator.start(apiKey: key)
    defer { emulator.stop() }
    let client = try emulator.client()
    #expect(client.description == "DevinClient(\(emulator.url), \(client.keyFingerprint))")
    #expect(client.keyFingerprint.hasPrefix("apk_user_…#"))
    clean(views(client), views(try client.withOptions(CallOptions(timeout: 5))))
    let listing = client.members.list(limit: 50)
    clean(views(listing), views(listing.items()), views(client.members), views(try await listing.page()))
    clean(views(try await client.identity.get()), views(ClientSettings(apiKey: .of(text: key))))
    let other = try DevinClient(apiKey: "\(key)0", baseURL: emulator.url)
    #expect(other.description != client.description)
    clean(views(emulator))
  }

  @Test(arguments: [400, 401, 403, 404, 409, 422, 429, 500])
  func errorsThatSendBackWhatWasSent(status: Int) async throws {
    let emulator = try await Emulator.start(apiKey: key)
    defer { emulator.stop() }
    let client = try emulator.client(noRetries)
    // Some proxies do.
    let body: JSON = ["detail": .string("Authorization: Bearer \(key) is not liked")]
    try await emulator.fault(.status(status, headers: ["x-echo": key], body: body), path: rolesPath)
    do {
      _ = try await client.roles.list()
      Issue.record("this had to fail")
    } catch let error as DevinError {
      clean(views(error), views(error.details), error.localizedDescription)
      #expect(error.details.body?.expose().contains(key) == true, "the body is all that came, and is not shown")
    }
  }

  @Test func aKeyWhereAnIdBelongs() async throws {
    let emulator = try await Emulator.start(apiKey: key)
    defer { emulator.stop() }
    let client = try emulator.client(noRetries)
    let slips: [() async throws -> Void] = [
      { _ = try await client.members.get(userId: key) },
      { _ = try await client.apiKeys.revoke(apiKeyId: "\(key)/") },
      { _ = try await client.members.list(resume: key).page() },
      { _ = try await client.apiKeys.revokeAll(confirm: key) },
    ]
    for slip in slips {
      do {
        try await slip()
        Issue.record("this had to fail")
      } catch {
        clean(views(error), error.localizedDescription)
      }
    }
  }

  @Test func aRequestOfOnesOwn() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let query = [URLQueryItem(name: "limit", value: "1"), URLQueryItem(name: "skip", value: "3")]
    let answer = try await client.request("GET", membersPath, query: query)
    #expect(answer.status == 200 && answer.attempts == 1 && answer.body.expose().contains("\"total\":120"))
    #expect(answer.headers.contains(Header(name: "content-type", value: "application/json")))
    #expect(!views(answer).contains("total"), "it may hold personal data")
    let body = Data(#"{"display_name":"Raw"}"#.utf8)
    let path = "/v2/enterprise/organizations"
    #expect(try await client.request("POST", path, body: body).body.expose().contains("Raw"))
    let slips: [(String, () async throws -> Void)] = [
      ("confirm", { _ = try await client.request("DELETE", "/v2/enterprise/api-keys") }),
      ("method", { _ = try await client.request("BREW", "/v2/tea") }),
      ("method", { _ = try await client.request("", "/v2/tea") }),
      ("body", { _ = try await client.request("POST", path, body: Data("{".utf8)) }),
    ]
    for (field, slip) in slips { #expect(try await failure("refused", slip).field == field) }
    #expect(try await emulator.requests.count == 2)
  }

  @Test func manyTasksShareAClient() async throws {
    let (emulator, client) = try await enterprise()
    defer { emulator.stop() }
    let found = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        group.addTask {
          switch number % 3 {
          case 0: try await client.members.get(userId: ada).userId == ada ? 1 : 0
          case 1: try await client.members.list(limit: 50).collect().rows.count == 120 ? 1 : 0
          default: try await client.roles.list().rows.isEmpty ? 0 : 1
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(found == 200)
    #expect(try await emulator.requests.count >= 200)
  }

  @Test func theRequestsAtTheSameTimeAreBounded() async throws {
    let (emulator, client) = try await enterprise(ClientSettings(maxConcurrency: 3))
    defer { emulator.stop() }
    try await emulator.fault(path: selfPath, times: nil, delay: 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 { group.addTask { _ = try await client.identity.get() } }
      try await until("three requests") { try await emulator.requests.count >= 3 }
      #expect(try await emulator.requests.count == 3)
      try await group.waitForAll()
    }
    #expect(try await emulator.requests.count == 6)
  }
}
