import BacktestService
import PluginHost
import StrategyKit
import Testing

/// What a name may stand for when it comes from a server's client.
struct CatalogAccessTests {
  private let options = Plugin.Options(hostVersion: "0", timeoutScale: 30, hostProcessID: 1)

  private func catalog(_ folders: [String] = []) -> StrategyCatalog {
    StrategyCatalog(directory: PluginDirectory(folders, environment: { _ in nil }), pythonPackage: nil).remote
  }

  @Test func builtInsAndTheirAliasesAreFound() throws {
    #expect(try catalog().describe("sma_cross", options: options).name == "sma_cross")
    #expect(try catalog().describe("SMA", options: options).name == "sma_cross")
  }

  @Test func strategyThatReadsAFileIsRefusedAndNotOffered() {
    #expect(throws: ServiceError.localOnly(strategy: "scripted")) {
      try catalog().describe("scripted", options: options)
    }
    #expect(!catalog().descriptors.contains { $0.name == "scripted" })
  }

  /// The user of the machine can start every one of these.
  @Test(arguments: ["/bin/true", "plugins/python/examples/sma_cross.py", "plugins/python/la_bomba"])
  func pathIsNeverLookedUp(name: String) throws {
    #expect {
      try catalog().describe(name, options: options)
    } throws: { error in
      if case ServiceError.unknownStrategy(name, let known) = error { !known.contains("scripted") } else { false }
    }
  }
}
