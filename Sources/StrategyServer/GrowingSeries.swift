import TradingModel

/// Bars that arrive while a run goes on.
///
/// The series it hands out share its memory. Adding a bar while one of them is alive copies all columns, so a caller lets
/// go of it first.
struct GrowingSeries {
  private var times: [EpochMilliseconds] = []
  private var open: [Double] = []
  private var high: [Double] = []
  private var low: [Double] = []
  private var close: [Double] = []
  private var volume: [Double] = []

  var count: Int { times.count }

  mutating func append(_ bar: Bar) {
    times.append(bar.time)
    open.append(bar.open)
    high.append(bar.high)
    low.append(bar.low)
    close.append(bar.close)
    volume.append(bar.volume)
  }

  mutating func append(
    times: [EpochMilliseconds], open: [Double], high: [Double], low: [Double], close: [Double], volume: [Double]
  ) {
    self.times += times
    self.open += open
    self.high += high
    self.low += low
    self.close += close
    self.volume += volume
  }

  /// The bars so far; the host has checked them.
  var series: BarSeries {
    BarSeries(unchecked: times, open: open, high: high, low: low, close: close, volume: volume)
  }
}
