import Foundation
import MarketData
import TestSupport
import Testing

@Suite("HTTP client")
struct HTTPClientTests {
  private func request(_ server: ReplayServer, seconds: Double = 20, bytes: Int = 1 << 20) -> HTTPRequest {
    HTTPRequest(
      url: server.base + "/x", limits: HTTPLimits(connectSeconds: seconds, totalSeconds: seconds, bodyBytes: bytes))
  }

  private func failure(_ request: HTTPRequest) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await HTTPClient().fetch(request)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [200, 404, 422, 429, 503])
  func bodyIsReadWhateverTheStatus(status: Int) async throws {
    let server = try ReplayServer { _, _ in .json("{\"status\":\(status)}", status: status) }
    defer { server.stop() }
    let response = try await HTTPClient().fetch(request(server))
    #expect(response.status == status)
    #expect(response.body == Array("{\"status\":\(status)}".utf8))
    #expect(response.contentType == "application/json;charset=utf-8")
  }

  @Test func gzipIsDecoded() async throws {
    let text = [UInt8](repeating: 65, count: 200_000)
    let server = try ReplayServer { _, _ in
      ReplayReply(headers: [("Content-Encoding", "gzip")], body: Gzip.stored(text))
    }
    defer { server.stop() }
    #expect(try await HTTPClient().fetch(request(server)).body == text)
    #expect(server.requests[0].headers["accept-encoding"]?.contains("gzip") == true)
  }

  @Test func browserLikeUserAgentIsSentUnlessAnotherIsSet() async throws {
    let server = try ReplayServer { _, _ in .json("{}") }
    defer { server.stop() }
    _ = try await HTTPClient().fetch(request(server))
    _ = try await HTTPClient(settings: .init(userAgent: "Mine/1")).fetch(request(server))
    #expect(server.requests[0].headers["user-agent"]?.hasPrefix("Mozilla/5.0") == true)
    #expect(server.requests[1].headers["user-agent"] == "Mine/1")
  }

  @Test(arguments: [ReplayReply.Manner.silent, .dripping(bytes: 1, pause: 0.05)])
  func slowReplyEndsAtTheDeadline(manner: ReplayReply.Manner) async throws {
    let server = try ReplayServer { _, _ in
      ReplayReply(body: [UInt8](repeating: 65, count: 2000), manner: manner)
    }
    defer { server.stop() }
    #expect(
      await failure(request(server, seconds: 0.3)) == .timedOut(host: "127.0.0.1:\(server.port)", seconds: 0.3))
  }

  @Test func refusedConnectionNamesHostAndRemedy() async throws {
    let server = try ReplayServer { _, _ in .json("{}") }
    server.stop()
    let error = try #require(await failure(request(server)))
    guard case .connectionFailed(let host, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(host == "127.0.0.1:\(server.port)")
    #expect(error.description.contains(host) && error.description.contains("--offline"))
  }

  @Test func resetAndCutBodiesAreInterruptions() async throws {
    for manner in [ReplayReply.Manner.reset(after: 10), .cut(after: 10)] {
      let server = try ReplayServer { _, _ in ReplayReply(body: [UInt8](repeating: 65, count: 5000), manner: manner) }
      defer { server.stop() }
      guard case .interrupted(let host, _) = await failure(request(server)) else {
        Issue.record("\(manner) was not an interruption")
        continue
      }
      #expect(host == "127.0.0.1:\(server.port)")
    }
  }

  @Test func bodyLargerThanTheLimitIsRefusedWithoutKeepingIt() async throws {
    let announced = ReplayReply(body: [65], manner: .cut(after: 1), announcedLength: 2 << 30)
    let endless = ReplayReply(body: [UInt8](repeating: 65, count: 65_536), manner: .endless)
    let bomb = ReplayReply(headers: [("Content-Encoding", "gzip")], body: Gzip.bomb(mebibytes: 64))
    for reply in [announced, endless, bomb] {
      let server = try ReplayServer { _, _ in reply }
      defer { server.stop() }
      #expect(await failure(request(server)) == .bodyTooLarge(host: "127.0.0.1:\(server.port)", limit: 1 << 20))
    }
    #expect(bomb.body.count < 600_000)
  }

  @Test func redirectsAreFollowedButNotForEverAndNotToFiles() async throws {
    let server = try ReplayServer { request, _ in
      switch request.path {
      case "/x": .redirect(to: "/y")
      case "/y": .json("{\"y\":1}")
      case "/file": .redirect(to: "file:///etc/passwd")
      default: .redirect(to: "/loop")
      }
    }
    defer { server.stop() }
    let response = try await HTTPClient().fetch(request(server))
    #expect(response.redirectCount == 1)
    #expect(response.finalURL == server.base + "/y")
    for path in ["/loop", "/file"] {
      guard case .redirectRefused = await failure(HTTPRequest(url: server.base + path)) else {
        Issue.record("\(path) was followed")
        continue
      }
    }
    #expect(server.requests.count < 12)
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "http://", "http://a b/", "HTTP//x"])
  func onlyWebAddressesAreFetched(url: String) async {
    #expect(await failure(HTTPRequest(url: url)) == .invalidURL(url))
  }

  @Test func unknownHostIsNamed() async {
    let error = await failure(
      HTTPRequest(
        url: "http://no-such-host.invalid/", limits: HTTPLimits(connectSeconds: 5, totalSeconds: 5)))
    // A machine without a name server may only find out by waiting.
    let expected: [HTTPError] = [
      .hostNotFound(host: "no-such-host.invalid"), .timedOut(host: "no-such-host.invalid", seconds: 5),
    ]
    #expect(error.map(expected.contains) == true)
  }

  @Test func cancellingTheTaskEndsASilentTransfer() async throws {
    let arrived = DispatchSemaphore(value: 0)
    let server = try ReplayServer { _, _ in
      arrived.signal()
      return ReplayReply(manner: .silent)
    }
    defer { server.stop() }
    let request = request(server, seconds: 600)
    let task = Task { await failure(request) }
    await Self.offPool { arrived.wait() }
    task.cancel()
    #expect(await task.value == .cancelled)
  }

  @Test func taskCancelledBeforehandFetchesNothing() async throws {
    let server = try ReplayServer { _, _ in ReplayReply(manner: .silent) }
    defer { server.stop() }
    let request = request(server, seconds: 600)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await failure(request)
    }
    task.cancel()
    #expect(await task.value == .cancelled)
  }

  @Test func signalEndsABlockingFetchOnAnotherThread() async throws {
    let arrived = DispatchSemaphore(value: 0)
    let server = try ReplayServer { _, _ in
      arrived.signal()
      return ReplayReply(manner: .silent)
    }
    defer { server.stop() }
    let signal = CancellationSignal()
    let request = request(server, seconds: 600)
    async let error = Self.offPool { () -> HTTPError? in
      do throws(HTTPError) {
        _ = try HTTPClient().fetchBlocking(request, cancellation: signal)
        return nil
      } catch {
        return error
      }
    }
    await Self.offPool { arrived.wait() }
    signal.cancel()
    #expect(await error == .cancelled)
  }

  /// With more fetches at once than the pool has threads, each waiting for all others to have arrived.
  @Test func fetchesDoNotHoldThreadsOfThePool() async throws {
    let all = 4
    let count = Arrivals()
    let gate = NSCondition()
    let server = try ReplayServer { _, _ in
      gate.lock()
      defer { gate.unlock() }
      count.value += 1
      gate.broadcast()
      while count.value < all { gate.wait() }
      return .json("{}")
    }
    defer { server.stop() }
    let client = HTTPClient()
    let request = request(server, seconds: 60)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<all { group.addTask { try await client.fetch(request).status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == [200, 200, 200, 200])
  }

  private final class Arrivals: @unchecked Sendable {
    /// Only touched under the gate's lock.
    var value = 0
  }

  static func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }
}
