public import MarketData
import Synchronization
public import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The market data of a process: made when first needed, so that runs on files and samples open no cache and a faulty
/// setting harms only those who use it.
public final class MarketDataProvider: Sendable {
  private let make: @Sendable () throws(MarketDataError) -> MarketDataService
  private let made = Mutex<MarketDataService?>(nil)

  /// Market data set up by the environment, as ``MarketData/MarketDataConfiguration/init(environment:now:)`` describes.
  ///
  /// - Parameters:
  ///   - environment: The value of an environment variable; `nil` when it is not set.
  ///   - now: The time.
  public init(
    environment: @escaping @Sendable (String) -> String?,
    now: @escaping @Sendable () -> EpochMilliseconds = MarketDataProvider.timeOfDay
  ) {
    make = { () throws(MarketDataError) in
      var set: [String: String] = [:]
      for name in MarketDataConfiguration.variables { set[name] = environment(name) }
      return MarketDataService(configuration: try MarketDataConfiguration(environment: set, now: now))
    }
  }

  /// Market data that is there already.
  public init(_ service: MarketDataService) {
    make = { () throws(MarketDataError) in service }
  }

  /// The market data of this process's own environment.
  public static let ofProcess = MarketDataProvider { name in getenv(name).map { String(cString: $0) } }

  /// The market data.
  ///
  /// - Throws: ``MarketData/MarketDataError/invalidSetting(name:value:reason:)``.
  public func service() throws(MarketDataError) -> MarketDataService {
    let make = make
    let result = made.withLock { made -> Result<MarketDataService, MarketDataError> in
      if let made { return .success(made) }
      do throws(MarketDataError) {
        let service = try make()
        made = service
        return .success(service)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The system's time of day.
  @Sendable public static func timeOfDay() -> EpochMilliseconds {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
