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

    // MARK: BrokerSimulator
    .target(name: "BrokerSimulator", dependencies: ["TradingModel"]),

    // MARK: StrategyKit
    .target(name: "StrategyKit", dependencies: ["TradingModel"]),
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
