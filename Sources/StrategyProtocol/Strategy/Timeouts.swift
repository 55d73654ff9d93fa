/// How long the host waits for each answer, milliseconds.
package struct Timeouts: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// From the start of the process to the initialize answer.
  package var initialize: Int
  /// run/start.
  package var runStart: Int
  /// bar/next; in preload again after every $/progress.
  package var barNext: Int
  /// bars/next, plus `bars_next_per_bar` for every bar of the chunk.
  package var barsNext: Int
  /// See bars_next.
  package var barsNextPerBar: Int
  /// series/load; the last one of preload has series_evaluate.
  package var seriesLoad: Int
  /// series/evaluate, and again after every $/progress.
  package var seriesEvaluate: Int
  /// series/evaluate, or a bar/next of preload, altogether.
  package var seriesEvaluateMax: Int
  /// run/end.
  package var runEnd: Int
  /// No byte taken from the strategy's stdin.
  package var writeStall: Int
  /// shutdown; the same again before each harder step.
  package var shutdown: Int

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case initialize
    case runStart = "run_start"
    case barNext = "bar_next"
    case barsNext = "bars_next"
    case barsNextPerBar = "bars_next_per_bar"
    case seriesLoad = "series_load"
    case seriesEvaluate = "series_evaluate"
    case seriesEvaluateMax = "series_evaluate_max"
    case runEnd = "run_end"
    case writeStall = "write_stall"
    case shutdown
  }

  /// Makes it of its fields.
  package init(
    initialize: Int, runStart: Int, barNext: Int, barsNext: Int, barsNextPerBar: Int, seriesLoad: Int,
    seriesEvaluate: Int, seriesEvaluateMax: Int, runEnd: Int, writeStall: Int, shutdown: Int
  ) {
    self.initialize = initialize
    self.runStart = runStart
    self.barNext = barNext
    self.barsNext = barsNext
    self.barsNextPerBar = barsNextPerBar
    self.seriesLoad = seriesLoad
    self.seriesEvaluate = seriesEvaluate
    self.seriesEvaluateMax = seriesEvaluateMax
    self.runEnd = runEnd
    self.writeStall = writeStall
    self.shutdown = shutdown
  }

  package func check(_ path: WirePath) throws {
    try path.member("initialize").check(initialize, minimum: 1)
    try path.member("run_start").check(runStart, minimum: 1)
    try path.member("bar_next").check(barNext, minimum: 1)
    try path.member("bars_next").check(barsNext, minimum: 1)
    try path.member("bars_next_per_bar").check(barsNextPerBar, minimum: 1)
    try path.member("series_load").check(seriesLoad, minimum: 1)
    try path.member("series_evaluate").check(seriesEvaluate, minimum: 1)
    try path.member("series_evaluate_max").check(seriesEvaluateMax, minimum: 1)
    try path.member("run_end").check(runEnd, minimum: 1)
    try path.member("write_stall").check(writeStall, minimum: 1)
    try path.member("shutdown").check(shutdown, minimum: 1)
  }
}

extension Timeouts {
  /// What the host waits unless it is told otherwise.
  ///
  /// Generous where interpreters start or libraries load, short where a wait only means a hang; other hosts' one- and
  /// five-second limits made working programs fail on cold disks.
  package static let standard = Timeouts(
    initialize: 30_000, runStart: 60_000, barNext: 5_000, barsNext: 5_000, barsNextPerBar: 50, seriesLoad: 60_000,
    seriesEvaluate: 300_000, seriesEvaluateMax: 3_600_000, runEnd: 10_000, writeStall: 10_000, shutdown: 2_000)

  /// Every time multiplied by `factor`, at least 1 ms and at most 2⁵³ − 1 ms.
  package func scaled(by factor: Double) -> Timeouts {
    func scale(_ milliseconds: Int) -> Int {
      let product = (Double(milliseconds) * factor).rounded()
      return product >= 9_007_199_254_740_991 ? 9_007_199_254_740_991 : max(1, Int(exactly: product) ?? 1)
    }
    return Timeouts(
      initialize: scale(initialize), runStart: scale(runStart), barNext: scale(barNext), barsNext: scale(barsNext),
      barsNextPerBar: scale(barsNextPerBar), seriesLoad: scale(seriesLoad), seriesEvaluate: scale(seriesEvaluate),
      seriesEvaluateMax: scale(seriesEvaluateMax), runEnd: scale(runEnd), writeStall: scale(writeStall),
      shutdown: scale(shutdown))
  }
}
