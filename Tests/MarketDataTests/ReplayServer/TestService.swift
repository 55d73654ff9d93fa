import Foundation
import MarketData
import Synchronization
import TestSupport
import TradingModel

/// A time that tests set.
final class TestClock: Sendable {
  private let time: Mutex<EpochMilliseconds>

  init(_ text: String) { time = Mutex(Self.milliseconds(text)) }

  var now: EpochMilliseconds {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  func set(_ text: String) { now = Self.milliseconds(text) }

  /// `2024-10-11 20:00` in UTC.
  static func milliseconds(_ text: String) -> EpochMilliseconds {
    guard case .instant(let time) = try? TimeBound(parsing: "\(text)Z") else { fatalError("\(text) is no time") }
    return time
  }
}

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("marketdata-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A service that asks a replay server, without pauses.
struct TestService: Sendable {
  let folder: TemporaryFolder
  let service: MarketDataService

  init(
    _ server: ReplayServer, clock: TestClock = TestClock("2026-11-20 12:00"),
    folder: TemporaryFolder = TemporaryFolder(), totalSeconds: Double = 20, attempts: Int = 3
  ) {
    self.init(base: server.base, clock: clock, folder: folder, totalSeconds: totalSeconds, attempts: attempts)
  }

  init(
    base: String, clock: TestClock = TestClock("2026-11-20 12:00"), folder: TemporaryFolder = TemporaryFolder(),
    totalSeconds: Double = 20, attempts: Int = 3
  ) {
    self.folder = folder
    service = MarketDataService(
      configuration: MarketDataConfiguration(
        cacheDirectory: folder.path, yahooBases: [base],
        limits: HTTPLimits(connectSeconds: totalSeconds, totalSeconds: totalSeconds),
        retry: RetryPolicy(
          attempts: attempts, pauseSeconds: 0.001, throttledPauseSeconds: 0.001, pacingSeconds: 0, jitter: { 0.5 }),
        now: { clock.now }))
  }

  func load(
    _ symbol: String, _ interval: BarInterval = .oneDay, from: String? = nil, to: String? = nil,
    adjusted: Bool = true, offline: Bool = false, refresh: Bool = false
  ) async throws -> LoadedBars {
    try await service.load(
      BarsRequest(
        symbol: symbol, interval: interval, from: try from.map { try TimeBound(parsing: $0) },
        to: try to.map { try TimeBound(parsing: $0) }, adjusted: adjusted, offline: offline, refresh: refresh))
  }
}
