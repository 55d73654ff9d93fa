#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Keeps the protocol's bytes apart from whatever else the process and its children print or read.
enum StandardStreams {
  /// Moves the conversation to private descriptors; descriptor 1 is standard error afterwards, descriptor 0 empty.
  ///
  /// - Returns: The private pair; `nil` when standard input or output is closed.
  static func claim() -> (input: Int32, output: Int32)? {
    let input = dup(0)
    let output = dup(1)
    let empty = open("/dev/null", O_RDWR)
    guard input >= 0, output >= 0, empty >= 0 else { return nil }
    // Children of the strategy must not hold the host's pipes open.
    _ = fcntl(input, F_SETFD, FD_CLOEXEC)
    _ = fcntl(output, F_SETFD, FD_CLOEXEC)
    dup2(empty, 0)
    if dup2(2, 1) < 0 { dup2(empty, 1) }
    if empty > 2 { close(empty) }
    return (input, output)
  }

  /// Writes what was printed so far, which C and Swift hold back when it does not go to a terminal.
  static func flush() { fflush(nil) }

  /// Writes a sentence to standard error.
  static func complain(_ sentence: String) {
    var text = sentence + "\n"
    text.withUTF8 { bytes in
      _ = write(2, bytes.baseAddress, bytes.count)
    }
  }
}
