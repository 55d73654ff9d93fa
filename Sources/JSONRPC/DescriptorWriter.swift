#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Writes whole messages to one descriptor, and gives up on a reader that has stopped reading.
public struct DescriptorWriter: Sendable {
  /// The descriptor; it is not closed by this type.
  public let descriptor: Int32
  /// How long the other side may accept no byte; `nil` waits for ever.
  public var stallLimit: Duration?

  private let isNonBlocking: Bool

  /// Prepares writing to an open descriptor. Whether it is non-blocking is asked here, once.
  public init(_ descriptor: Int32, stallLimit: Duration? = .seconds(10)) {
    self.descriptor = descriptor
    self.stallLimit = stallLimit
    let flags = fcntl(descriptor, F_GETFL)
    isNonBlocking = flags >= 0 && flags & O_NONBLOCK != 0
  }

  /// Writes all bytes, with one write(2) whenever the system takes them at once.
  ///
  /// - Throws: ``DescriptorError/stalled(unwritten:)``, ``DescriptorError/closedByPeer`` or
  ///   ``DescriptorError/system(call:code:)``. Part of the bytes may have been written by then.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(DescriptorError) {
    var rest = bytes
    // A blocking descriptor would block inside write(2), where no deadline reaches. Behind a successful poll(2) a pipe takes
    // PIPE_BUF bytes without blocking, so with a limit it is fed in pieces of that size.
    let isGuarded = !isNonBlocking && stallLimit != nil
    while !rest.isEmpty {
      if isGuarded { try waitForRoom(rest.count) }
      let piece = isGuarded ? UnsafeRawBufferPointer(rebasing: rest.prefix(Self.safePiece)) : rest
      let count = try DescriptorIO.writeAvailable(descriptor, piece)
      if count == 0 { try waitForRoom(rest.count) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Writes all bytes; see ``write(_:)-(UnsafeRawBufferPointer)``.
  public func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(DescriptorError) {
    try write(UnsafeRawBufferPointer(bytes))
  }

  /// PIPE_BUF is 4096 on Linux and 512 on Darwin.
  private static var safePiece: Int {
    #if canImport(Darwin)
    512
    #else
    4096
    #endif
  }

  private func waitForRoom(_ unwritten: Int) throws(DescriptorError) {
    let deadline = stallLimit.map { MonotonicTime.after($0) }
    if try !DescriptorIO.waitWritable(descriptor, until: deadline) {
      throw DescriptorError.stalled(unwritten: unwritten)
    }
  }
}
