import JSONRPC
import ReportRendering
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard output and error without stdio's buffers: results to the one, everything else to the other.
enum Terminal {
  /// How text on standard output may look: colour only on a terminal and never with NO_COLOR.
  static var outputStyle: TextStyle { style(of: STDOUT_FILENO) }
  /// Whether standard error is a terminal that can show a progress bar.
  static var showsProgress: Bool { isatty(STDERR_FILENO) != 0 && environment("TERM") != "dumb" }

  /// Columns of the terminal on standard error.
  static var errorWidth: Int { style(of: STDERR_FILENO).width }

  /// The value of an environment variable; `nil` when it is not set or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether there is somebody to ask: a terminal for question and answer.
  static var canAsk: Bool { isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0 }

  /// Asks on standard error; only `y` and `yes` are a yes.
  static func ask(_ question: String) -> Bool {
    write(question, to: STDERR_FILENO)
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  /// Prints a line on standard output.
  static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Prints a line on standard error, as an error unless it is plain text.
  static func printError(_ text: String, isPlain: Bool = false) {
    let style = style(of: STDERR_FILENO)
    write((isPlain ? text : "\(style.error("Error:")) \(text)") + "\n", to: STDERR_FILENO)
  }

  /// Prints a line on standard error.
  static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Replaces the current line on standard error.
  static func showStatus(_ text: String) { write("\r\u{1B}[2K\(text)", to: STDERR_FILENO) }

  /// Writes bytes to a descriptor; a reader that has gone away ends the program quietly.
  static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) {
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      #if canImport(Glibc)
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      #elseif canImport(Musl)
      let count = Musl.write(descriptor, rest.baseAddress, rest.count)
      #else
      let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
      #endif
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN {
          var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&poller, 1, -1)
          continue
        }
        exit(errno == EPIPE ? 0 : 1)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { write($0, to: descriptor) }
  }

  /// Ends the program at once.
  static func exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
    Glibc.exit(code)
    #elseif canImport(Musl)
    Musl.exit(code)
    #else
    Darwin.exit(code)
    #endif
  }

  /// Lets a write to a closed pipe fail instead of killing the program.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  private static func style(of descriptor: Int32) -> TextStyle {
    var size = winsize()
    let isTerminal = isatty(descriptor) != 0
    let hasSize = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let width = hasSize ? Int(size.ws_col) : environment("COLUMNS").flatMap { Int($0) } ?? 80
    return TextStyle(
      isColored: isTerminal && environment("NO_COLOR") == nil && environment("TERM") != "dumb",
      width: min(max(width, 40), 160))
  }
}

/// Ctrl-C: the first one asks the run to stop, the second ends the program.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  /// Whether Ctrl-C was pressed.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Takes over SIGINT and SIGTERM.
  static func watch() {
    // A parent that starts programs from a worker thread hands its blocked signals on.
    var watched = sigset_t()
    sigemptyset(&watched)
    sigaddset(&watched, SIGINT)
    sigaddset(&watched, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &watched, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { @Sendable number in
        if Interrupt.flag.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }
}
