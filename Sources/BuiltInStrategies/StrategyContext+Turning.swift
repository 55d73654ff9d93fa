public import StrategyKit

extension StrategyContext {
  /// Closes what is open, then buys with all buying power after a crossing from below, or sells after one from above.
  ///
  /// Not inlined: the loop over the bars, where nothing of the kind happens on most, stays short.
  @usableFromInline
  @inline(never)
  mutating func turnPosition(on cross: Cross) {
    closePosition()
    if cross == .above { buy() } else { sell() }
  }
}
