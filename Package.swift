// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "backtester",
  platforms: [.macOS(.v15)],
  targets: [
    // MARK: TradingModel
    .target(name: "TradingModel"),

    // MARK: BacktestEngine
    .target(name: "BacktestEngine", dependencies: ["BrokerSimulator", "StrategyKit", "TradingModel"]),

    .testTarget(
      name: "BacktestEngineTests",
      dependencies: [
        "BacktestEngine", "BrokerSimulator", "BuiltInStrategies", "MarketData", "StrategyKit", "TestSupport",
        "TradingModel",
      ]),

    // MARK: BrokerSimulator
    .target(name: "BrokerSimulator", dependencies: ["TradingModel"]),

    // MARK: BuiltInStrategies
    .target(name: "BuiltInStrategies", dependencies: ["StrategyKit", "TradingModel"]),

    // MARK: MarketData
    .target(name: "MarketData", dependencies: ["TradingModel"], sources: ["CSV", "Samples"]),

    // MARK: StrategyKit
    .target(name: "StrategyKit", dependencies: ["TradingModel"]),

    // MARK: TestSupport
    .target(name: "TestSupport", dependencies: ["StrategyKit", "TradingModel"], path: "Tests/TestSupport"),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
