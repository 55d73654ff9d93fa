internal import Dispatch
internal import Synchronization

/// Fetches web addresses through the system's libcurl.
///
/// libcurl is loaded and its thread started at the first request. Certificates are always verified, only http and
/// https are spoken, and the usual proxy variables of the environment are obeyed.
public final class HTTPClient: Sendable {
  /// What holds for every request of a client.
  public struct Settings: Sendable, Equatable {
    /// The `User-Agent` field. Yahoo answers 429 to those of libraries and tools.
    public var userAgent: String
    /// A file of CA certificates in PEM form in place of the system's; `nil` uses the system's.
    public var certificateFile: String?

    /// Makes settings.
    public init(userAgent: String = Settings.browserUserAgent, certificateFile: String? = nil) {
      self.userAgent = userAgent
      self.certificateFile = certificateFile
    }

    /// What a current browser sends.
    public static let browserUserAgent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
  }

  private let settings: Settings
  private let loop = Mutex<HTTPLoop?>(nil)

  /// Makes a client; nothing is loaded yet.
  public init(settings: Settings = Settings()) {
    self.settings = settings
  }

  deinit { loop.withLock { $0?.stop() } }

  /// Fetches an address. The reply is returned whatever its status. Cancelling the task ends the transfer at once.
  public func fetch(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let loop = try checkedLoop(for: request)
    let id = loop.reserveID()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>) in
        loop.submit(id: id, request) { continuation.resume(returning: $0) }
        // The handler may have run before there was anything to cancel.
        if Task.isCancelled { loop.cancel(id: id) }
      }
    } onCancel: {
      loop.cancel(id: id)
    }
    return try result.get()
  }

  /// Fetches an address and blocks the calling thread, which must be the caller's own, never one of the
  /// cooperative pool.
  public func fetchBlocking(
    _ request: HTTPRequest, cancellation: CancellationSignal = CancellationSignal()
  ) throws(HTTPError) -> HTTPResponse {
    let loop = try checkedLoop(for: request)
    let id = loop.reserveID()
    let answer = Answer()
    loop.submit(id: id, request) { answer.set($0) }
    let handler = cancellation.onCancel { loop.cancel(id: id) }
    defer { cancellation.removeHandler(handler) }
    // The loop keeps the deadline; this one only holds should libcurl be stuck in a name look-up.
    if let result = answer.wait(seconds: request.limits.totalSeconds + 2) { return try result.get() }
    loop.cancel(id: id)
    throw .timedOut(host: request.host, seconds: request.limits.totalSeconds)
  }

  private func checkedLoop(for request: HTTPRequest) throws(HTTPError) -> HTTPLoop {
    guard HTTPAddress.isWeb(request.url), !request.url.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
      throw .invalidURL(request.url)
    }
    let settings = settings
    let result = loop.withLock { (loop: inout HTTPLoop?) -> Result<HTTPLoop, HTTPError> in
      if let loop { return .success(loop) }
      do throws(HTTPError) {
        let made = try HTTPLoop(settings: settings)
        loop = made
        return .success(made)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private final class Answer: Sendable {
    private let value = Mutex<Result<HTTPResponse, HTTPError>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    func set(_ result: Result<HTTPResponse, HTTPError>) {
      value.withLock { $0 = result }
      done.signal()
    }

    func wait(seconds: Double) -> Result<HTTPResponse, HTTPError>? {
      guard done.wait(timeout: .now() + seconds) == .success else { return nil }
      return value.withLock { $0 }
    }
  }
}
