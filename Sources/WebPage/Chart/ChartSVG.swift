import BacktestService
import ReportRendering
import TradingModel

/// A chart as a picture: prices with entries and exits joined, account value against holding, drawdown.
struct ChartSVG {
  /// Size of the picture in its own units.
  private static let width = 1200.0
  private static let height = 760.0
  private static let left = 16.0
  private static let right = 1112.0
  /// Above so many trades only their entries are marked.
  private static let mostJoined = 800

  private let chart: RunChart
  private let title: String
  private let window: ChartWindow

  init(_ chart: RunChart, title: String) {
    self.chart = chart
    self.title = title
    window = ChartWindow(chart, from: 0, to: chart.count, points: Int(Self.right - Self.left))
  }

  var bytes: [UInt8] {
    let content: HTML =
      chart.count == 0
      ? "<text class=\"title\" x=\"16\" y=\"70\">The run has no bars to draw.</text>" : "\(panes)\n\(timeAxis)"
    let document: HTML = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 760" width="1200" height="760" role="img" aria-label="\(title)">
      <style>\(Self.style)</style>
      <rect class="back" width="1200" height="760"/>
      <text class="title" x="16" y="28">\(title)</text>
      \(content)
      </svg>

      """
    return Array(document.text.utf8)
  }

  private static let style: HTML = """
    svg{--ink:#171a21;--soft:#59606e;--grid:#e3e6eb;--back:#fff;--line:#2456c8;--gain:#0b7a55;--loss:#c0303c;--o1:#b45309;\
    --o2:#7c3aed;color-scheme:light dark}@media(prefers-color-scheme:dark){svg{--ink:#e8eaf0;--soft:#9aa3b2;--grid:#2a303b;\
    --back:#12151b;--line:#86aaff;--gain:#3fc796;--loss:#ff7d84;--o1:#f0a94b;--o2:#b79bff}}\
    text{font:12px system-ui,sans-serif;fill:var(--soft)}.title{font-size:17px;font-weight:600;fill:var(--ink)}\
    .name{font-weight:600;fill:var(--ink)}.back{fill:var(--back)}.grid{stroke:var(--grid)}path{fill:none;stroke-width:1.3;\
    stroke-linejoin:round}.price,.equity{stroke:var(--line)}.hold{stroke:var(--soft);stroke-dasharray:4 3}\
    .range{stroke:var(--line);stroke-opacity:.3}.o0{stroke:var(--o1)}.o1{stroke:var(--o2)}.gain{stroke:var(--gain)}\
    .loss{stroke:var(--loss)}.join{stroke-dasharray:3 2}.dots.gain{fill:var(--gain)}.dots.loss{fill:var(--loss)}\
    .drawdown{stroke:var(--loss);fill:var(--loss);fill-opacity:.15}
    """

  // MARK: Panes

  private var panes: HTML {
    let equityTop = chart.bars == nil ? 60.0 : 468.0
    var panes: [HTML] = []
    if let bars = chart.bars { panes.append(prices(bars)) }
    panes.append(account(top: equityTop, bottom: 600))
    panes.append(drawdowns(top: 626, bottom: 716))
    return "\(panes)"
  }

  private func prices(_ bars: BarSeries) -> HTML {
    let overlays = zip(chart.overlays, window.overlays).filter { $0.0.pane == .price }
    let lows = window.low + overlays.flatMap { $0.1.low }
    let highs = window.high + overlays.flatMap { $0.1.high }
    guard let scale = Scale(lows, highs, top: 60, bottom: 440) else { return .nothing }
    let names = ["\(chart.symbol) close"] + overlays.map { $0.0.name }
    let ranges = window.size > 1 ? path("range", bars: scale) : .nothing
    let lines = overlays.enumerated().map { position, overlay in
      path("o\(position % 2)", line: overlay.1, scale)
    }
    return """
      \(grid(scale, names.joined(separator: ", ")))
      \(ranges)
      \(path("price", values: window.close, scale))
      \(lines)
      \(trades(scale))
      """
  }

  private func account(top: Double, bottom: Double) -> HTML {
    var hold: [Double] = []
    if let bars = chart.bars, let start = chart.equity.first, bars.close.indices.contains(chart.warmUpIndex) {
      hold = window.close.map { start * $0 / bars.close[chart.warmUpIndex] }
    }
    guard let scale = Scale(window.equity.low + hold, window.equity.high + hold, top: top, bottom: bottom) else {
      return .nothing
    }
    return """
      \(grid(scale, hold.isEmpty ? "Equity" : "Equity, and holding as a dashed line"))
      \(hold.isEmpty ? .nothing : path("hold", values: hold, scale))
      \(path("equity", line: window.equity, scale))
      """
  }

  private func drawdowns(top: Double, bottom: Double) -> HTML {
    guard let scale = Scale(window.drawdown.low + [-0.1], [0], top: top, bottom: bottom, margin: 0) else {
      return .nothing
    }
    let points = window.drawdown.low.enumerated().filter { !$0.element.isNaN }
    guard let first = points.first, let last = points.last else { return .nothing }
    var text = "M\(Self.text(x(first.offset))) \(Self.text(scale.y(0)))"
    for point in points { text += "L\(Self.text(x(point.offset))) \(Self.text(scale.y(point.element)))" }
    text += "L\(Self.text(x(last.offset))) \(Self.text(scale.y(0)))Z"
    return "\(grid(scale, "Drawdown %", count: 3))\n<path class=\"drawdown\" d=\"\(text)\"/>"
  }

  private func grid(_ scale: Scale, _ name: String, count: Int = 5) -> HTML {
    let lines = AxisTicks.values(from: scale.low, to: scale.high, count: count).map { tick -> HTML in
      let y = Self.text(scale.y(tick.value))
      return """
        <line class="grid" x1="16" x2="1112" y1="\(y)" y2="\(y)"/><text x="1120" y="\(Self.text(scale.y(tick.value) + 4))">\(tick.text)</text>
        """
    }
    return "\(lines)\n<text class=\"name\" x=\"16\" y=\"\(Self.text(scale.top - 8))\">\(name)</text>"
  }

  private var timeAxis: HTML {
    let marks = AxisTicks.times(window.times, count: 11).map { mark -> HTML in
      let x = Self.text(x(mark.position))
      return """
        <line class="grid" x1="\(x)" x2="\(x)" y1="60" y2="716"/><text x="\(x)" y="738" text-anchor="middle">\(mark.text)</text>
        """
    }
    return "\(marks)"
  }

  // MARK: Paths

  private func trades(_ scale: Scale) -> HTML {
    let isJoined = chart.trades.count <= Self.mostJoined
    var joins = ["gain": "", "loss": ""]
    var dots = ["gain": "", "loss": ""]
    for trade in chart.trades {
      let tone = trade.pnl >= 0 ? "gain" : "loss"
      let (x1, y1) = (x(bar: trade.entryIndex), scale.y(trade.entryPrice))
      let (x2, y2) = (x(bar: trade.exitIndex), scale.y(trade.exitPrice))
      if isJoined { joins[tone, default: ""] += "M\(Self.text(x1)) \(Self.text(y1))L\(Self.text(x2)) \(Self.text(y2))" }
      // A triangle that points the way the trade bets, and a short bar at the exit.
      let (tip, base) = trade.size > 0 ? (y1 + 2, y1 + 9) : (y1 - 2, y1 - 9)
      dots[tone, default: ""] +=
        "M\(Self.text(x1)) \(Self.text(tip))L\(Self.text(x1 - 4)) \(Self.text(base))L\(Self.text(x1 + 4)) \(Self.text(base))Z"
      if isJoined {
        dots[tone, default: ""] += "M\(Self.text(x2 - 3)) \(Self.text(y2))L\(Self.text(x2 + 3)) \(Self.text(y2))"
      }
    }
    let paths = ["gain", "loss"].map { tone -> HTML in
      "<path class=\"join \(tone)\" d=\"\(joins[tone] ?? "")\"/><path class=\"dots \(tone)\" d=\"\(dots[tone] ?? "")\"/>"
    }
    return "\(paths)"
  }

  /// The range from low to high of each bucket.
  private func path(_ name: String, bars scale: Scale) -> HTML {
    var text = ""
    for (position, (low, high)) in zip(window.low, window.high).enumerated() {
      let x = Self.text(x(position))
      text += "M\(x) \(Self.text(scale.y(low)))L\(x) \(Self.text(scale.y(high)))"
    }
    return "<path class=\"\(name)\" d=\"\(text)\"/>"
  }

  private func path(_ name: String, values: [Double], _ scale: Scale) -> HTML {
    path(name, line: ChartWindow.Line(low: values, high: values, last: values), scale)
  }

  /// A line through the extremes of each bucket, interrupted where there is no value.
  private func path(_ name: String, line: ChartWindow.Line, _ scale: Scale) -> HTML {
    var text = ""
    var isDown = false
    for position in line.last.indices {
      let (low, high, last) = (line.low[position], line.high[position], line.last[position])
      if last.isNaN {
        isDown = false
        continue
      }
      let x = Self.text(x(position))
      // The extreme farther from the end comes first: a line that rises or falls steadily is then drawn steadily.
      let (first, second) = last - low > high - last ? (low, high) : (high, low)
      text += "\(isDown ? "L" : "M")\(x) \(Self.text(scale.y(first)))"
      if high > low { text += "V\(Self.text(scale.y(second)))V\(Self.text(scale.y(last)))" }
      isDown = true
    }
    return "<path class=\"\(name)\" d=\"\(text)\"/>"
  }

  private func x(_ bucket: Int) -> Double { x(bar: bucket * window.size + window.size / 2) }

  private func x(bar: Int) -> Double {
    Self.left + (Double(bar) + 0.5) / Double(max(chart.count, 1)) * (Self.right - Self.left)
  }

  /// A coordinate with one decimal.
  private static func text(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    guard tenths.magnitude < 1e9 else { return "0" }
    let whole = Int(tenths)
    return whole % 10 == 0 ? "\(whole / 10)" : "\(whole < 0 ? "-" : "")\(abs(whole) / 10).\(abs(whole) % 10)"
  }

  /// Values along the height of a pane.
  private struct Scale {
    let low: Double
    let high: Double
    let top: Double
    let bottom: Double

    /// The range of the values with some room; `nil` when there are none.
    init?(_ lows: [Double], _ highs: [Double], top: Double, bottom: Double, margin: Double = 0.04) {
      guard let low = lows.filter(\.isFinite).min(), let high = highs.filter(\.isFinite).max() else { return nil }
      let room = high > low ? (high - low) * margin : max(abs(high) * 0.01, 0.01)
      self.low = low - room
      self.high = high + room
      self.top = top
      self.bottom = bottom
    }

    func y(_ value: Double) -> Double { bottom - (value - low) / (high - low) * (bottom - top) }
  }
}
