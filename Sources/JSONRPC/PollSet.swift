#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Several descriptors waited for at once, such as a child's output, its error output and its end.
///
/// Entries keep their index, so that a loop can be written once and descriptors come and go.
public struct PollSet: Sendable {
  /// What to wait for. The end of the stream counts as readable.
  public struct Interest: OptionSet, Sendable {
    /// The raw bits.
    public let rawValue: Int16
    /// Creates a set from raw bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }
    /// Bytes, or the end of the stream.
    public static let readable = Interest(rawValue: Int16(POLLIN))
    /// Room for bytes.
    public static let writable = Interest(rawValue: Int16(POLLOUT))
  }

  private var entries: [pollfd] = []

  /// Creates an empty set.
  public init() {}

  /// Adds a descriptor.
  /// - Returns: its index.
  public mutating func add(_ descriptor: Int32, _ interest: Interest) -> Int {
    entries.append(pollfd(fd: descriptor, events: interest.rawValue, revents: 0))
    return entries.count - 1
  }

  /// Changes what an entry waits for. With an empty interest it is left out altogether, its hang-up too.
  public mutating func setInterest(_ interest: Interest, at index: Int) {
    entries[index].events = interest.rawValue
    let descriptor = entries[index].fd
    // poll(2) leaves out negative descriptors; the complement keeps the number, 0 included.
    if interest.isEmpty != (descriptor < 0) { entries[index].fd = ~descriptor }
    entries[index].revents = 0
  }

  /// Waits until something is ready.
  ///
  /// - Returns: the number of entries that are, 0 when the deadline passed first.
  /// - Throws: ``DescriptorError/system(call:code:)``, also for an entry that is no open descriptor.
  public mutating func wait(until deadline: MonotonicTime?) throws(DescriptorError) -> Int {
    let result = entries.withUnsafeMutableBufferPointer { buffer -> Result<Int, DescriptorError> in
      // With no entries there is no address; the call then only waits.
      var none = pollfd()
      return Result { () throws(DescriptorError) in
        guard let first = buffer.baseAddress else { return try DescriptorIO.pollUntil(&none, 0, deadline) }
        return try DescriptorIO.pollUntil(first, buffer.count, deadline)
      }
    }
    let ready = try result.get()
    if ready > 0, entries.contains(where: { $0.revents & Int16(POLLNVAL) != 0 }) {
      throw DescriptorError.system(call: "poll", code: EBADF)
    }
    return ready
  }

  /// Whether reading from an entry would not block: bytes, the end of the stream or an error are there.
  public func isReadable(_ index: Int) -> Bool {
    entries[index].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0
  }

  /// Whether writing to an entry would not block: room, or an error, is there.
  public func isWritable(_ index: Int) -> Bool {
    entries[index].revents & Int16(POLLOUT | POLLHUP | POLLERR) != 0
  }
}
