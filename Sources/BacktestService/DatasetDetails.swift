public import MarketData
import TradingModel

/// A data set with what is remarkable about its bars.
public struct DatasetDetails: Sendable, Equatable {
  /// What it is.
  public var dataset: Dataset
  /// What the cache knows about it; `nil` for a sample.
  public var cached: DataSetDescription?
  /// What is remarkable about its bars.
  public var quality: DataQualityReport
}

extension Datasets {
  /// All about one data set.
  ///
  /// - Parameters:
  ///   - name: An id, or a symbol or name alone: then what was fetched of it is meant first, an import next, a sample last.
  ///   - interval: The interval of what was fetched; `nil` takes days, or else any.
  /// - Throws: As ``describe(_:)``.
  public func details(
    _ name: String, interval: BarInterval? = nil, extendedHours: Bool = false
  ) throws(ServiceError) -> DatasetDetails {
    let all = try summaries()
    let fetched = all.filter {
      $0.source == "yahoo" && $0.symbol == name.uppercased() && $0.extendedHours == extendedHours
        && (interval.map(\.source.rawValue) ?? $0.interval) == $0.interval
    }
    let found = fetched.first { $0.interval == "1d" } ?? fetched.first ?? all.first { Self.isID(name, $0) }
    guard let summary = found else {
      if let interval, all.contains(where: { $0.symbol == name.uppercased() }) {
        throw .unknownDataset("yahoo:\(name.uppercased()):\(interval.rawValue)", known: try known())
      }
      return try sampleDetails(name)
    }
    let description: DataSetDescription
    do throws(MarketDataError) {
      description = try marketData.service().describeBlocking(summary)
    } catch { throw .marketData(error) }
    return DatasetDetails(dataset: try dataset(summary), cached: description, quality: description.quality)
  }

  private func sampleDetails(_ name: String) throws(ServiceError) -> DatasetDetails {
    let dataset = try describe(name)
    let bars: BarSeries
    do { bars = try Samples.load(dataset.symbol, adjusted: true) } catch { throw .data("\(error)") }
    return DatasetDetails(dataset: dataset, quality: DataQualityReport(series: bars, source: "sample"))
  }
}
