public import MarketData
package import StrategyProtocol
public import TradingModel

/// A data set that a run can use without the network.
public struct Dataset: Sendable, Equatable {
  /// Where a data set comes from.
  public enum Kind: String, Sendable {
    /// Carried by the program.
    case sample
    /// Fetched from Yahoo earlier.
    case cached
    /// Imported from a file.
    case imported
  }

  /// Its id: `sample:GOOG`, `yahoo:AAPL:1d`, `yahoo:AAPL:5m:extended`, `import:NAME`.
  public var id: String
  /// Where it comes from.
  public var kind: Kind
  /// The symbol, or the name it was imported under.
  public var symbol: String
  /// Length of a bar, e.g. `1d`; `nil` when unknown.
  public var interval: String?
  /// Time of the first bar; `nil` when there is none.
  public var start: EpochMilliseconds?
  /// Time of the last bar; `nil` when there is none.
  public var end: EpochMilliseconds?
  /// Number of bars.
  public var rows: Int
  /// SHA-256 of its bars as a run over all of them uses them, adjusted where they can be; `nil` when no run can.
  public var sha256: String?
  /// The currency of its prices as the source writes it; `nil` when unknown.
  public var currency: String?
  /// What it is and where it is from, in one sentence.
  public var description: String
  /// When the cache got it; `nil` for samples.
  public var fetchedAt: EpochMilliseconds?
  /// The host or file it came from; `nil` for samples.
  public var host: String?

  /// Notes a data set.
  public init(
    id: String, kind: Kind, symbol: String, interval: String? = nil, start: EpochMilliseconds? = nil,
    end: EpochMilliseconds? = nil, rows: Int, sha256: String? = nil, currency: String? = nil, description: String,
    fetchedAt: EpochMilliseconds? = nil, host: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.symbol = symbol
    self.interval = interval
    self.start = start
    self.end = end
    self.rows = rows
    self.sha256 = sha256
    self.currency = currency
    self.description = description
    self.fetchedAt = fetchedAt
    self.host = host
  }

  /// Where a run takes its bars from.
  public var source: DataSource {
    switch kind {
    case .sample: .sample(name: symbol, adjusted: true)
    case .imported: .imported(name: symbol, adjusted: true)
    case .cached:
      .yahoo(
        YahooBars(
          symbol: symbol, interval: interval.flatMap { BarInterval(rawValue: $0) } ?? .oneDay,
          extendedHours: id.hasSuffix(Datasets.extendedSuffix), freshness: .held))
    }
  }
}

/// The data sets a run can use without the network: samples, what was fetched earlier, and imported files.
///
/// Calls block for a disk.
public struct Datasets: Sendable {
  static let extendedSuffix = ":extended"
  let marketData: MarketDataProvider

  /// Makes a view on them.
  public init(_ marketData: MarketDataProvider) { self.marketData = marketData }

  /// All of them: samples, then what was fetched, then what was imported, each by name. Every data set is read, to hash it.
  ///
  /// - Throws: ``ServiceError/marketData(_:)`` when the cache cannot be used.
  public func list() throws(ServiceError) -> [Dataset] {
    var found: [Dataset] = []
    for name in Samples.names.sorted() { found.append(try Self.sample(name)) }
    for summary in try summaries() { found.append(try dataset(summary)) }
    return found
  }

  /// One data set, by its id. `GOOG` alone is the sample of that name, else the import of it.
  ///
  /// - Throws: ``ServiceError/unknownDataset(_:known:)``; ``ServiceError/marketData(_:)`` when the cache cannot be used.
  public func describe(_ id: String) throws(ServiceError) -> Dataset {
    if let sample = Samples.names.first(where: { Self.isID(id, of: "sample", $0) }) { return try Self.sample(sample) }
    let summaries = try summaries()
    guard let summary = summaries.first(where: { Self.isID(id, $0) }) else {
      throw .unknownDataset(id, known: Samples.names.map { "sample:\($0)" } + summaries.map(Self.id))
    }
    return try dataset(summary)
  }

  /// Where a run takes the bars of a data set from, without reading it.
  ///
  /// - Throws: As ``describe(_:)``.
  public func source(_ id: String) throws(ServiceError) -> DataSource {
    if let sample = Samples.names.first(where: { Self.isID(id, of: "sample", $0) }) {
      return .sample(name: sample, adjusted: true)
    }
    let summaries = try summaries()
    guard let summary = summaries.first(where: { Self.isID(id, $0) }) else {
      throw .unknownDataset(id, known: Samples.names.map { "sample:\($0)" } + summaries.map(Self.id))
    }
    return Self.outline(summary).source
  }

  /// All of them as ``list()`` has them, but without reading bars: `rows` counts holes too, and there is no hash.
  ///
  /// - Throws: ``ServiceError/marketData(_:)`` when the cache cannot be used.
  public func outlines() throws(ServiceError) -> [Dataset] {
    return samples + (try summaries()).map(Self.outline)
  }

  /// The samples alone, which need no cache.
  public var samples: [Dataset] { Self.carried }

  /// Read once: what the program carries does not change.
  private static let carried = Samples.names.sorted().compactMap { try? sample($0) }

  /// The ids there are, for a near miss.
  func known() throws(ServiceError) -> [String] {
    Samples.names.map { "sample:\($0)" } + (try summaries()).map(Self.id)
  }

  func summaries() throws(ServiceError) -> [DataSetSummary] {
    do throws(MarketDataError) {
      return try marketData.service().dataSetsBlocking()
    } catch { throw .marketData(error) }
  }

  func dataset(_ summary: DataSetSummary) throws(ServiceError) -> Dataset {
    var dataset = Self.outline(summary)
    do throws(MarketDataError) {
      let loaded = try marketData.service().wholeBlocking(summary)
      (dataset.start, dataset.end) = (loaded.series.times.first, loaded.series.times.last)
      (dataset.rows, dataset.sha256) = (loaded.series.count, loaded.provenance.snapshot)
    } catch {
      switch error {
      case .cache, .cacheBusy: throw .marketData(error)
      // Bars that no run can use are listed all the same: this is where one looks for what is wrong.
      default: dataset.description += " No run can use it: \(error)"
      }
    }
    return dataset
  }

  private static func sample(_ name: String) throws(ServiceError) -> Dataset {
    let series: BarSeries
    do { series = try Samples.load(name, adjusted: true) } catch { throw .data("\(error)") }
    return Dataset(
      id: "sample:\(name)", kind: .sample, symbol: name, interval: "1d", start: series.times.first,
      end: series.times.last, rows: series.count, sha256: DataSnapshot.sha256(of: series), currency: "USD",
      description: "Daily bars carried by the program (Quandl WIKI, public domain), adjusted for splits and dividends.")
  }

  private static func outline(_ summary: DataSetSummary) -> Dataset {
    let isCached = summary.source == "yahoo"
    let name = summary.name.map { "\($0), " } ?? ""
    return Dataset(
      id: id(summary), kind: isCached ? .cached : .imported, symbol: summary.symbol,
      interval: summary.interval.isEmpty ? nil : summary.interval, start: summary.firstTime, end: summary.lastTime,
      rows: summary.barCount, sha256: nil, currency: summary.currency,
      description: isCached
        ? "\(name)fetched from \(summary.host) on \(UTCText.formatDate(summary.fetchedAt))."
        : "\(name)imported from \(summary.host) on \(UTCText.formatDate(summary.fetchedAt)).",
      fetchedAt: summary.fetchedAt, host: summary.host)
  }

  /// The id of a data set of the cache.
  public static func id(_ summary: DataSetSummary) -> String {
    summary.source == "yahoo"
      ? "yahoo:\(summary.symbol):\(summary.interval)\(summary.extendedHours ? extendedSuffix : "")"
      : "import:\(summary.symbol)"
  }

  /// Whether an id, or the name of an import alone, means a data set of the cache.
  public static func isID(_ id: String, _ summary: DataSetSummary) -> Bool {
    // Names of imports are as they were given; Yahoo's symbols are the same in small letters.
    summary.source == "yahoo"
      ? id.lowercased() == Self.id(summary).lowercased() : id == Self.id(summary) || id == summary.symbol
  }

  private static func isID(_ id: String, of kind: String, _ name: String) -> Bool {
    id.uppercased() == name || id.lowercased() == "\(kind):\(name)".lowercased()
  }
}

extension DatasetRecord {
  /// A data set as the wire describes it; `nil` for one without usable bars, which the wire has no form for.
  package init?(_ dataset: Dataset) {
    guard let start = dataset.start, let end = dataset.end, let sha256 = dataset.sha256 else { return nil }
    let kind: DatasetKind =
      switch dataset.kind {
      case .sample: .sample
      case .cached: .cached
      case .imported: .imported
      }
    self.init(
      dataset: dataset.id, kind: kind, symbols: [dataset.symbol], timeframe: dataset.interval, start: start, end: end,
      rows: dataset.rows, sha256: sha256, currency: dataset.currency, description: dataset.description)
  }
}
