internal import CLibcurl
internal import Synchronization

/// One thread that drives all transfers of a client through libcurl's multi interface.
///
/// Other threads only put jobs and cancellations into the inbox and wake the loop, so a cancellation takes effect
/// at once even while a connection is silent. The thread ends when the client is gone and nothing is under way.
final class HTTPLoop: Sendable {
  typealias Completion = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  private struct Job {
    let id: UInt64
    let request: HTTPRequest
    let completion: Completion
  }

  private struct Inbox {
    var jobs: [Job] = []
    var cancelled: [UInt64] = []
    var nextID: UInt64 = 0
    var isStopping = false
    /// The multi handle is gone; nobody may wake it.
    var isClosed = false
  }

  private let inbox = Mutex(Inbox())
  private let settings: HTTPClient.Settings
  // Made before the thread starts and freed by it; others only pass it to the thread-safe wake-up, under the lock.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer

  /// Loads libcurl and starts the thread.
  init(settings: HTTPClient.Settings) throws(HTTPError) {
    if let failure = clibcurl_load() { throw .libraryUnavailable(reason: String(cString: failure)) }
    guard let multi = clibcurl_multi_init() else { throw .libraryUnavailable(reason: "it made no multi handle") }
    self.multi = multi
    self.settings = settings
    _ = clibcurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 4)
    let retained = Unmanaged.passRetained(self)
    let error = clibcurl_start_thread(runLoop, retained.toOpaque())
    if error != 0 {
      retained.release()
      _ = clibcurl_multi_cleanup(multi)
      throw .libraryUnavailable(reason: "no thread could be started, errno \(error)")
    }
  }

  /// A number for the next request, so that it can be cancelled before it is submitted.
  func reserveID() -> UInt64 {
    inbox.withLock { inbox in
      inbox.nextID += 1
      return inbox.nextID
    }
  }

  /// Queues a request. `completion` runs once, on the loop's thread, and must return quickly.
  func submit(id: UInt64, _ request: HTTPRequest, completion: @escaping Completion) {
    let isOpen = inbox.withLock { inbox in
      if inbox.isClosed { return false }
      inbox.jobs.append(Job(id: id, request: request, completion: completion))
      _ = clibcurl_multi_wakeup(multi)
      return true
    }
    if !isOpen { completion(.failure(.cancelled)) }
  }

  /// Ends a request with ``HTTPError/cancelled``; nothing happens when it has ended already.
  func cancel(id: UInt64) {
    inbox.withLock { inbox in
      if inbox.isClosed { return }
      inbox.cancelled.append(id)
      _ = clibcurl_multi_wakeup(multi)
    }
  }

  /// Ends the thread once nothing is under way.
  func stop() {
    inbox.withLock { inbox in
      if inbox.isClosed { return }
      inbox.isStopping = true
      _ = clibcurl_multi_wakeup(multi)
    }
  }

  fileprivate func run() {
    var active: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    while true {
      let (jobs, cancelled) = inbox.withLock { inbox in
        defer { (inbox.jobs, inbox.cancelled) = ([], []) }
        return (inbox.jobs, inbox.cancelled)
      }
      for job in jobs { start(job, &active) }
      for id in cancelled { cancel(id, &active) }
      var running: Int32 = 0
      let code = clibcurl_multi_perform(multi, &running)
      finishDone(&active)
      if code != CURLM_OK { failAll(&active, code) }
      if active.isEmpty, closeIfStopping() { return }
      // libcurl shortens the wait to its own timers, a wake-up ends it.
      _ = clibcurl_multi_poll(multi, active.isEmpty ? 3_600_000 : 1000)
    }
  }

  private func start(_ job: Job, _ active: inout [UnsafeMutableRawPointer: HTTPTransfer]) {
    do throws(HTTPError) {
      let transfer = try HTTPTransfer(
        id: job.id, request: job.request, settings: settings, completion: job.completion)
      let code = clibcurl_multi_add(multi, transfer.handle)
      if code != CURLM_OK { throw .failed(host: job.request.host, reason: "libcurl refused it, code \(code.rawValue)") }
      active[transfer.handle] = transfer
    } catch {
      job.completion(.failure(error))
    }
  }

  private func cancel(_ id: UInt64, _ active: inout [UnsafeMutableRawPointer: HTTPTransfer]) {
    guard let transfer = active.values.first(where: { $0.id == id }) else { return }
    // The caller first: letting go of a connection may take a moment.
    transfer.completion(.failure(.cancelled))
    active[transfer.handle] = nil
    _ = clibcurl_multi_remove(multi, transfer.handle)
  }

  private func finishDone(_ active: inout [UnsafeMutableRawPointer: HTTPTransfer]) {
    var handle: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while clibcurl_multi_next_done(multi, &handle, &code) != 0 {
      guard let done = handle, let transfer = active.removeValue(forKey: done) else { continue }
      let outcome = transfer.outcome(code)
      _ = clibcurl_multi_remove(multi, done)
      transfer.completion(outcome)
    }
  }

  private func failAll(_ active: inout [UnsafeMutableRawPointer: HTTPTransfer], _ code: CURLMcode) {
    for transfer in active.values.sorted(by: { $0.id < $1.id }) {
      _ = clibcurl_multi_remove(multi, transfer.handle)
      transfer.completion(
        .failure(.failed(host: transfer.request.host, reason: "libcurl's loop failed, code \(code.rawValue)")))
    }
    active = [:]
  }

  private func closeIfStopping() -> Bool {
    let closes = inbox.withLock { inbox in
      inbox.isClosed = inbox.isStopping && inbox.jobs.isEmpty
      return inbox.isClosed
    }
    if closes { _ = clibcurl_multi_cleanup(multi) }
    return closes
  }
}

private func runLoop(_ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<HTTPLoop>.fromOpaque(context).takeRetainedValue().run()
}
