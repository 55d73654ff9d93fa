import Foundation
import Testing

/// The six strategies written in Python against those compiled in, through the program: every trade, event, equity point
/// and metric. `ParityTests` holds the compiled ones against the reference engine's own results.
@Suite(.enabled(if: Program.has("python3"), "python3 is not installed"))
struct PythonParityTests {
  static let strategies = ["sma_cross", "ema_cross", "rsi", "macd", "la_bomba", "buy_and_hold"]

  /// Series and settings: plain, with every cost, and with what changes the order of things.
  static let settings: [(name: String, arguments: [String])] = [
    ("plain", ["--sample", "GOOG"]),
    (
      "costs",
      ["--sample", "IBM", "--raw", "--commission", "1,0.001", "--spread", "0.0005", "--finalize", "--cash", "50000"]
    ),
    ("leverage", ["--sample", "AAPL", "--margin", "0.2", "--trade-on-close", "--hedging", "--exclusive-orders"]),
    ("strict", ["--sample", "MSFT", "--profile", "strict", "--commission", "0.002", "--finalize"]),
  ]

  static let parameters = [
    "sma_cross": ["n1=7", "n2=31"], "ema_cross": ["n1=5", "n2=34"], "macd": ["fast=8", "slow=21", "signal=5"],
    "rsi": ["period=9", "lower=35", "upper=65"], "la_bomba": ["n1=5", "n2=20", "take_profit_pct=0.04"],
  ]

  @Test(arguments: strategies)
  func aStrategyInPythonGivesTheSameRunAsTheCompiledOne(name: String) throws {
    let file = Program.root.appending(path: "plugins/python/examples/\(name).py").path()
    for (number, setting) in Self.settings.enumerated() {
      // Defaults and other values take turns.
      let values = number % 2 == 1 ? Self.parameters[name] ?? [] : []
      let arguments = setting.arguments + values.flatMap { ["--param", $0] }
      let expected = try Program.json(["run", name] + arguments)
      let trades = expected["trades"] as? [Any]
      #expect(name == "buy_and_hold" || trades?.isEmpty == false, "\(setting.name) trades nothing")
      for mode in ["preload", "lockstep"] where mode == "preload" || number < 2 {
        let actual = try Program.json(["run", file, "--mode", mode] + arguments)
        try PluginTests().expectEqual(expected, actual)
      }
    }
  }
}
