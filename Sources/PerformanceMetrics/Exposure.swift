import TradingModel

/// On how many bars a trade was open.
enum Exposure {
  /// Number of the first `count` bars that lie within a closed trade, its entry and exit bars included.
  static func coveredBars(of trades: [Trade], count: Int) -> Int {
    // Trades come in closing order; entries are mostly in order then, so that sorting costs little.
    var spans = trades.map { (first: $0.entryIndex, last: min($0.exitIndex, count - 1)) }
    if !zip(spans, spans.dropFirst()).allSatisfy({ $0.first <= $1.first }) { spans.sort { $0.first < $1.first } }
    var covered = 0
    var end = -1
    for span in spans where span.last > end {
      covered += span.last - max(end, span.first - 1)
      end = span.last
    }
    return covered
  }
}
