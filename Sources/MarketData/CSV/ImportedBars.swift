public import TradingModel

/// The bars of a CSV file and what was understood of it.
public struct ImportedBars: Sendable, Equatable {
  /// The bars, oldest first.
  public let series: BarSeries
  /// The symbol that the file's columns, its header or its name suggest; `nil` when none does.
  public let symbol: String?
  /// The one offset from UTC that all times of the file have, e.g. `-05:00`; `nil` for UTC, dates and several offsets.
  public let timeZone: String?
  /// How the file was read.
  public let report: CSVReport
}

/// How far an import has come.
public struct CSVProgress: Sendable, Equatable {
  /// Bytes of the file read so far; of the compressed file if it is compressed.
  public let bytesDone: Int
  /// Bytes of the file; `nil` when it is not an ordinary file.
  public let bytesTotal: Int?
}
