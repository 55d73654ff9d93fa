#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Threads outside Swift's cooperative pool, for work that blocks.
package enum ServiceThread {
  /// Starts a detached thread.
  ///
  /// - Returns: Whether the system had one left.
  @discardableResult
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let work = Unmanaged.passRetained(Work(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // As on a main thread: a strategy may recurse, and Darwin gives other threads 512 KiB.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    #if canImport(Darwin)
    var thread: pthread_t?
    let result = pthread_create(&thread, &attributes, { runServiceThread($0) }, work.toOpaque())
    #else
    var thread = pthread_t()
    let result = pthread_create(&thread, &attributes, { runServiceThread($0) }, work.toOpaque())
    #endif
    if result != 0 { work.release() }
    return result == 0
  }

  fileprivate final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Lets the calling thread wait.
  package static func sleep(seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while case let rest = (end - ContinuousClock.now) / .seconds(1), rest > 0 {
      // A signal cuts a sleep short.
      usleep(UInt32(min(rest, 0.5) * 1e6))
    }
  }

  /// The machine's number of cores that this process may use, at least 1.
  package static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

private func runServiceThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<ServiceThread.Work>.fromOpaque(context).takeRetainedValue().body() }
  return nil
}
