import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A bar of made-up prices, two decimals.
struct PracticeBar: Equatable {
  var open: Double
  var high: Double
  var low: Double
  var close: Double
  /// Missing when `nil`.
  var volume: Double?

  /// The row of a message.
  var row: JSONValue {
    .array([open, high, low, close].map { JSONValue(number: $0) } + [JSONValue(number: volume)])
  }

  /// A column of a message by its name.
  func value(_ name: String) -> Double? {
    switch name {
    case "open": open
    case "high": high
    case "low": low
    case "close": close
    default: volume
    }
  }
}

/// The made-up bars of a run: every symbol has as many, some may be missing.
struct PracticeBars {
  static let day: Int64 = 86_400_000
  /// 2020-01-01T00:00:00Z.
  static let firstTime: Int64 = 1_577_836_800_000

  var symbols: [String]
  /// Bars of each symbol, in the order of ``symbols``.
  var bars: [[PracticeBar?]]

  var count: Int { bars.first?.count ?? 0 }

  init(symbols: [String], bars: [[PracticeBar?]]) {
    self.symbols = symbols
    self.bars = bars
  }

  /// One symbol's bars.
  init(_ bars: [PracticeBar], symbol: String = "ACME") { self.init(symbols: [symbol], bars: [bars]) }

  /// Daily times.
  static func time(_ index: Int) -> Int64 { firstTime + Int64(index) * day }

  /// Bars with waves and noise, so that crossings and reversals occur.
  static func make(_ count: Int, seed: UInt64 = 1, base: Double = 100) -> [PracticeBar] {
    var noise = Noise(state: seed &* 0x9E37_79B9_7F4A_7C15)
    var close = base
    return (0..<count).map { index in
      let drift = 0.9 * sin(Double(index) / 9) + 0.5 * sin(Double(index) / 31 + Double(seed))
      let open = cents(max(5, close + noise.uniform(-0.3, 0.3)))
      close = cents(max(5, open + drift + noise.uniform(-0.8, 0.8)))
      let high = cents(max(open, close) + noise.uniform(0, 0.7))
      let low = cents(max(1, min(open, close) - noise.uniform(0, 0.7)))
      return PracticeBar(
        open: open, high: high, low: low, close: close, volume: noise.uniform(500, 5000).rounded())
    }
  }

  private static func cents(_ price: Double) -> Double { (price * 100).rounded() / 100 }

  /// SplitMix64: small, and the same on every machine.
  private struct Noise {
    var state: UInt64

    mutating func uniform(_ low: Double, _ high: Double) -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word >> 31
      return low + (high - low) * (Double(word >> 11) * 0x1p-53)
    }
  }
}
