// swift-tools-version: 6.1
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let embedFiles = Target.PluginUsage.plugin(name: "EmbedFiles")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "backtester",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "backtester", targets: ["backtester"]),
    .executable(name: "backtester-strategy", targets: ["backtester-strategy"]),
    .library(name: "StrategyKit", targets: ["StrategyKit"]),
    .library(name: "StrategyServer", targets: ["StrategyServer"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // Without its traits: no configuration files, and nothing of full Foundation.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    // Hummingbird's own dependencies, for the parts of them that the server uses itself.
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
  ],
  targets: [
    // MARK: backtester
    .executableTarget(
      name: "backtester",
      dependencies: [
        argumentParser, "BacktestEngine", "BacktestService", "Conformance", "JSONRPC", "MarketData", "PluginHost",
        "ProgramSupport", "RPCServer", "ReportRendering", "RunStore", "SessionReplay", "StrategyKit",
        "StrategyTemplates",
        "TradingModel", "WebPage",
      ]),

    // MARK: backtester-bench
    .executableTarget(
      name: "backtester-bench",
      dependencies: [
        "BacktestEngine", "BacktestService", "BuiltInStrategies", "CBenchmark", "JSONRPC", "MarketData",
        "PerformanceMetrics", "PluginHost", "RunStore", "StrategyKit", "StrategyProtocol", "TradingModel",
      ]),

    // MARK: BacktestEngine
    .target(name: "BacktestEngine", dependencies: ["BrokerSimulator", "StrategyKit", "TradingModel"]),
    .testTarget(
      name: "BacktestEngineTests",
      dependencies: [
        "BacktestEngine", "BrokerSimulator", "BuiltInStrategies", "MarketData", "StrategyKit", "TestSupport",
        "TradingModel",
      ]),

    // MARK: BacktestService
    .target(
      name: "BacktestService",
      dependencies: [
        "BacktestEngine", "BuiltInStrategies", "ContentDigest", "JSONRPC", "MarketData", "PerformanceMetrics",
        "PluginHost", "RunStore", "StrategyKit", "StrategyProtocol", "TradingModel", "WireText",
      ]),
    .testTarget(
      name: "BacktestServiceTests",
      dependencies: [
        "BacktestService", "MarketData", "PerformanceMetrics", "PluginHost", "RunStore", "StrategyKit", "TestSupport",
        "TradingModel",
      ]),

    // MARK: backtester-http
    .executableTarget(
      name: "backtester-http",
      dependencies: [argumentParser, "BacktestService", "HTTPServer", "ProgramSupport", "RunStore"]),

    // MARK: backtester-strategy
    .executableTarget(name: "backtester-strategy", dependencies: ["BuiltInStrategies", "StrategyServer"]),

    // MARK: BrokerSimulator
    .target(name: "BrokerSimulator", dependencies: ["TradingModel"]),

    // MARK: BrowserTests
    .testTarget(name: "BrowserTests", dependencies: ["backtester", "backtester-http"], exclude: ["browser_tests.py"]),

    // MARK: BuiltInStrategies
    .target(name: "BuiltInStrategies", dependencies: ["StrategyKit", "TradingModel"]),
    .testTarget(
      name: "BuiltInStrategiesTests", dependencies: ["BuiltInStrategies", "StrategyKit", "TradingModel"]),

    // MARK: CBenchmark
    .target(name: "CBenchmark", linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("m")]),

    // MARK: CommandLineTests
    .testTarget(name: "CommandLineTests", dependencies: [grdb, "backtester", "TestSupport"]),

    // MARK: Conformance
    .target(
      name: "Conformance",
      dependencies: ["ContentDigest", "JSONRPC", "PluginHost", "StrategyProtocol", "WireText"]),
    .testTarget(
      name: "ConformanceTests", dependencies: ["Conformance", "JSONRPC", "PluginHost", "StrategyProtocol", "WireText"],
      exclude: ["Fixtures"]),

    // MARK: ContentDigest
    .target(name: "ContentDigest", dependencies: ["CSHA256"]),
    .testTarget(name: "ContentDigestTests", dependencies: ["ContentDigest", "CSHA256"]),

    // MARK: CLibcurl
    .target(name: "CLibcurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

    // MARK: CProcess
    .target(name: "CProcess"),

    // MARK: CSHA256
    .target(name: "CSHA256"),

    // MARK: CZlib
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // MARK: EmbedFiles
    .executableTarget(name: "embed-files"),
    .plugin(name: "EmbedFiles", capability: .buildTool(), dependencies: ["embed-files"], path: "Sources/EmbedFiles"),

    // MARK: HTTPServer
    .target(
      name: "HTTPServer",
      dependencies: [
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        "BacktestService", "BuiltInStrategies", "ContentDigest", "JSONRPC", "MarketData", "PerformanceMetrics",
        "PluginHost", "RunStore", "StrategyKit", "TradingModel", "WebPage",
      ],
      exclude: ["THREAT-MODEL.md"]),
    .testTarget(
      name: "HTTPServerTests", dependencies: ["HTTPServer", "backtester", "backtester-http"], exclude: ["Python"]),

    // MARK: JSONRPC
    .target(name: "JSONRPC"),
    .testTarget(name: "JSONRPCTests", dependencies: ["JSONRPC"]),

    // MARK: MarketData
    .target(
      name: "MarketData", dependencies: [grdb, "CLibcurl", "CZlib", "ContentDigest", "TradingModel"],
      exclude: ["Samples/Tables"], plugins: [embedFiles]),
    .testTarget(
      name: "MarketDataTests", dependencies: ["CZlib", "MarketData", "TestSupport", "TradingModel"],
      exclude: ["Fixtures", "Samples/make_samples.py"]),

    // MARK: ParityTests
    .testTarget(
      name: "ParityTests",
      dependencies: [
        "BacktestEngine", "BuiltInStrategies", "MarketData", "PerformanceMetrics", "StrategyKit", "TradingModel",
      ],
      exclude: ["make_golden.py", "Golden"]),

    // MARK: PerformanceMetrics
    .target(name: "PerformanceMetrics", dependencies: ["TradingModel"]),
    .testTarget(
      name: "PerformanceMetricsTests", dependencies: ["PerformanceMetrics", "TradingModel"], exclude: ["Snapshots"]),

    // MARK: PluginHost
    .target(
      name: "PluginHost",
      dependencies: [
        "CProcess", "ContentDigest", "JSONRPC", "StrategyKit", "StrategyProtocol", "TradingModel", "WireText",
      ]),
    .testTarget(
      name: "PluginHostTests",
      dependencies: [
        "BacktestEngine", "CProcess", "JSONRPC", "PluginHost", "StrategyKit", "StrategyProtocol", "TradingModel",
        "WireText",
      ]),

    // MARK: ProgramSupport
    .target(name: "ProgramSupport", dependencies: ["BacktestService", "PluginHost", "RunStore"]),

    // MARK: ReportRendering
    .target(
      name: "ReportRendering",
      dependencies: [
        "BacktestService", "Conformance", "JSONRPC", "MarketData", "PerformanceMetrics", "PluginHost", "RunStore",
        "SessionReplay",
        "StrategyKit", "TradingModel",
      ]),

    // MARK: RPCServer
    .target(
      name: "RPCServer",
      dependencies: [
        "BacktestService", "Conformance", "ContentDigest", "JSONRPC", "MarketData", "PerformanceMetrics", "PluginHost",
        "RunStore", "StrategyKit", "StrategyProtocol", "TradingModel", "WireText",
      ]),

    .testTarget(
      name: "RPCServerTests",
      dependencies: [
        "BacktestService", "JSONRPC", "PluginHost", "RPCServer", "RunStore", "StrategyKit", "StrategyProtocol",
        "TradingModel", "WireText",
      ]),

    // MARK: RunStore
    .target(
      name: "RunStore", dependencies: [grdb, .product(name: "GRDBSQLite", package: "GRDB.swift"), "TradingModel"]),
    .testTarget(name: "RunStoreTests", dependencies: [grdb, "RunStore", "TradingModel"]),

    // MARK: SessionReplay
    .target(
      name: "SessionReplay",
      dependencies: [
        "BacktestEngine", "Conformance", "JSONRPC", "PluginHost", "StrategyKit", "StrategyProtocol", "TradingModel",
        "WireText",
      ]),

    // MARK: StrategyKit
    .target(name: "StrategyKit", dependencies: ["TradingModel"]),
    .testTarget(name: "StrategyKitTests", dependencies: ["StrategyKit", "TradingModel"], exclude: ["Snapshots"]),

    // MARK: StrategyProtocol
    .target(name: "StrategyProtocol", dependencies: ["TradingModel"], plugins: [embedFiles]),
    .testTarget(
      name: "StrategyProtocolTests",
      dependencies: ["BacktestEngine", "JSONRPC", "StrategyKit", "StrategyProtocol", "TradingModel", "WireText"],
      exclude: ["Fixtures"]),

    // MARK: StrategyServer
    .target(
      name: "StrategyServer", dependencies: ["JSONRPC", "StrategyKit", "StrategyProtocol", "TradingModel", "WireText"]),
    .testTarget(
      name: "StrategyServerTests",
      dependencies: [
        "BacktestEngine", "BuiltInStrategies", "JSONRPC", "StrategyKit", "StrategyProtocol", "StrategyServer",
        "TradingModel", "WireText",
      ]),

    // MARK: StrategyTemplates
    .target(name: "StrategyTemplates", exclude: ["Templates"], plugins: [embedFiles]),
    .testTarget(name: "StrategyTemplatesTests", dependencies: ["StrategyTemplates"]),

    // MARK: TestSupport
    .target(name: "TestSupport", dependencies: ["StrategyKit", "TradingModel"], path: "Tests/TestSupport"),

    // MARK: TradingModel
    .target(name: "TradingModel"),

    // MARK: WebPage
    .target(
      name: "WebPage",
      dependencies: [
        "BacktestService", "ContentDigest", "JSONRPC", "MarketData", "PerformanceMetrics", "ReportRendering",
        "RunStore", "StrategyKit", "StrategyProtocol", "TradingModel",
      ],
      exclude: ["Assets"], plugins: [embedFiles]),
    .testTarget(
      name: "WebPageTests",
      dependencies: [
        "BacktestService", "JSONRPC", "MarketData", "PerformanceMetrics", "PluginHost", "RunStore", "StrategyKit",
        "TradingModel", "WebPage",
      ]),

    // MARK: WireText
    .target(name: "WireText", dependencies: ["JSONRPC", "StrategyProtocol"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && target.type != .plugin {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
