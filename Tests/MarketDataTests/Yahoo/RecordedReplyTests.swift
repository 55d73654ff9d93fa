import Foundation
import MarketData
import TestSupport
import Testing
import TradingModel

/// Recorded bodies, served over the loopback address, give the bars that yfinance makes of them.
@Suite("Recorded replies")
struct RecordedReplyTests {
  struct Case: Sendable, CustomStringConvertible {
    var name: String
    var symbol: String
    var interval = BarInterval.oneDay
    var from: String
    var to: String
    var now = "2026-11-20 12:00"
    var description: String { name }
  }

  static let cases = [
    Case(name: "aapl-1d-split-div-49", symbol: "AAPL", from: "2020-08-31", to: "2020-11-07"),
    Case(name: "msft-1d-div-252", symbol: "MSFT", from: "2021-02-01", to: "2022-01-31"),
    Case(name: "btcusd-1d-3-end-inclusive", symbol: "BTC-USD", from: "2020-01-01", to: "2020-01-03"),
    Case(name: "eurusd-1d-3", symbol: "EURUSD=X", from: "2020-01-01", to: "2020-01-03"),
    Case(name: "btcusd-1d-2020-370-nulls", symbol: "BTC-USD", from: "2020-01-01", to: "2021-01-04"),
    Case(
      name: "aapl-1m-391-null-row-past-end", symbol: "AAPL", interval: .oneMinute, from: "2024-10-02", to: "2024-10-03",
      now: "2024-10-04 12:00"),
    Case(
      name: "aapl-1m-391-null-row-past-end", symbol: "AAPL", interval: .oneMinute, from: "2024-10-02", to: "2024-10-03"),
    Case(name: "fund-1d-last-null-2024", symbol: "0P0000XTS7", from: "2024-09-12", to: "2024-09-16"),
    Case(name: "ibm-1d-10-1962-negative-epoch", symbol: "IBM", from: "1962-01-02", to: "2021-01-09"),
  ]

  @Test(arguments: cases, [true, false])
  func barsAreThoseOfYfinance(_ example: Case, adjusted: Bool) async throws {
    let reply = try Fixture.reply("\(example.name).json")
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let loaded = try await TestService(server, clock: TestClock(example.now)).load(
      example.symbol, example.interval, from: example.from, to: example.to, adjusted: adjusted)
    let expected = try Fixture.expected(example.name, adjusted: adjusted)
    try #require(loaded.series.count == expected.count)
    for (row, wanted) in expected.enumerated() {
      let bar = loaded.series[row]
      #expect(Self.label(bar.time, example.interval) == wanted.label)
      for (a, b) in [
        (bar.open, wanted.bar.open), (bar.high, wanted.bar.high), (bar.low, wanted.bar.low),
        (bar.close, wanted.bar.close), (bar.volume, wanted.bar.volume),
      ] where abs(a - b) > 1e-6 * abs(b) {
        Issue.record("\(wanted.label): \(a) where \(b) was expected")
      }
    }
    #expect(server.requests.count == 1)
  }

  /// As yfinance prints it; the one intraday example is in New York's summer.
  private static func label(_ time: EpochMilliseconds, _ interval: BarInterval) -> String {
    if !interval.isIntraday { return UTCText.formatDate(time) }
    let local = UTCText.format(time - 4 * 3_600_000)
    return local.count == 16 ? "\(local):00-04:00" : "\(local)-04:00"
  }

  @Test func splitDayAgreesToTheLastBit() async throws {
    let reply = try Fixture.reply("aapl-1d-split-div-49.json")
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let loaded = try await TestService(server).load("AAPL", from: "2020-08-31", to: "2020-11-07")
    #expect(
      loaded.series[0]
        == Bar(
          time: 1_598_832_000_000, open: 124.40310060397898, high: 127.73793655138815, low: 122.86244278988478,
          close: 125.82673645019531, volume: 225_702_700))
    #expect(
      loaded.actions.first == CorporateAction(time: 1_598_832_000_000, kind: .split(numerator: 4, denominator: 1)))
    #expect(loaded.actions.last == CorporateAction(time: 1_604_620_800_000, kind: .dividend(0.205)))
    #expect(loaded.provenance.adjusted && loaded.provenance.wasFetched)
    #expect(loaded.instrument == Instrument(symbol: "AAPL", currency: "USD", timeZone: "America/New_York"))
  }

  /// The live row of 11 October is already in October's row; yfinance adds its volume once more.
  @Test func monthsLiveRowIsNotCountedTwice() async throws {
    let server = try ReplayServer { _, _ in .json("{}") }
    defer { server.stop() }
    let service = TestService(server).service
    let count = try service.importYahooReplyBlocking(
      Fixture.body("aapl-1mo-61-split-liverow.json"), name: "months", origin: "reply.json")
    let loaded = try service.loadImportedBlocking(name: "months")
    #expect(count == 60 && loaded.series.count == 60)
    #expect(loaded.series.volume.last == 332_258_600)
    #expect(loaded.series.times.last == TestClock.milliseconds("2024-10-01 00:00"))
    #expect(loaded.series.close.last == 227.5500030517578)
  }

  /// A mirror that has only months still serves months.
  @Test func monthlyReplyIsTakenAsItIsWhereMonthsWereAskedFor() async throws {
    let reply = try Fixture.reply("aapl-1mo-61-split-liverow.json")
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let service = TestService(server)
    let loaded = try await service.load("AAPL", .oneMonth, from: "2019-11-01", to: "2024-11-01")
    #expect(loaded.series.count == 60 && loaded.series.volume.last == 332_258_600)
    #expect(server.requests.map { $0.parameter("interval") } == ["1d", "1mo"])
    let again = try await service.load("AAPL", .oneMonth, from: "2019-11-01", to: "2024-11-01", offline: true)
    #expect(again.series == loaded.series)
    // For days they are no substitute.
    await #expect(
      throws: MarketDataError.wrongInterval(host: "127.0.0.1:\(server.port)", asked: "1d", received: "1mo")
    ) {
      try await TestService(server).load("AAPL", from: "2019-11-01", to: "2024-11-01")
    }
  }

  @Test func holesAreReported() async throws {
    let reply = try Fixture.reply("btcusd-1d-2020-370-nulls.json")
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let service = TestService(server)
    let loaded = try await service.load("BTC-USD", from: "2020-01-01", to: "2021-01-04")
    #expect(
      loaded.provenance.notes.contains(
        "4 bars lacked a price and were left out: 2020-04-17, 2020-10-09, 2020-10-12, 2020-10-13."))
    #expect(try service.service.describeBlocking(symbol: "BTC-USD").quality.holes.count == 4)
  }

  @Test(arguments: [
    ("AAPL", "aapl-1m-empty-no-timestamp.json", BarInterval.oneMinute, "2025-02-01", "2025-02-02", "2025-02-20 12:00"),
    ("APS.AX", "aps-ax-1d-empty-firsttrade-null.json", .oneDay, "2020-01-01", "2020-01-03", "2026-11-20 12:00"),
  ])
  func emptyRangeIsNoError(
    symbol: String, file: String, interval: BarInterval, from: String, to: String, now: String
  ) async throws {
    let reply = try Fixture.reply(file)
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let loaded = try await TestService(server, clock: TestClock(now)).load(symbol, interval, from: from, to: to)
    #expect(loaded.series.isEmpty)
    #expect(loaded.provenance.notes.count == 1)
    #expect(loaded.provenance.notes.first?.hasPrefix("There are no \(interval.rawValue) bars of \(symbol)") == true)
  }

  @Test func emptyArraysAndNullCurrencyAreTolerated() async throws {
    let empty = """
      {"chart":{"result":[{"meta":{"currency":null,"exchangeTimezoneName":"Europe/Stockholm","firstTradeDate":null,
      "dataGranularity":"1d"},"timestamp":[],"indicators":{"quote":[{"open":[],"high":[],"low":[],"close":[],
      "volume":[]}],"adjclose":[{"adjclose":[]}]}}],"error":null}}
      """
    let server = try ReplayServer { _, _ in .json(empty) }
    defer { server.stop() }
    let loaded = try await TestService(server).load("CAPIO.ST", from: "2020-01-01", to: "2020-01-03")
    #expect(loaded.series.isEmpty && loaded.instrument.currency == nil)
  }

  @Test func penceStayPenceAndAreNamed() async throws {
    let reply = try Fixture.reply("ocdo-l-1d-gbp-pence.json")
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let loaded = try await TestService(server).load("ocdo.l", from: "2020-01-01", to: "2020-01-03")
    #expect(loaded.series.count == 1 && loaded.series[0].close == 1259.5)
    #expect(loaded.series.times == [TestClock.milliseconds("2020-01-02 00:00")])
    #expect(loaded.instrument == Instrument(symbol: "OCDO.L", currency: "GBp", timeZone: "Europe/London"))
    #expect(loaded.provenance.notes.contains("Prices are in GBp, pence: a hundredth of GBP."))
  }

  @Test func holeFilledLaterIsTakenOver() async throws {
    let replies = [
      try Fixture.reply("fund-1d-last-null-2024.json"), try Fixture.reply("fund-1d-last-filled-2025.json"),
    ]
    let server = try ReplayServer { _, number in replies[min(number, 1)] }
    defer { server.stop() }
    let clock = TestClock("2024-09-16 16:09")
    let service = TestService(server, clock: clock)
    let first = try await service.load("0P0000XTS7", from: "2024-09-12", to: "2024-09-16")
    #expect(first.series.count == 1)
    clock.set("2024-09-16 18:00")
    #expect(try await service.load("0P0000XTS7", from: "2024-09-12", to: "2024-09-16").series.count == 1)
    #expect(server.requests.count == 1)
    clock.set("2024-09-18 12:00")
    let second = try await service.load("0P0000XTS7", from: "2024-09-12", to: "2024-09-16")
    #expect(second.series.count == 2 && second.series.close[1] == 11892.1904296875)
    #expect(second.provenance.notes.contains("Yahoo filled 1 hole since the last fetch."))
  }

  /// No recorded body, whatever asked for, crashes or is taken for something else.
  @Test func everyBodyServedForAnyRequestGivesBarsOrASentence() async throws {
    for (file, status) in try Fixture.index() {
      let reply = try Fixture.reply(file, status: status)
      let server = try ReplayServer { _, _ in reply }
      defer { server.stop() }
      for interval in [BarInterval.oneDay, .oneMonth, .oneMinute] {
        do {
          let loaded = try await TestService(server, clock: TestClock("2024-10-20 12:00")).load("AAPL", interval)
          #expect(status == 200, "\(file)")
          #expect(!loaded.series.isEmpty || !loaded.provenance.notes.isEmpty)
        } catch let error as MarketDataError {
          #expect(error.description.count > 40)
          #expect(
            status != 200 || file.contains("-1m") || file.contains("-1mo") || interval == .oneMinute,
            "\(file): \(error)")
        }
      }
    }
  }
}
