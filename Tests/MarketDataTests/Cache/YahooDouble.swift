import Foundation
import MarketData
import Synchronization
import TestSupport
import TradingModel

/// A stand-in for Yahoo with one daily symbol: answers by period1 and period2, as the API does, the bar stamped
/// exactly period2 included.
final class YahooDouble: Sendable {
  struct Market: Sendable {
    /// The session is from 13:30Z to 20:00Z all the year here, winter time in New York.
    var zone = "America/New_York"
    var days: [(day: String, price: Double, factor: Double)] = []
    /// Days whose row is null.
    var nulls: Set<String> = []
    /// Days that are missing.
    var absent: Set<String> = []
    var splits: [(String, Double)] = []
    var dividends: [(String, Double)] = []
    var firstTrade: String?
    /// Prices and factors are multiplied by this, as a later split and dividend do.
    var priceScale = 1.0
    var factorScale = 1.0
    var failure: ReplayReply?
  }

  let server: ReplayServer
  private let box: Box

  init(_ market: Market) throws {
    let box = Box(market)
    server = try ReplayServer { request, _ in box.reply(request) }
    self.box = box
  }

  deinit { server.stop() }

  var requests: [ReplayRequest] { server.requests }

  func change(_ body: (inout Market) -> Void) { box.change(body) }

  /// Weekdays from a date on, price 100, 101, 102…
  static func weekdays(from start: String, count: Int, price: Double = 100) -> [(
    day: String, price: Double, factor: Double
  )] {
    var time = TestClock.milliseconds("\(start) 00:00")
    var days: [(day: String, price: Double, factor: Double)] = []
    while days.count < count {
      // 1970-01-01 was a Thursday.
      if (time / 86_400_000 + 3) % 7 < 5 {
        days.append((UTCText.formatDate(time), price + Double(days.count), 1))
      }
      time += 86_400_000
    }
    return days
  }

  private final class Box: Sendable {
    private let market: Mutex<Market>

    init(_ market: Market) { self.market = Mutex(market) }

    func change(_ body: (inout Market) -> Void) { market.withLock { body(&$0) } }

    func reply(_ request: ReplayRequest) -> ReplayReply {
      let market = market.withLock { $0 }
      if let failure = market.failure { return failure }
      guard let start = request.parameter("period1").flatMap({ Int64($0) }),
        let end = request.parameter("period2").flatMap({ Int64($0) })
      else { return .json("{}", status: 400) }
      func stamp(_ day: String) -> Int64 { TestClock.milliseconds("\(day) 13:30") / 1000 }
      var body = ChartBody()
      body.zone = market.zone
      body.firstTrade = market.firstTrade.map(stamp)
      // 13:30 to 20:00, whatever the day.
      body.session = (48_600, 72_000)
      for day in market.days where !market.absent.contains(day.day) {
        let time = stamp(day.day)
        guard time >= start, time <= end else { continue }
        if market.nulls.contains(day.day) {
          body.rows.append(ChartBody.Row(time: time))
        } else {
          body.rows.append(
            ChartBody.row(time, day.price * market.priceScale, factor: day.factor * market.factorScale))
        }
      }
      body.splits = market.splits.map { (stamp($0.0), $0.1) }.filter { $0.0 >= start && $0.0 <= end }
      body.dividends = market.dividends.map { (stamp($0.0), $0.1) }.filter { $0.0 >= start && $0.0 <= end }
      return body.reply
    }
  }
}
