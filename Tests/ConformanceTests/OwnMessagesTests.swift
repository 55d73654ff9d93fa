import Conformance
import JSONRPC
import PluginHost
import StrategyProtocol
import Synchronization
import Testing
import WireText

/// What the kit itself sends.
@Suite(.enabled(if: Checkout.has("python3"), "python3 is not installed"))
struct OwnMessagesTests {
  /// Checks that send every method, and none that sends fields on purpose that no host sends.
  static let usual: Set<String> = [
    "core.initialize", "core.bar_next", "core.events", "core.account_unchanged", "core.preload", "core.shutdown",
    "streamed.two_in_flight", "vectorized.encodings", "vectorized.truncation", "robust.cancel",
  ]

  @Test func everyMessageKeepsToTheProtocol() throws {
    let sent = Mutex<[JSONValue]>([])
    var options = ConformanceOptions()
    options.only = Self.usual
    options.observer = { direction, message in
      if direction == "h>s" { sent.withLock { $0.append(message) } }
    }
    // One that trades and looks at its account, and one that offers every mode.
    let account = PluginCommand(arguments: ["sh", Checkout.path("plugins/shell/la_bomba/la_bomba.sh")])
    for command in [account, Checkout.hostile()] {
      _ = try Conformance.check(command: command, options: options)
    }
    let messages = sent.withLock { $0 }
    var seen: Set<StrategyMethod> = []
    for message in messages {
      guard let name = message["method"]?.stringValue, !name.hasPrefix("x/") else { continue }
      let method = try #require(StrategyMethod(rawValue: name))
      seen.insert(method)
      let params = WireValue(try #require(message["params"]))
      #expect(throws: Never.self, "\(message)") { try Self.expectRoundTrip(params, method.params) }
    }
    #expect(seen == Set(StrategyMethod.allCases))
  }

  private static func expectRoundTrip(_ params: WireValue, _ type: any WireShape.Type) throws {
    func check<Shape: WireShape>(_ type: Shape.Type) throws {
      let message = try params.decode(type)
      #expect(try WireValue.encoding(message) == params)
    }
    try check(type)
  }
}
