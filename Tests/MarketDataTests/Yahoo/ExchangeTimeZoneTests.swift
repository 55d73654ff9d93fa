import Foundation
import Testing
import TradingModel

@testable import MarketData

@Suite("Exchange time zones")
struct ExchangeTimeZoneTests {
  private static let names = [
    "America/New_York", "Europe/London", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo",
    "Asia/Tokyo", "Africa/Cairo", "America/Santiago", "Pacific/Auckland", "Asia/Jerusalem", "UTC",
  ]

  @Test(arguments: names)
  func offsetsAgreeWithFoundation(name: String) throws {
    let zone = try ExchangeTimeZone(identifier: name)
    let reference = try #require(TimeZone(identifier: name))
    // Every 37 hours from 1970 to 2037; beyond, Foundation has no rules of its own to compare.
    for time in stride(from: Int64(0), to: 2_114_380_800, by: 37 * 3600) {
      let expected = Int64(reference.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time))))
      if zone.offset(at: time) != expected {
        Issue.record("\(name) at \(time): \(zone.offset(at: time)), Foundation says \(expected)")
        return
      }
    }
  }

  @Test func ruleBehindTheLastTransitionAgreesWithTheTransitionsBeforeIt() throws {
    for (text, name) in [
      ("EST5EDT,M3.2.0,M11.1.0", "America/New_York"), ("GMT0BST,M3.5.0/1,M10.5.0", "Europe/London"),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney"), ("<+0530>-5:30", "Asia/Kolkata"),
    ] {
      let rule = try #require(POSIXTimeZoneRule(text))
      let zone = try ExchangeTimeZone(identifier: name)
      // 2010 to 2030, by rules in force throughout.
      for time in stride(from: Int64(1_262_304_000), to: 1_893_456_000, by: 3 * 3600) {
        #expect(Int64(rule.offset(at: time)) == zone.offset(at: time))
      }
    }
    #expect(POSIXTimeZoneRule("EST5EDT,J60,J300/3:30") != nil)
    for faulty in ["", "ES5", "EST", "EST5EDT", "EST5EDT,M13.1.0,M1.1.0", "EST5EDT,M3.2.0", "EST99999"] {
      #expect(POSIXTimeZoneRule(faulty) == nil, "\(faulty)")
    }
  }

  @Test func yearsBeyondTheFileFollowItsRule() throws {
    let zone = try ExchangeTimeZone(identifier: "America/New_York")
    #expect(zone.offset(at: 4_102_444_800) == -18_000)  // 2100-01-01
    #expect(zone.offset(at: 4_117_996_800) == -14_400)  // 2100-06-30
  }

  @Test func everyDayBeginsAtItsFirstInstant() throws {
    for name in Self.names {
      let zone = try ExchangeTimeZone(identifier: name)
      for day in stride(from: Int64(0), to: 24_000, by: 1) {
        let start = zone.start(ofDay: day)
        if zone.day(at: start) != day || zone.day(at: start - 1) != day - 1 {
          Issue.record("\(name): day \(day) does not begin at \(start)")
          break
        }
      }
    }
  }

  @Test func newYorkMidnightOfTheSplitDayIsWhatYahooIsAsked() throws {
    let zone = try ExchangeTimeZone(identifier: "America/New_York")
    #expect(zone.start(ofDay: UTCText.days(year: 2020, month: 8, day: 31)) == 1_598_846_400)
    #expect(zone.start(ofDay: UTCText.days(year: 2020, month: 11, day: 7)) == 1_604_725_200)
  }

  @Test(arguments: ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "", "America/New_York\0", "Europe"])
  func unknownZonesAreNamedTogetherWithTheRemedy(name: String) {
    #expect(throws: MarketDataError.timeZoneUnknown(name)) { try ExchangeTimeZone(identifier: name) }
    #expect(MarketDataError.timeZoneUnknown(name).description.contains("tzdata"))
  }

  @Test func withoutZoneFilesOnlyUTCIsKnown() throws {
    #expect(try ExchangeTimeZone(identifier: "UTC", directories: ["/nonexistent"]).offset(at: 0) == 0)
    #expect(throws: MarketDataError.timeZoneUnknown("Europe/London")) {
      try ExchangeTimeZone(identifier: "Europe/London", directories: ["/nonexistent"])
    }
  }

  @Test func damagedZoneFilesAreRefused() throws {
    let path = try #require(
      ExchangeTimeZone.systemDirectories.map { "\($0)/America/New_York" }.first {
        FileManager.default.fileExists(atPath: $0)
      })
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(TZifFile(bytes) != nil)
    var refused = 0
    for length in 0..<min(bytes.count, 2000) where TZifFile(Array(bytes[..<length])) == nil { refused += 1 }
    #expect(refused == min(bytes.count, 2000))
    var generator = SplitMix(state: 3)
    for _ in 0..<2000 {
      var broken = bytes
      for _ in 0..<4 {
        broken[Int.random(in: 0..<broken.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      // Must not trap, whatever it makes of it.
      _ = TZifFile(broken)?.offset(at: 1_600_000_000)
    }
  }

  @Test(arguments: [
    ("AAPL", "America/New_York"), ("OCDO.L", "Europe/London"), ("EURUSD=X", "Europe/London"), ("BTC-USD", "UTC"),
    ("BRK-B", "America/New_York"), ("^GSPC", "America/New_York"), ("SAP.DE", "Europe/Berlin"),
    ("GC=F", "America/New_York"),
  ])
  func zoneIsGuessedBySuffix(symbol: String, zone: String) {
    #expect(ExchangeTimeZone.guess(forSymbol: symbol) == zone)
  }
}
