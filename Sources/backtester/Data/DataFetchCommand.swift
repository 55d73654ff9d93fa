import ArgumentParser
import BacktestService
import JSONRPC
import MarketData
import ReportRendering
import TradingModel

/// `backtester data fetch`.
struct DataFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Fetch bars from Yahoo into the cache.",
    discussion: """
      Only what the cache lacks is fetched; --refresh fetches all again. Without --from everything Yahoo has is fetched,
      without --to up to the last bar that has ended.

      Examples:
        backtester data fetch AAPL MSFT ^GSPC --from 2015-01-01
        backtester data fetch BTC-USD --interval 1h
        backtester data fetch AAPL --refresh
      """)

  @Argument(help: "Symbols as Yahoo writes them, e.g. AAPL, ^GSPC, EURUSD=X, BTC-USD, OCDO.L.") var symbols: [String]

  @Option(
    help: ArgumentHelp("First day to fetch, by the exchange's clock, e.g. 2015-01-01.", valueName: "date"))
  var from: String?
  @Option(help: ArgumentHelp("First day to leave out.", valueName: "date")) var to: String?
  @OptionGroup var interval: IntervalOptions
  @Flag(help: "Fetch the bars again even if they are cached.") var refresh = false
  @Flag(help: "Print a JSON array, one object a symbol.") var json = false

  func validate() throws {
    if symbols.isEmpty { throw ValidationError("Name the symbols to fetch, for example: backtester data fetch AAPL") }
    for symbol in symbols { _ = try request(symbol) }
  }

  private func request(_ symbol: String) throws -> BarsRequest {
    try SourceOptions.usage {
      BarsRequest(
        symbol: symbol, interval: try interval.parsed() ?? .oneDay,
        from: try SourceOptions.bound(from, "from"), to: try SourceOptions.bound(to, "to"),
        extendedHours: interval.extendedHours, refresh: refresh)
    }
  }

  func run() throws {
    Interrupt.watch()
    let market = try DataCommand.perform { try Composition.marketData.service() }
    var outcomes: [FetchOutcome] = []
    for (index, symbol) in symbols.enumerated() {
      let place = symbols.count > 1 ? " (\(index + 1) of \(symbols.count))" : ""
      let bar = ProgressBar(title: "Fetching \(symbol)\(place)", unit: "requests")
      var outcome = FetchOutcome(symbol: symbol)
      do throws(MarketDataError) {
        let asked: BarsRequest
        do { asked = try request(symbol) } catch { throw .invalidSymbol(symbol) }
        let loaded = try CancellationSignal.polling({ Interrupt.isRequested }) { signal throws(MarketDataError) in
          try market.loadBlocking(asked, cancellation: signal) { bar.update($0.done, $0.planned) }
        }
        outcome.loaded = loaded
        outcome.symbol = loaded.instrument.symbol
        bar.finish()
      } catch {
        bar.finish()
        outcome.error = error
      }
      if let error = outcome.error {
        Terminal.printError("\(error)")
      } else if !json {
        for note in outcome.notes { Terminal.note("\(outcome.symbol): \(note)") }
      }
      outcomes.append(outcome)
      // Whoever is throttled or interrupted is not helped by asking for the next.
      if outcome.endsAll { break }
    }
    Terminal.print(json ? FetchOutcome.json(outcomes) : FetchOutcome.table(outcomes, style: Terminal.outputStyle))
    let failed = outcomes.filter { $0.error != nil }.count + symbols.count - outcomes.count
    if failed > 0 { throw CommandFailure(message: "", exitCode: 1) }
  }
}

/// What came of fetching one symbol.
private struct FetchOutcome {
  var symbol: String
  var loaded: LoadedBars?
  var error: MarketDataError?

  /// What is to be said about the bars; none of the range at all is no error, but no bars either.
  var notes: [String] { loaded?.provenance.notes ?? [] }

  var endsAll: Bool {
    switch error {
    case .throttled, .cancelled: true
    default: false
    }
  }

  static func table(_ outcomes: [FetchOutcome], style: TextStyle) -> String {
    let rows = outcomes.filter { $0.loaded != nil }
    if rows.isEmpty { return "Nothing was fetched." }
    var table = TextTable([
      ("SYMBOL", .left), ("BARS", .right), ("FROM", .left), ("TO", .left), ("CURRENCY", .left), ("HOW", .left),
    ])
    for row in rows {
      guard let loaded = row.loaded else { continue }
      let times = loaded.series.times
      table.add([
        row.symbol, NumberText.count(Double(times.count)), times.first.map { UTCText.format($0) } ?? "",
        times.last.map { UTCText.format($0) } ?? "", loaded.instrument.currency ?? "",
        loaded.provenance.wasFetched ? "fetched from \(loaded.provenance.host)" : "cached",
      ])
    }
    return table.lines(style: style).joined(separator: "\n")
  }

  static func json(_ outcomes: [FetchOutcome]) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for outcome in outcomes {
      writer.beginObject()
      writer.field("symbol", outcome.symbol)
      if let loaded = outcome.loaded {
        let provenance = loaded.provenance
        writer.field("bars", loaded.series.count)
        if let first = loaded.series.times.first { writer.field("start", first) }
        if let last = loaded.series.times.last { writer.field("end", last) }
        writer.field("currency", ifPresent: loaded.instrument.currency)
        writer.field("adjusted", provenance.adjusted)
        writer.field("sha256", provenance.snapshot)
        writer.field("fetched", provenance.wasFetched)
        writer.field("fetched_at", provenance.fetchedAt)
        writer.field("host", provenance.host)
        writer.key("notes")
        writer.beginArray()
        for note in outcome.notes { writer.value(note) }
        writer.endArray()
      }
      if let error = outcome.error { writer.field("error", error.description) }
      writer.endObject()
    }
    writer.endArray()
    return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }
}
