import BacktestService
import RunStore
import Testing
import TradingModel
import WebPage

struct ChartWindowTests {
  private let chart: RunChart

  init() throws {
    let run = try SampleRun()
    chart = RunChart(run.record, run.result, bars: StoredBars.load(run.record))
  }

  @Test(arguments: [1, 7, 100, 512, 5000], [0..<2148, 0..<1, 17..<1033, 2000..<9999, 5..<5])
  func everyExtremeIsKept(points: Int, range: Range<Int>) throws {
    let window = ChartWindow(chart, from: range.lowerBound, to: range.upperBound, points: points)
    let bars = try #require(chart.bars)
    let wanted = range.clamped(to: 0..<chart.count)
    #expect(window.size.nonzeroBitCount == 1)
    #expect(wanted.count / window.size <= points)
    #expect(window.size == 1 || wanted.count / (window.size / 2) > points)
    #expect(window.times.count <= points + 2)
    for bucket in window.times.indices {
      let rows = ((window.first + bucket) * window.size..<(window.first + bucket + 1) * window.size)
        .clamped(to: 0..<chart.count)
      #expect(window.times[bucket] == bars.times[rows.lowerBound])
      #expect(window.high[bucket] == bars.high[rows].max())
      #expect(window.low[bucket] == bars.low[rows].min())
      #expect(window.close[bucket] == bars.close[rows.upperBound - 1])
      #expect(window.equity.high[bucket] == chart.equity[rows].max())
      #expect(window.drawdown.low[bucket] == chart.drawdown[rows].min())
    }
    if !wanted.isEmpty {
      #expect(window.first * window.size <= wanted.lowerBound)
      #expect((window.first + window.times.count) * window.size >= wanted.upperBound)
    }
  }

  @Test func absurdNumbersAreClamped() {
    for (from, to, points) in [(Int.min, Int.max, Int.max), (Int.max, Int.min, Int.min), (-5, 3, 0)] {
      let window = ChartWindow(chart, from: from, to: to, points: points)
      #expect(window.times.count <= chart.count)
    }
  }

  @Test func undefinedValuesAreNull() throws {
    let text = String(decoding: ChartWindow(chart, from: 0, to: 40, points: 40).json, as: UTF8.self)
    #expect(text.contains("[null,null,"))
    #expect(!text.contains("nan"))
    #expect(chart.overlays.map(\.name) == ["SMA(10)", "SMA(20)"])
    #expect(chart.overlays[1].values[18].isNaN)
    #expect(!chart.overlays[1].values[19].isNaN)
  }

  @Test func drawdownsMatchTheMetric() throws {
    let run = try SampleRun()
    let deepest = try #require(chart.drawdown.min())
    let metric = try #require(run.record.metric("max_drawdown_pct"))
    #expect(abs(deepest - metric) < 1e-9)
  }

  @Test func aRunWithoutBarsStillHasItsEquity() throws {
    let run = try SampleRun()
    let chart = RunChart(run.record, run.result, bars: .unavailable("Gone."))
    let window = ChartWindow(chart, from: 0, to: chart.count, points: 100)
    #expect(window.close.isEmpty)
    #expect(window.equity.last.last == run.result.equity.equity.last)
    let empty = RunChart(run.record, RunResult(), bars: .unavailable("Gone."))
    #expect(ChartWindow(empty, from: 0, to: 10, points: 10).times.isEmpty)
  }
}
