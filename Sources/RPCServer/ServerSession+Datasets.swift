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
    guard let name = Samples.names.first(where: { $0 == request.dataset.uppercased() }) else {
      throw RPCError(
        .unknownDataset,
        "There is no data set \(request.dataset)\(NearMiss.hint(request.dataset, among: Array(Samples.names))).",
        pointer: "/dataset")
    }
    return try Self.sample(name)
  }

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
    .sample(name: dataset ?? symbols?.first ?? "", adjusted: true)
  }
}
