import Foundation
import MarketData
import TestSupport
import Testing
import TradingModel

/// What is not bars gets its own sentence, the right number of tries, and never the word "delisted" unless Yahoo
/// said it.
@Suite("Replies that are not bars")
struct YahooErrorTests {
  private func outcome(
    _ reply: ReplayReply, attempts: Int = 3, seconds: Double = 20
  ) async throws -> (error: MarketDataError?, requests: Int, host: String) {
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    do {
      _ = try await TestService(server, totalSeconds: seconds, attempts: attempts)
        .load("BEKE", from: "2020-01-01", to: "2020-01-03")
      return (nil, server.requests.count, "127.0.0.1:\(server.port)")
    } catch let error as MarketDataError {
      return (error, server.requests.count, "127.0.0.1:\(server.port)")
    }
  }

  @Test func beforeListingIsAnAnswer() async throws {
    let (error, requests, _) = try await outcome(Fixture.reply("error-400-before-listing.json", status: 400))
    #expect(
      error
        == .beforeListing(symbol: "BEKE", said: "Data doesn't exist for startDate = 1577836800, endDate = 1578009600"))
    #expect(requests == 1)
  }

  @Test func unknownSymbolQuotesYahoo() async throws {
    let (error, requests, _) = try await outcome(Fixture.reply("error-404-not-found.json", status: 404))
    #expect(error == .unknownSymbol(symbol: "BEKE", said: "No data found, symbol may be delisted"))
    #expect(error?.description.contains("may be delisted") == true)
    #expect(requests == 1)
  }

  @Test(arguments: ["error-422-range-1h.json", "error-422-1m-8days.json"])
  func limitExceededQuotesYahoo(file: String) async throws {
    let (error, requests, _) = try await outcome(Fixture.reply(file, status: 422))
    guard case .limitExceeded("BEKE", let said) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(said.contains("not available for startTime"))
    #expect(requests == 1)
  }

  @Test func callersErrorIsNotRepeated() async throws {
    let (error, requests, _) = try await outcome(Fixture.reply("error-400-interval.json", status: 400))
    guard case .badRequest = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(requests == 1)
  }

  @Test func invalidCrumbIsAboutCredentials() async throws {
    let (error, requests, host) = try await outcome(Fixture.reply("error-401-invalid-crumb.json", status: 401))
    #expect(error == .unauthorized(host: host, said: "Invalid Crumb"))
    #expect(requests == 1)
  }

  @Test func missingTimestampsAreAGap() async throws {
    let text =
      "{\"chart\":{\"result\":null,\"error\":{\"code\":\"Not Found\",\"description\":\"Not Found: Timestamp data missing.\"}}}"
    let (error, _, _) = try await outcome(.json(text, status: 404))
    #expect(error == .noTimes(symbol: "BEKE", said: "Not Found: Timestamp data missing."))
  }

  @Test(arguments: ["error-429-edge.txt", "error-429-getcrumb.txt"])
  func throttlingIsTriedOnceMoreAndNamed(file: String) async throws {
    let reply = ReplayReply(
      status: 429, headers: [("Content-Type", "text/html")], body: try Fixture.body(file))
    let (error, requests, host) = try await outcome(reply)
    #expect(error == .throttled(host: host))
    #expect(requests == 2)
  }

  @Test func throttlingForLongerThanTheDeadlineIsNotWaitedOut() async throws {
    let reply = ReplayReply(status: 429, headers: [("Retry-After", "3600")], body: Array("Too Many Requests".utf8))
    let (error, requests, host) = try await outcome(reply)
    #expect(error == .throttled(host: host))
    #expect(requests == 1)
  }

  @Test func throttlingPageWithAnotherStatusIsThrottlingToo() async throws {
    let (error, requests, host) = try await outcome(.page("<html>Edge: Too Many Requests</html>", status: 403))
    #expect(error == .throttled(host: host))
    #expect(requests == 2)
  }

  /// Once throttled, later loads do not wait and try again for a while.
  @Test func throttledServiceAsksOnceALoad() async throws {
    let server = try ReplayServer { _, _ in .page("Too Many Requests", status: 429) }
    defer { server.stop() }
    let service = TestService(server)
    for _ in 0..<3 {
      await #expect(throws: MarketDataError.self) { try await service.load("AAPL", from: "2020-01-01") }
    }
    #expect(server.requests.count == 4)
  }

  @Test(arguments: [200, 503])
  func outagePageIsAnOutageAndRepeated(status: Int) async throws {
    let (error, requests, host) = try await outcome(
      .page("<html><body>Will be right back. Thank you for your patience.</body></html>", status: status))
    #expect(error == .outage(host: host, status: status))
    #expect(requests == 3)
  }

  @Test func serverErrorIsRepeatedAndThenPasses() async throws {
    let good = ChartBody(rows: [ChartBody.row(1_577_975_400, 10)]).reply
    let server = try ReplayServer { _, number in number < 2 ? .json("{}", status: 502) : good }
    defer { server.stop() }
    let loaded = try await TestService(server).load("AAPL", from: "2020-01-01", to: "2020-01-03")
    #expect(loaded.series.count == 1)
    #expect(server.requests.count == 3)
  }

  @Test func webPageIsNotTakenForAnything() async throws {
    let (error, requests, host) = try await outcome(.page("<html>Sign in to this network</html>", status: 200))
    #expect(error == .notData(host: host, contentType: "text/html"))
    #expect(requests == 1)
  }

  @Test func consentRedirectIsNamed() async throws {
    let server = try ReplayServer { request, _ in
      request.path.hasPrefix("/v8")
        ? .redirect(to: "/v2/collectConsent?sessionId=1") : .page("<html>Before you continue</html>", status: 200)
    }
    defer { server.stop() }
    let host = "127.0.0.1:\(server.port)"
    await #expect(throws: MarketDataError.consent(host: host, target: host)) {
      try await TestService(server).load("AAPL", from: "2020-01-01", to: "2020-01-03")
    }
    #expect(server.requests.count == 2)
  }

  @Test func truncatedJSONIsCutShortAndRepeated() async throws {
    let body = Array(try Fixture.body("aapl-1d-10.json").prefix(900))
    let (error, requests, host) = try await outcome(ReplayReply(body: body))
    guard case .cutShort(host, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("at byte"))
    #expect(requests == 3)
  }

  @Test func faultyJSONIsUnreadableAndNotRepeated() async throws {
    let text = String(decoding: try Fixture.body("aapl-1d-10.json"), as: UTF8.self)
    let broken = text.replacingOccurrences(of: "\"open\":[", with: "\"open\":[{},")
    let (error, requests, host) = try await outcome(.json(broken))
    guard case .unreadable(host, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("a number was expected at byte"))
    #expect(requests == 1)
  }

  @Test func emptyBodyIsCutShort() async throws {
    let (error, requests, host) = try await outcome(ReplayReply())
    #expect(error == .cutShort(host: host, reason: "it is empty"))
    #expect(requests == 3)
  }

  @Test func bodyCutShortIsRepeated() async throws {
    for manner in [ReplayReply.Manner.cut(after: 500), .reset(after: 500)] {
      let reply = ReplayReply(body: try Fixture.body("aapl-1d-10.json"), manner: manner)
      let (error, requests, _) = try await outcome(reply)
      guard case .network(.interrupted) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(requests == 3)
    }
  }

  @Test func slowBodyEndsAtTheDeadlineWithItsRemedy() async throws {
    let reply = ReplayReply(body: try Fixture.body("aapl-1d-10.json"), manner: .dripping(bytes: 5, pause: 0.05))
    let (error, requests, host) = try await outcome(reply, seconds: 0.5)
    #expect(error == .network(.timedOut(host: host, seconds: 0.5)))
    #expect(error?.description.contains("--offline") == true)
    #expect(requests == 1)
  }

  @Test func networkAwayNamesHostAndRemedy() async throws {
    let server = try ReplayServer { _, _ in .json("{}") }
    server.stop()
    do {
      _ = try await TestService(server).load("AAPL", from: "2020-01-01", to: "2020-01-03")
      Issue.record("it cannot have been reached")
    } catch let error as MarketDataError {
      #expect(error.description.contains("127.0.0.1:\(server.port)"))
      #expect(error.description.contains("--offline"))
    }
  }

  @Test func hugeAndHostileBodiesAreRefused() async throws {
    let flood = ReplayReply(body: [UInt8](repeating: 32, count: 1 << 20), manner: .endless)
    let bomb = ReplayReply(headers: [("Content-Encoding", "gzip")], body: Gzip.bomb(mebibytes: 80))
    let announced = ReplayReply(body: [65], manner: .cut(after: 1), announcedLength: 2 << 30)
    for reply in [flood, bomb, announced] {
      let (error, requests, host) = try await outcome(reply)
      #expect(error == .network(.bodyTooLarge(host: host, limit: 64 << 20)))
      #expect(requests == 1)
    }
    let nested = ReplayReply(body: Array(("{\"chart\":" + String(repeating: "[", count: 100_000) + "1").utf8))
    let error = try await outcome(nested, attempts: 1).error
    guard case .unreadable = error else {
      Issue.record("deep nesting was accepted")
      return
    }
  }

  @Test func otherRefusalsQuoteWhatWasSaid() async throws {
    let text = "{\"chart\":{\"result\":null,\"error\":{\"code\":\"Gone\",\"description\":\"line\\none\"}}}"
    let (error, requests, host) = try await outcome(.json(text, status: 410))
    #expect(error == .refused(host: host, status: 410, said: "line one"))
    #expect(requests == 1)
  }

  @Test func zoneThatIsNotThereIsNamed() async throws {
    var body = ChartBody(rows: [ChartBody.row(1_577_975_400, 10)])
    body.zone = "Mars/Olympus"
    #expect(try await outcome(body.reply).error == .timeZoneUnknown("Mars/Olympus"))
  }

  @Test func sentencesSayDelistedOnlyInYahoosWords() {
    let errors: [MarketDataError] = [
      .throttled(host: "h"), .outage(host: "h", status: 503), .consent(host: "h", target: "t"),
      .notData(host: "h", contentType: "text/html"), .unreadable(host: "h", reason: "r"),
      .cutShort(host: "h", reason: "r"),
      .network(.timedOut(host: "h", seconds: 3)), .beforeListing(symbol: "S", said: "x"),
      .limitExceeded(symbol: "S", said: "x"), .noTimes(symbol: "S", said: "x"),
    ]
    for error in errors { #expect(!error.description.lowercased().contains("delist"), "\(error)") }
  }
}
