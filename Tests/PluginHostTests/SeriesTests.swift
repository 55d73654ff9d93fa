import Foundation
import JSONRPC
import StrategyKit
import StrategyProtocol
import Testing
import TradingModel
import WireText

@testable import PluginHost

/// The writer of columns, and the reading of a vectorized answer.
struct SeriesTests {
  static let start: Int64 = 1_704_672_000_000

  /// The bars of the specification's examples.
  static func bars() throws -> BarSeries {
    let request = try #require(try Examples.requests("strategy/series-load", SeriesLoadRequest.self).first).params
    func column(_ name: String) throws -> [Double] { try #require(request.columns[name]?.numbers) }
    return try BarSeries(
      times: try column("time").map { Int64($0) }, open: try column("open"), high: try column("high"),
      low: try column("low"), close: try column("close"), volume: try column("volume"))
  }

  static func run(_ series: BarSeries) -> RunDescription {
    RunDescription(instruments: [Instrument(symbol: "ACME")], series: [series], settings: ExecutionSettings(), seed: 1)
  }

  @Test func jsonColumnsComeOutAsInTheSpecification() throws {
    let line = try #require(try Examples.lines("strategy/series-load").first)
    let upload = SeriesUpload(
      Self.run(try Self.bars()), runID: "r-1", encoding: .json, capabilities: StrategyCapabilities())
    #expect(
      upload.messages().map { "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"series/load\",\"params\":\($0)}" } == [line])
  }

  @Test(arguments: [ColumnEncoding.json, .f64leBase64])
  func chunksHoldEveryRowOnceWithinTheLineLimit(encoding: ColumnEncoding) throws {
    let prices = (0..<500).map { 100 + sin(Double($0)) }
    let series = try BarSeries(
      prices.enumerated().map { Bar(time: Self.start + Int64($0) * 60_000, open: $1, high: $1, low: $1, close: $1) })
    let capabilities = StrategyCapabilities(maxMessageBytes: 8192)
    let messages = SeriesUpload(Self.run(series), runID: "r", encoding: encoding, capabilities: capabilities).messages()
    #expect(messages.count > 1)
    #expect(messages.allSatisfy { $0.utf8.count < 8192 - 100 })
    let parts = try messages.map { try WireValue(JSONValue(parsing: $0)).decode(SeriesLoadRequest.self) }
    #expect(parts.map(\.offset) == Array(parts.map(\.count).reduce(into: [0]) { $0.append($0.last! + $1) }.dropLast()))
    #expect(parts.flatMap { $0.columns["close"]?.numbers ?? [] } == series.close)
    #expect(parts.flatMap { $0.columns["time"]?.numbers ?? [] } == series.times.map(Double.init))
    #expect(parts.allSatisfy { $0.columns["volume"]?.numbers?.allSatisfy(\.isNaN) == true })
    #expect(parts.map(\.last) == Array(repeating: nil, count: parts.count - 1) + [true])
  }
}

extension SeriesUpload {
  /// Every message as text.
  fileprivate func messages() -> [String] {
    chunks.map { chunk in
      var writer = JSONWriter()
      writer.reset()
      write(chunk, to: &writer)
      return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
  }
}
