package import TradingModel

/// One bar on the wire: `[open, high, low, close, volume]`, prices in the quote currency, volume null when unknown.
///
/// The hot path writes rows itself; this type describes them.
package struct BarRow: Codable, Equatable, Sendable {
  /// The first price.
  package var open: Double
  /// The highest price.
  package var high: Double
  /// The lowest price.
  package var low: Double
  /// The last price.
  package var close: Double
  /// Units traded; `nil` when unknown.
  package var volume: Double?

  package init(open: Double, high: Double, low: Double, close: Double, volume: Double?) {
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }

  /// The row of a bar; a volume of NaN becomes null.
  package init(_ bar: Bar) {
    self.init(
      open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume.isNaN ? nil : bar.volume)
  }

  /// The bar of the row.
  package func bar(time: EpochMilliseconds) -> Bar {
    Bar(time: time, open: open, high: high, low: low, close: close, volume: volume ?? .nan)
  }

  package init(from decoder: any Decoder) throws {
    let values = try [Double?](from: decoder)
    guard values.count == 5, let open = values[0], let high = values[1], let low = values[2], let close = values[3]
    else {
      throw WirePath(decoder.codingPath).error("must be [open, high, low, close, volume], only the volume may be null")
    }
    self.init(open: open, high: high, low: low, close: close, volume: values[4])
  }

  package func encode(to encoder: any Encoder) throws { try [open, high, low, close, volume].encode(to: encoder) }
}
