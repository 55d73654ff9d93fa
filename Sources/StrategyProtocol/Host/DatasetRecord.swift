package import TradingModel

/// Where a data set comes from.
package enum DatasetKind: String, WireName {
  /// Shipped with the host.
  case sample
  /// Downloaded earlier.
  case cached
  /// Imported from a file.
  case imported
}

/// What the host knows about a data set.
package struct DatasetRecord: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Its id.
  package var dataset: String
  /// Where it comes from.
  package var kind: DatasetKind
  /// What is in it.
  package var symbols: [String]
  /// Length of a bar; left out when unknown.
  package var timeframe: String?
  /// Time of the first bar, epoch ms.
  package var start: EpochMilliseconds
  /// Time of the last bar, epoch ms.
  package var end: EpochMilliseconds
  /// Number of bars.
  package var rows: Int
  /// Hash of its bars.
  package var sha256: String
  /// ISO 4217 code of its prices.
  package var currency: String?
  /// What it is and where it is from.
  package var description: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case dataset
    case kind
    case symbols
    case timeframe
    case start
    case end
    case rows
    case sha256
    case currency
    case description
  }

  /// Makes it of its fields.
  package init(
    dataset: String, kind: DatasetKind, symbols: [String], timeframe: String? = nil, start: EpochMilliseconds,
    end: EpochMilliseconds, rows: Int, sha256: String, currency: String? = nil, description: String? = nil
  ) {
    self.dataset = dataset
    self.kind = kind
    self.symbols = symbols
    self.timeframe = timeframe
    self.start = start
    self.end = end
    self.rows = rows
    self.sha256 = sha256
    self.currency = currency
    self.description = description
  }

  package func check(_ path: WirePath) throws {
    try path.member("rows").check(rows, minimum: 0)
    try path.member("sha256").check(sha256: sha256)
  }
}
