import Foundation
import PluginHost

/// The checkout's files, and the strategies the tests check.
enum Checkout {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ relative: String) -> String { root.appending(path: relative).path() }

  /// A strategy that breaks one rule, or none.
  static func hostile(_ fault: String = "") -> PluginCommand {
    let script = path("Tests/ConformanceTests/Fixtures/hostile.py")
    return PluginCommand(arguments: ["python3", script] + (fault.isEmpty ? [] : [fault]))
  }

  /// Whether a tool can be started.
  static func has(_ tool: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }
}
