#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Blocking reads and writes on raw descriptors, with deadlines, for threads that may wait.
///
/// Interrupted calls are repeated. Flags of a descriptor are never changed: 0, 1 and 2 are shared with the parent process.
/// A program that writes must ignore SIGPIPE (see ``ignoreBrokenPipeSignal()``); a peer that is gone then shows as
/// ``DescriptorError/closedByPeer``.
public enum DescriptorIO {
  /// Makes writing to a closed pipe an error instead of the end of the program. Call it once at the start.
  public static func ignoreBrokenPipeSignal() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Reads what is there, waiting until there is something.
  ///
  /// - Parameter deadline: when to give up; `nil` waits for ever.
  /// - Returns: the number of bytes, 0 at the end of the stream. An empty `buffer` gives 0 as well.
  /// - Throws: ``DescriptorError/timedOut`` or ``DescriptorError/system(call:code:)``.
  public static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, until deadline: MonotonicTime? = nil
  ) throws(DescriptorError) -> Int {
    if deadline != nil, try !waitReadable(descriptor, until: deadline) { throw DescriptorError.timedOut }
    while true {
      if let count = try readAvailable(descriptor, into: buffer) { return count }
      if try !waitReadable(descriptor, until: deadline) { throw DescriptorError.timedOut }
    }
  }

  /// Reads once.
  ///
  /// - Returns: the number of bytes, 0 at the end of the stream, `nil` when a non-blocking descriptor has nothing now.
  public static func readAvailable(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DescriptorError) -> Int? {
    while true {
      #if canImport(Darwin)
      let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #else
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      let code = errno
      if code == EINTR { continue }
      if code == EAGAIN || code == EWOULDBLOCK { return nil }
      throw DescriptorError.system(call: "read", code: code)
    }
  }

  /// Writes once.
  ///
  /// - Returns: the number of bytes accepted; 0 when a non-blocking descriptor takes none now.
  /// - Throws: ``DescriptorError/closedByPeer`` or ``DescriptorError/system(call:code:)``.
  public static func writeAvailable(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
  ) throws(DescriptorError) -> Int {
    while true {
      #if canImport(Darwin)
      let count = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
      #else
      let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      #endif
      if count >= 0 { return count }
      let code = errno
      if code == EINTR { continue }
      if code == EAGAIN || code == EWOULDBLOCK { return 0 }
      if code == EPIPE || code == ECONNRESET { throw DescriptorError.closedByPeer }
      throw DescriptorError.system(call: "write", code: code)
    }
  }

  /// Waits until a read would not block: there are bytes, or the end of the stream.
  ///
  /// - Returns: false when the deadline passed first.
  public static func waitReadable(_ descriptor: Int32, until deadline: MonotonicTime?) throws(DescriptorError) -> Bool {
    try wait(descriptor, Int16(POLLIN), until: deadline)
  }

  /// Waits until a write of at least a few bytes would not block, or would fail.
  ///
  /// - Returns: false when the deadline passed first.
  public static func waitWritable(_ descriptor: Int32, until deadline: MonotonicTime?) throws(DescriptorError) -> Bool {
    try wait(descriptor, Int16(POLLOUT), until: deadline)
  }

  private static func wait(
    _ descriptor: Int32, _ events: Int16, until deadline: MonotonicTime?
  ) throws(DescriptorError) -> Bool {
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    let count = try pollUntil(&entry, 1, deadline)
    // poll(2) never waits on a closed descriptor, so this is not an answer but a mistake of ours.
    if entry.revents & Int16(POLLNVAL) != 0 { throw DescriptorError.system(call: "poll", code: EBADF) }
    return count > 0
  }

  /// poll(2), repeated when interrupted or when the deadline is further off than one call can wait.
  static func pollUntil(
    _ entries: UnsafeMutablePointer<pollfd>, _ count: Int, _ deadline: MonotonicTime?
  ) throws(DescriptorError) -> Int {
    while true {
      let ready = poll(entries, nfds_t(count), deadline?.millisecondsLeft ?? -1)
      if ready > 0 { return Int(ready) }
      if ready == 0 {
        if let deadline, deadline > .now() { continue }
        return 0
      }
      let code = errno
      if code != EINTR { throw DescriptorError.system(call: "poll", code: code) }
    }
  }
}
