import TradingModel

/// A small line chart of the account value, drawn with Braille dots: two by four to a character cell.
struct EquityChart {
  let times: [EpochMilliseconds]
  let equity: [Double]

  /// The chart's lines with a scale at the left and dates below; empty when there is nothing to draw.
  ///
  /// Every dot column shows the whole range of the values that fall on it, so that no peak or drop is lost.
  func lines(width: Int, height: Int) -> [String] {
    guard equity.count > 1, let low = equity.min(), let high = equity.max(), low.isFinite, high.isFinite else {
      return []
    }
    let labels = (0..<height).map { row -> String in
      row == 0 ? NumberText.money(high, decimals: 0) : row == height - 1 ? NumberText.money(low, decimals: 0) : ""
    }
    let labelWidth = labels.map(\.count).max() ?? 0
    let plotWidth = max(10, width - labelWidth - 3)
    let dots = dots(columns: plotWidth * 2, rows: height * 4, low: low, high: high)
    var lines = (0..<height).map { row -> String in
      let label = String(repeating: " ", count: labelWidth - labels[row].count) + labels[row]
      return "\(label) ┤\(cells(dots, row: row, width: plotWidth))"
    }
    let first = UTCText.formatDate(times[0])
    let last = UTCText.formatDate(times[times.count - 1])
    let gap = max(1, plotWidth - first.count - last.count)
    lines.append(String(repeating: " ", count: labelWidth + 2) + first + String(repeating: " ", count: gap) + last)
    return lines
  }

  /// Which dots are set, row by row from the top.
  private func dots(columns: Int, rows: Int, low: Double, high: Double) -> [[Bool]] {
    var dots = [[Bool]](repeating: [Bool](repeating: false, count: columns), count: rows)
    let span = high > low ? high - low : 1
    var previous: (low: Int, high: Int)?
    for column in 0..<columns {
      let from = column * (equity.count - 1) / columns
      let to = max(from, (column + 1) * (equity.count - 1) / columns)
      let values = equity[from...to]
      let rowsHit = values.map { rows - 1 - Int((($0 - low) / span * Double(rows - 1)).rounded()) }
      guard var top = rowsHit.min(), var bottom = rowsHit.max() else { continue }
      let hit = (low: top, high: bottom)
      // Neighbouring columns are joined where the curve jumps between them.
      if let previous {
        if top > previous.high + 1 { top = previous.high + 1 }
        if bottom < previous.low - 1 { bottom = previous.low - 1 }
      }
      for row in max(0, top)...min(rows - 1, bottom) { dots[row][column] = true }
      previous = hit
    }
    return dots
  }

  private func cells(_ dots: [[Bool]], row: Int, width: Int) -> String {
    // Bits of the Braille block U+2800, left column from the top, then right column.
    let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    var text = String.UnicodeScalarView()
    for cell in 0..<width {
      var code: UInt32 = 0x2800
      for side in 0..<2 {
        for dot in 0..<4 where dots[row * 4 + dot][cell * 2 + side] { code |= bits[side][dot] }
      }
      text.append(Unicode.Scalar(code) ?? " ")
    }
    return String(text)
  }
}
