import BacktestService
import MarketData
import StrategyProtocol

/// `datasets/…`, and the bars that a request means.
extension ServerSession {
  private var datasets: Datasets { Datasets(queue.service.marketData) }

  func listDatasets(_ request: DatasetsListRequest) throws -> DatasetsListResponse {
    let page = try Page(cursor: request.cursor, limit: request.limit)
    let all = try datasets.outlines()
    // Only those of the page are read and hashed. One without usable bars has no form on the wire and leaves the page
    // shorter; `backtester data show` tells what is wrong with it.
    let items = try page.items(of: all).compactMap { outline in
      do throws(ServiceError) {
        return DatasetRecord(try datasets.describe(outline.id))
      } catch {
        // It was removed meanwhile.
        if case .unknownDataset = error { return nil }
        throw error
      }
    }
    return DatasetsListResponse(items: items, nextCursor: page.next(total: all.count))
  }

  func describe(_ request: DatasetsDescribeRequest) throws -> DatasetRecord {
    let dataset = try datasets.describe(request.dataset)
    guard let record = DatasetRecord(dataset) else {
      throw RPCError(.dataUnavailable, dataset.description, pointer: "/dataset")
    }
    return record
  }

  /// The id under which runs on a data set are stored; what is no data set (any more) is taken as it is.
  func canonicalID(ofDataset id: String) -> String { (try? datasets.source(id))?.datasetID ?? id }

  /// Where a request's bars come from: a data set by its id, a file by its path, or a symbol that is downloaded if need be.
  ///
  /// With a data set, symbols only confirm what is in it.
  func dataSource(_ dataset: String?, _ symbols: [String]?, _ timeframe: String?) throws -> DataSource {
    if let symbols, symbols.count > 1 {
      throw RPCError(
        .invalidParams, "There are \(symbols.count) symbols; this engine trades one at a time.", pointer: "/symbols")
    }
    if let dataset {
      // A file of bars rather than an id, which holds no slash.
      if dataset.contains("/") { return .file(path: dataset, options: CSVOptions()) }
      let source = try datasets.source(dataset)
      if let symbol = symbols?.first, symbol.uppercased() != source.symbolOfDataset.uppercased() {
        throw RPCError(
          .invalidParams, "The data set \(dataset) has the symbol \(source.symbolOfDataset), not \(symbol).",
          pointer: "/symbols/0", hint: "Leave symbols out, or leave dataset out to download the symbol.")
      }
      return source
    }
    guard let symbol = symbols?.first else {
      throw RPCError(.invalidParams, "The request has neither dataset nor symbols.", pointer: "/dataset")
    }
    let interval: BarInterval
    do {
      interval = try timeframe.map { text throws(MarketDataError) in try BarInterval(parsing: text) } ?? .oneDay
    } catch {
      throw RPCError(.invalidParams, "\(error)", pointer: "/timeframe")
    }
    return .yahoo(YahooBars(symbol: symbol, interval: interval))
  }
}

extension DataSource {
  /// What is traded with a data set's bars.
  fileprivate var symbolOfDataset: String {
    switch self {
    case .sample(let name, _), .imported(let name, _): name
    case .yahoo(let bars): bars.symbol
    case .file(let path, _): path
    }
  }
}
