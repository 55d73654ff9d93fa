import Conformance
import Foundation
import PluginHost
import Testing

/// The example strategies of every library keep to the protocol.
struct ExamplePluginTests {
  /// A strategy and what it needs.
  struct Example: CustomTestStringConvertible, Sendable {
    let name: String
    let tool: String
    let command: PluginCommand

    var testDescription: String { name }
  }

  /// The folder in which the build puts every program.
  private static var builds: String {
    URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().path()
  }

  private static func swift(_ name: String) -> Example {
    let beside = "\(builds)/backtester-strategy"
    let program =
      FileManager.default.isExecutableFile(atPath: beside)
      ? beside : Checkout.path(".build/debug/backtester-strategy")
    return Example(name: "swift \(name)", tool: "sh", command: PluginCommand(arguments: [program, name]))
  }

  private static func python(_ name: String) -> Example {
    let paths = ["backtester", "examples/\(name).py"].map { Checkout.path("plugins/python/\($0)") }
    return Example(name: "python \(name)", tool: "python3", command: PluginCommand(arguments: ["python3"] + paths))
  }

  private static func javascript(_ name: String) -> Example {
    let file = Checkout.path("plugins/javascript/examples/\(name)/\(name).js")
    return Example(name: "javascript \(name)", tool: "node", command: PluginCommand(arguments: ["node", file]))
  }

  private static func shell(_ name: String) -> Example {
    let file = Checkout.path("plugins/shell/\(name)/\(name).sh")
    return Example(name: "shell \(name)", tool: "awk", command: PluginCommand(arguments: ["sh", file]))
  }

  static let examples = [
    swift("sma_cross"), swift("la_bomba"), javascript("la_bomba"), shell("sma_cross"), python("la_bomba"),
    python("sma_cross_vectorized"),
  ].filter { Checkout.has($0.tool) }

  @Test(arguments: examples) func everyCheckPassesOrDoesNotApply(_ example: Example) throws {
    // Ten thousand bars of each would take longer than all the rest; one strategy is sent them in HostileTests.
    let ids = ConformanceCheckDescription.all.map(\.id).filter { $0 != "robust.ten_thousand_bars" }
    let options = ConformanceOptions(timeoutScale: 2, only: Set(ids))
    let report = try Conformance.check(command: example.command, options: options)
    let failed = report.checks.filter { $0.status == .failed }.map { "\($0.id): \($0.detail)" }
    #expect(failed == [])
    // One that only works on columns has no bar-by-bar checks to pass.
    #expect(report.count(.passed) >= (example.name.hasSuffix("vectorized") ? 10 : 25))
  }
}
