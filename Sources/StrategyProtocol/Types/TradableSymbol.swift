/// One instrument of a run.
package struct TradableSymbol: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Ticker; the key in every object keyed by symbol.
  package var symbol: String
  /// ISO 4217 code; left out when the data does not say.
  package var currency: String?
  /// Clock of its exchange or file, an IANA name or an offset like -05:00; left out for UTC or when unknown.
  package var timezone: String?
  /// For example `equity`; left out when unknown.
  package var assetClass: String?
  /// Smallest price step; left out when prices are not rounded.
  package var tickSize: Double?
  /// Smallest quantity step in units; 1 when left out.
  package var lotSize: Double?
  /// Money per point and unit; 1 when left out.
  package var multiplier: Double?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case symbol
    case currency
    case timezone
    case assetClass = "asset_class"
    case tickSize = "tick_size"
    case lotSize = "lot_size"
    case multiplier
  }

  /// Makes it of its fields.
  package init(
    symbol: String, currency: String? = nil, timezone: String? = nil, assetClass: String? = nil,
    tickSize: Double? = nil, lotSize: Double? = nil, multiplier: Double? = nil
  ) {
    self.symbol = symbol
    self.currency = currency
    self.timezone = timezone
    self.assetClass = assetClass
    self.tickSize = tickSize
    self.lotSize = lotSize
    self.multiplier = multiplier
  }

  package func check(_ path: WirePath) throws {
    try path.member("symbol").check(length: symbol, minimum: 1)
    try path.member("tick_size").check(tickSize, above: 0)
    try path.member("lot_size").check(lotSize, above: 0)
    try path.member("multiplier").check(multiplier, above: 0)
  }
}
