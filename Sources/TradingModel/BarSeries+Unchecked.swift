extension BarSeries {
  /// Makes a series of columns whose rows were checked before, sharing their memory.
  ///
  /// For bars that arrive one by one: checking all of them again for every bar would cost the square of their number.
  package init(
    unchecked times: [EpochMilliseconds], open: [Double], high: [Double], low: [Double], close: [Double],
    volume: [Double]
  ) {
    self.times = times
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}
