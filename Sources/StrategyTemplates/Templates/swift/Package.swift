// swift-tools-version: 6.1
import PackageDescription

// A checkout of backtester, which holds StrategyKit.
let backtester = Context.environment["BACKTESTER_PACKAGE"] ?? "{{backtester}}"

let package = Package(
  name: "strategy",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "backtester", path: backtester)],
  targets: [
    .executableTarget(
      name: "strategy",
      dependencies: [
        .product(name: "StrategyKit", package: "backtester"), .product(name: "StrategyServer", package: "backtester"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
