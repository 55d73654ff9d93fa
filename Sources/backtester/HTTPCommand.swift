import ArgumentParser
import ProgramSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `backtester http`: becomes the program `backtester-http` beside this one, so that nobody else pays for the server's
/// build and start.
struct HTTPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "http",
    abstract: "Serve runs over HTTP: REST, and a web page.",
    discussion: """
      Examples:
        backtester http
        backtester http --port 9000 --db runs.sqlite
        backtester http --help
      """)

  @Argument(parsing: .captureForPassthrough, help: "Options of the server; `backtester http --help` lists them.")
  var arguments: [String] = []

  func run() throws {
    let folder = ProgramEnvironment.executablePath.map(ProgramEnvironment.parent(of:)) ?? "."
    let program = "\(folder)/backtester-http"
    var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    pointers.append(nil)
    execv(program, pointers)
    // Only a failure returns.
    let reason = String(cString: strerror(errno))
    for pointer in pointers { free(pointer) }
    throw CommandFailure(
      message: "The server \(program) cannot be started (\(reason)); build it with swift build -c release --product "
        + "backtester-http, or install it beside backtester.", exitCode: 1)
  }
}
