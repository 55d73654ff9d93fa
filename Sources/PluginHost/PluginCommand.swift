#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a strategy's process is started.
public struct PluginCommand: Sendable, Equatable {
  /// The program and its arguments; run as they are, without a shell.
  public var arguments: [String]
  /// The process's working directory; `nil` keeps the host's.
  public var folder: String?
  /// Variables set on top of the host's own environment.
  public var environment: [String: String]

  /// Makes a command.
  public init(arguments: [String], folder: String? = nil, environment: [String: String] = [:]) {
    self.arguments = arguments
    self.folder = folder
    self.environment = environment
  }

  /// What every strategy finds in its environment: unbuffered, reproducible, in UTC and UTF-8.
  static let standardEnvironment = [
    "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8",
    "BACKTESTER_PROTOCOL": "1.0",
    // A crashing Swift program would otherwise hold its pipes open while it writes a backtrace.
    "SWIFT_BACKTRACE": "enable=no",
  ]

  /// The whole environment as `NAME=value`, sorted by name.
  var environmentList: [String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
      }
      entry += 1
    }
    variables.merge(Self.standardEnvironment) { $1 }
    variables.merge(environment) { $1 }
    return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }
}
