// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "breakout",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "backtester", path: "../..")],
  targets: [
    .executableTarget(
      name: "breakout",
      dependencies: [
        .product(name: "StrategyKit", package: "backtester"), .product(name: "StrategyServer", package: "backtester"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
