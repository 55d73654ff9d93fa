public import BacktestService
public import RunStore

/// A run as a file of its own.
public enum RunReport {
  /// The run's page as one HTML file that needs nothing else: no network, no other file.
  ///
  /// - Parameter version: The program's version.
  public static func html(_ record: RunRecord, _ result: RunResult, bars: StoredBars, version: String) -> [UInt8] {
    let chart = RunChart(record, result, bars: bars)
    return RunDetailPage(record, result, chart: chart, place: .file(version: version)).bytes
  }

  /// The chart of a run alone; see ``svg(_:_:bars:)``.
  public static func svg(_ record: RunRecord, chart: RunChart) -> [UInt8] {
    ChartSVG(chart, title: "\(record.strategy) on \(record.ticker)").bytes
  }

  /// The run's chart alone as an SVG picture: prices and trades, equity, drawdown.
  public static func svg(_ record: RunRecord, _ result: RunResult, bars: StoredBars) -> [UInt8] {
    svg(record, chart: RunChart(record, result, bars: bars))
  }
}
