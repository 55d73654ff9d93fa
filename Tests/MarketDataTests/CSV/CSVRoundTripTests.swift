import MarketData
import Testing
import TradingModel

@Suite struct CSVRoundTripTests {
  @Test(arguments: 0..<60)
  func writtenBarsComeBackBitByBit(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let bars = randomBars(count: Int.random(in: 1...300, using: &generator), using: &generator)
    for _ in 0..<4 {
      var writer = DialectWriter(bars: bars, using: &generator)
      let text = writer.text(using: &generator)
      var options = CSVOptions()
      options.dateOrder = writer.dateOrder
      var importer = CSVImporter(options: options)
      importer.chunkSize = [1, 13, 500, 1 << 18].randomElement(using: &generator) ?? 1
      let read = try importer.read(Array(text.utf8), name: "a.csv")
      // Apart, for a failure would print both series.
      let isSame = read.series.isIdentical(to: writer.expected)
      #expect(isSame, "seed \(seed):\n\(text.prefix(400))")
      #expect(read.report.rows == bars.count)
    }
  }

  /// Bars with prices of all lengths, from four decimals to all seventeen digits.
  private func randomBars(count: Int, using generator: inout SeededGenerator) -> BarSeries {
    var bars: [Bar] = []
    var time = Int64.random(in: -1_000_000...30_000_000, using: &generator) * 60_000
    let isDaily = Bool.random(using: &generator)
    let steps: [Double] = [1, 100, 10_000, 0]
    let decimals = steps.randomElement(using: &generator) ?? 0
    func price() -> Double {
      let value = Double.random(in: 1...1000, using: &generator)
      return decimals == 0 ? value : (value * decimals).rounded() / decimals
    }
    for _ in 0..<count {
      time += Int64.random(in: 1...30, using: &generator) * (isDaily ? 86_400_000 : 60_000)
      let prices = [price(), price(), price(), price()].sorted()
      let isRising = Bool.random(using: &generator)
      let volume =
        Int.random(in: 0...9, using: &generator) == 0 ? .nan : Double(Int.random(in: 0...9_999_999, using: &generator))
      bars.append(
        Bar(
          time: isDaily ? time - time % 86_400_000 : time, open: prices[isRising ? 1 : 2], high: prices[3],
          low: prices[0], close: prices[isRising ? 2 : 1], volume: volume))
    }
    // The rounding of daily times keeps them apart: they are a day or more from each other.
    guard let series = try? BarSeries(bars) else { fatalError("the generator made invalid bars") }
    return series
  }
}

/// Writes bars in a random dialect.
private struct DialectWriter {
  private let bars: BarSeries
  private let delimiter: String
  private let isQuoted: Bool
  private let hasVolume: Bool
  private let isNewestFirst: Bool
  private let lineEnd: String
  private let dateStyle: Int
  private let columns: [String]
  private let missing: String
  private(set) var dateOrder: CSVOptions.DateOrder?

  init(bars: BarSeries, using generator: inout SeededGenerator) {
    self.bars = bars
    delimiter = [",", ";", "\t", "|"].randomElement(using: &generator) ?? ","
    isQuoted = Bool.random(using: &generator)
    hasVolume = Bool.random(using: &generator)
    isNewestFirst = Bool.random(using: &generator) && bars.count > 1
    lineEnd = Bool.random(using: &generator) ? "\n" : "\r\n"
    dateStyle = Int.random(in: 0...7, using: &generator)
    missing = ["", "null", "NaN", "N/A", "-"].randomElement(using: &generator) ?? ""
    var names = ["Date", "Open", "High", "Low", "Close", "Change", "Open Interest"]
    if hasVolume { names.append("Volume") }
    columns = names.shuffled(using: &generator)
    if dateStyle == 3 { dateOrder = .dayFirst }
    if dateStyle == 4 { dateOrder = .monthFirst }
  }

  /// The series that the text must become.
  var expected: BarSeries {
    guard !hasVolume else { return bars }
    let empty = Array(repeating: Double.nan, count: bars.count)
    let series = try? BarSeries(
      times: bars.times, open: bars.open, high: bars.high, low: bars.low, close: bars.close, volume: empty)
    return series ?? bars
  }

  mutating func text(using generator: inout SeededGenerator) -> String {
    var rows = (0..<bars.count).map { row in
      columns.map { cell($0, bars[row], using: &generator) }.joined(separator: delimiter)
    }
    if isNewestFirst { rows.reverse() }
    let header = columns.map { Bool.random(using: &generator) ? $0.lowercased() : $0.uppercased() }
    // A file that ends with a delimiter is taken for a torn one.
    let mayEndEmpty = columns.last == "Volume" && missing.isEmpty
    let end = mayEndEmpty || Bool.random(using: &generator) ? lineEnd : ""
    return ([header.joined(separator: delimiter)] + rows).joined(separator: lineEnd) + end
  }

  private func cell(_ column: String, _ bar: Bar, using generator: inout SeededGenerator) -> String {
    let text =
      switch column {
      case "Date": date(bar.time)
      case "Open": "\(bar.open)"
      case "High": "\(bar.high)"
      case "Low": "\(bar.low)"
      case "Close": "\(bar.close)"
      case "Volume": bar.volume.isNaN ? missing : "\(bar.volume)"
      default: ["", "7", "a text", "-0.5%"].randomElement(using: &generator) ?? ""
      }
    return isQuoted && Bool.random(using: &generator) ? "\"\(text)\"" : text
  }

  private func date(_ time: EpochMilliseconds) -> String {
    let days = (time - (time % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000
    let (year, month, day) = UTCText.civil(fromDays: days)
    let minutes = (time - days * 86_400_000) / 60_000
    func pad(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let clock = "\(pad(minutes / 60)):\(pad(minutes % 60)):00"
    switch dateStyle {
    case 0: return "\(year)-\(pad(month))-\(pad(day)) \(clock)"
    case 1: return "\(year)-\(pad(month))-\(pad(day))T\(clock)Z"
    case 2: return "\(year)/\(month)/\(day) \(clock).000"
    case 3: return "\(day)/\(month)/\(year) \(clock)"
    case 4: return "\(pad(month))-\(pad(day))-\(year) \(clock)"
    case 5: return "\(year)\(pad(month))\(pad(day)) \(clock)"
    case 6:
      // The same instant as a clock at UTC+5:30 shows it.
      let local = time + 19_800_000
      let localDays = (local - (local % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000
      let (year, month, day) = UTCText.civil(fromDays: localDays)
      let minutes = (local - localDays * 86_400_000) / 60_000
      return "\(year)-\(pad(month))-\(pad(day)) \(pad(minutes / 60)):\(pad(minutes % 60))+05:30"
    default: return time < 0 || time > 999_999_999_999 ? "\(time / 1000)" : "\(time / 1000).000"
    }
  }
}
