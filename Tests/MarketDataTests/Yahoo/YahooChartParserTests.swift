import Foundation
import TestSupport
import Testing

@testable import MarketData

@Suite("Chart parser")
struct YahooChartParserTests {
  private func chart(_ text: String) throws -> YahooChart {
    switch try YahooChartParser.parse(Array(text.utf8)) {
    case .chart(let chart): return chart
    case .refusal(let refusal): throw refusal
    }
  }

  @Test func splitAndDividendKeepTheirRealDates() throws {
    let daily = try chart(String(decoding: Fixture.body("aapl-1d-split-div-49.json"), as: UTF8.self))
    #expect(daily.events.contains(YahooEvent(time: 1_598_880_600, kind: .split(numerator: 4, denominator: 1))))
    #expect(daily.events.contains { if case .dividend(let amount) = $0.kind { amount == 0.205 } else { false } })
    // In the monthly reply the key is the month's first day and the date the split's.
    let monthly = try chart(String(decoding: Fixture.body("aapl-1mo-61-split-liverow.json"), as: UTF8.self))
    #expect(monthly.events == [YahooEvent(time: 1_598_880_600, kind: .split(numerator: 4, denominator: 1))])
  }

  @Test func negativeTimesAndNullMetadataAreRead() throws {
    let ibm = try chart(String(decoding: Fixture.body("ibm-1d-10-1962-negative-epoch.json"), as: UTF8.self))
    #expect(ibm.times.first == -252_322_200)
    #expect(ibm.meta.firstTrade == -252_322_200)
    let empty = try chart(String(decoding: Fixture.body("aps-ax-1d-empty-firsttrade-null.json"), as: UTF8.self))
    #expect(empty.meta.firstTrade == nil && empty.times.isEmpty && empty.meta.timeZone == "Australia/Sydney")
  }

  @Test func infiniteAdjustedCloseCountsAsNone() throws {
    let text = ChartBody(rows: [ChartBody.row(0, 10), ChartBody.row(86_400, 11)]).text
      .replacingOccurrences(of: "\"adjclose\":[10.0,", with: "\"adjclose\":[Infinity,")
    let adjusted = try #require(try chart(text).adjustedClose)
    #expect(adjusted[0].isNaN && adjusted[1] == 11)
  }

  @Test func emptyArraysAreAnEmptyRange() throws {
    let text = """
      {"chart":{"result":[{"meta":{"exchangeTimezoneName":"UTC"},"timestamp":[],"indicators":{"quote":[{"open":[],
      "high":[],"low":[],"close":[],"volume":[]}],"adjclose":[{"adjclose":[]}]}}],"error":null}}
      """
    #expect(try chart(text).times.isEmpty)
  }

  /// Every value of a sound reply replaced by each wrong one.
  @Test func wrongTypeInAnyFieldIsAnErrorOrDoesNotMatter() throws {
    let sound = ChartBody(
      firstTrade: 0, session: (0, 23_400), rows: [ChartBody.row(0, 10), ChartBody.row(86_400, 11)],
      dividends: [(0, 0.1)], splits: [(86_400, 2)]
    ).text
    let object = try JSONSerialization.jsonObject(with: Data(sound.utf8))
    let wrong: [Any] = ["text", 1e300, -7.5, true, NSNull(), [Any](), [String: Any](), [[["a": 1]]], [1, 2, 3]]
    var refused = 0
    var tried = 0
    for path in Self.paths(object) {
      for value in wrong {
        let data = try JSONSerialization.data(
          withJSONObject: Self.replacing(object, path[...], value), options: .fragmentsAllowed)
        tried += 1
        do {
          _ = try YahooChartParser.parse(Array(data))
        } catch {
          refused += 1
          #expect(error.description.contains("at byte"))
        }
      }
    }
    #expect(tried > 300)
    #expect(refused > 150)
  }

  @Test func replyCutAnywhereIsRefusedWithThePlace() throws {
    let body = try Fixture.body("aapl-1d-split-div-49.json")
    var parsed = 0
    for length in stride(from: 0, to: body.count - 1, by: 7) {
      do {
        _ = try YahooChartParser.parse(Array(body[..<length]))
        parsed += 1
      } catch {
        #expect(error.offset <= length)
      }
    }
    #expect(parsed == 0)
  }

  @Test func tenMillionNullsAreRefusedEarly() throws {
    let head = "{\"chart\":{\"result\":[{\"timestamp\":[0],\"indicators\":{\"quote\":[{\"open\":["
    let text = Array((head + String(repeating: "null,", count: 10_000_000)).utf8)
    let fault = #expect(throws: JSONPullParser.Fault.self) { try YahooChartParser.parse(text) }
    // Long before the end of its 50 MB.
    #expect(try #require(fault).offset < 2_600_000)
  }

  @Test func columnsOfUnequalLengthAreRefused() throws {
    let text = ChartBody(rows: [ChartBody.row(0, 10), ChartBody.row(86_400, 11)]).text
      .replacingOccurrences(of: "\"timestamp\":[0,86400]", with: "\"timestamp\":[0]")
    #expect { try chart(text) } throws: { "\($0)".contains("column open has 2 values for 1 times") }
  }

  /// Bodies with bytes changed, lost or doubled must never trap.
  @Test func mutatedBodiesNeverTrap() throws {
    let body = try Fixture.body("aapl-1d-10.json")
    var generator = SplitMix(state: 11)
    for _ in 0..<3000 {
      var broken = body
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let place = Int.random(in: 0..<broken.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: broken[place] = .random(in: 0...255, using: &generator)
        case 1: broken.remove(at: place)
        case 2: broken.insert(broken[place], at: place)
        default: broken.removeSubrange(place..<min(broken.count, place + 40))
        }
      }
      guard case .chart(let chart) = try? YahooChartParser.parse(broken) else { continue }
      #expect(chart.open.count == chart.times.count && chart.volume.count == chart.times.count)
      let cleaner = YahooRowCleaner(interval: .oneDay, zone: .utc, extendedHours: false)
      let bars = cleaner.bars(of: chart, from: .min, to: .max)
      #expect(zip(bars.times, bars.times.dropFirst()).allSatisfy { $0 < $1 })
      _ = try? BarSeriesBuilder(symbol: "X", source: .oneDay, interval: .oneMonth, adjusted: true).series(bars)
    }
  }

  /// The way to every value in a document.
  private static func paths(_ value: Any) -> [[String]] {
    if let object = value as? [String: Any] {
      return [[]] + object.keys.sorted().flatMap { key in paths(object[key] as Any).map { [key] + $0 } }
    }
    if let array = value as? [Any] {
      return [[]] + array.indices.flatMap { index in paths(array[index]).map { ["\(index)"] + $0 } }
    }
    return [[]]
  }

  private static func replacing(_ value: Any, _ path: ArraySlice<String>, _ new: Any) -> Any {
    guard let step = path.first else { return new }
    if var object = value as? [String: Any] {
      object[step] = replacing(object[step] as Any, path.dropFirst(), new)
      return object
    }
    if var array = value as? [Any], let index = Int(step) {
      array[index] = replacing(array[index], path.dropFirst(), new)
      return array
    }
    return value
  }
}
