internal import CLibcurl

/// Runs blocking work for async callers on a thread of its own, so that it never holds one of the cooperative pool.
enum OwnThread {
  /// Runs `body`; cancelling the task cancels the signal passed to it.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable (CancellationSignal) throws(MarketDataError) -> Value
  ) async throws(MarketDataError) -> Value {
    let cancellation = CancellationSignal()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, MarketDataError>, Never>) in
        let work = Work {
          do throws(MarketDataError) {
            continuation.resume(returning: .success(try body(cancellation)))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
        let retained = Unmanaged.passRetained(work)
        if clibcurl_start_thread(runWork, retained.toOpaque()) != 0 {
          retained.release()
          continuation.resume(
            returning: .failure(.network(.libraryUnavailable(reason: "no thread could be started"))))
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }

  fileprivate final class Work: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

private func runWork(_ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<OwnThread.Work>.fromOpaque(context).takeRetainedValue().run()
}
