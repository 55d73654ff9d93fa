#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Why reading from or writing to a descriptor failed.
public enum DescriptorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The deadline passed before anything could be read.
  case timedOut
  /// The other side accepted no byte for the allowed time.
  case stalled(unwritten: Int)
  /// The other side has closed its end; nothing written reaches anyone.
  case closedByPeer
  /// The system call failed otherwise; `code` is its errno.
  case system(call: String, code: Int32)

  /// One sentence: what failed.
  public var description: String {
    switch self {
    case .timedOut: "Nothing arrived before the deadline."
    case .stalled(let unwritten):
      "The other side stopped reading; \(unwritten) bytes could not be delivered. It must read its input while it works."
    case .closedByPeer: "The other side has closed its end of the pipe."
    case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))."
    }
  }
}
