import BacktestService
import ContentDigest
import MarketData
import StrategyKit
import StrategyProtocol
import TradingModel

/// `datasets/…`, and the bars that a request means.
extension ServerSession {
  func listDatasets(_ request: DatasetsListRequest) throws -> DatasetsListResponse {
    let page = try Page(cursor: request.cursor, limit: request.limit)
    let names = Samples.names.sorted()
    return DatasetsListResponse(
      items: try page.items(of: names).map(Self.sample), nextCursor: page.next(total: names.count))
  }

  func describe(_ request: DatasetsDescribeRequest) throws -> DatasetRecord {
    try Self.sample(Self.sampleName(request.dataset))
  }

  private static func sampleName(_ dataset: String) throws(RPCError) -> String {
    if let name = Samples.names.first(where: { $0 == dataset.uppercased() }) { return name }
    throw RPCError(
      .unknownDataset, "There is no data set \(dataset)\(NearMiss.hint(dataset, among: Array(Samples.names))).",
      pointer: "/dataset")
  }

  /// Whether a data set is a file of bars rather than an id, which holds no slash.
  private static func isFile(_ dataset: String) -> Bool { dataset.contains("/") }

  private static func sample(_ name: String) throws -> DatasetRecord {
    let bars = try Samples.load(name, adjusted: true)
    return DatasetRecord(
      dataset: name, kind: .sample, symbols: [name], timeframe: "1d", start: bars.times.first ?? 0,
      end: bars.times.last ?? 0, rows: bars.count, sha256: String(repeating: "0", count: 64), currency: "USD",
      description: "Daily bars shipped with the host.")
  }

  func dataSource(
    _ dataset: String?, _ symbols: [String]?, _ timeframe: String?, _ start: EpochMilliseconds?,
    _ end: EpochMilliseconds?
  ) throws -> DataSource {
    if let dataset {
      if Self.isFile(dataset) { return .file(path: dataset, options: CSVOptions()) }
      return .sample(name: try Self.sampleName(dataset), adjusted: true)
    }
    return .sample(name: symbols?.first ?? "", adjusted: true)
  }
}
