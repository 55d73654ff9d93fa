import BacktestService
import PerformanceMetrics
import StrategyKit

/// The objective over two parameters of a grid: the first down, the second across, as numbers where they fit, else as shades.
///
/// Where more than two parameters vary, each cell shows the best over the others; where cells do not fit, neighbours are
/// put together and the best of them is shown.
struct SweepHeatMap {
  private let rowName: String
  private let columnName: String
  private let rowLabels: [String]
  private let columnLabels: [String]
  /// `nil` where nothing was tried, or everything failed or is undefined.
  private let cells: [[Double?]]
  private let objective: SweepObjective
  private let coversMore: Bool

  /// Cells without colour, from the worst to the best.
  private static let shades: [Character] = ["·", "░", "▒", "▓", "█"]
  /// Colours of the 256-colour palette from the worst to the best, dark to light.
  private static let colors = [53, 54, 60, 66, 72, 78, 114, 150, 186, 228]
  private static let maximumRows = 40

  /// The map of a sweep; `nil` when it has no grid with at least two parameters of several values.
  init?(_ sweep: Sweep) {
    guard let grid = sweep.plan.grid else { return nil }
    let varied = grid.axes.indices.filter { grid.axes[$0].values.count > 1 }
    guard varied.count >= 2 else { return nil }
    let (down, across) = (varied[0], varied[1])
    // A map with far more cells than trials shows nothing, and a large grid would not fit in memory.
    let (rows, columns) = (grid.axes[down].values.count, grid.axes[across].values.count)
    guard rows.multipliedReportingOverflow(by: columns).partialValue <= 4_000_000, rows * columns > 0 else {
      return nil
    }
    var cells = [[Double?]](repeating: [Double?](repeating: nil, count: columns), count: rows)
    for (trial, value) in sweep.objectiveValues.enumerated() {
      guard let value, let combination = sweep.plan.combination(of: trial) else { continue }
      let positions = grid.positions(of: combination)
      let (row, column) = (positions[down], positions[across])
      cells[row][column] = Self.better(cells[row][column], value, sweep.objective)
    }
    self.cells = cells
    objective = sweep.objective
    rowName = grid.axes[down].name
    columnName = grid.axes[across].name
    rowLabels = grid.axes[down].values.map(\.text)
    columnLabels = grid.axes[across].values.map(\.text)
    coversMore = varied.count > 2
  }

  func lines(style: TextStyle) -> [String] {
    let values = cells.joined().compactMap(\.self)
    guard let low = values.min(), let high = values.max() else { return [] }
    let title = MetricDefinition.all.first { $0.key == objective.metric }?.title ?? objective.metric.rawValue
    var lines = [
      style.bold(title)
        + style.dim(" by \(rowName) (down) and \(columnName) (across)\(coversMore ? ", the best over the others" : "")")
    ]
    let labelWidth = max(rowName.count, rowLabels.map(\.count).max() ?? 0) + 2
    let texts = values.map(Self.short)
    let cellWidth = max(texts.map(\.count).max() ?? 0, columnLabels.map(\.count).max() ?? 0) + 2
    let room = max(20, style.width - labelWidth - 1)
    let scale = Scale(low: low, high: high, objective: objective)
    if cellWidth * columnLabels.count <= room, rowLabels.count <= Self.maximumRows {
      lines.append(Self.padded(rowName, labelWidth) + columnLabels.map { Self.padded($0, cellWidth) }.joined())
      for (row, label) in rowLabels.enumerated() {
        lines.append(
          Self.padded(label, labelWidth)
            + cells[row].map { value in
              Self.paint(Self.padded(value.map(Self.short) ?? "", cellWidth), value.map(scale.position), style)
            }.joined())
      }
      return lines
    }
    return lines + shaded(scale, labelWidth: labelWidth, room: room, style: style)
  }

  private func shaded(_ scale: Scale, labelWidth: Int, room: Int, style: TextStyle) -> [String] {
    let width = columnLabels.count * 2 <= room ? 2 : 1
    let columnsPerCell = (columnLabels.count * width + room - 1) / room
    let rowsPerCell = (rowLabels.count + Self.maximumRows - 1) / Self.maximumRows
    let drawn = (columnLabels.count + columnsPerCell - 1) / columnsPerCell * width
    let (first, last) = (columnLabels[0], columnLabels[columnLabels.count - 1])
    let gap = String(repeating: " ", count: max(1, drawn - first.count - last.count))
    var lines = [Self.padded(rowName, labelWidth) + " " + first + gap + last]
    for row in stride(from: 0, to: rowLabels.count, by: rowsPerCell) {
      var line = Self.padded(rowLabels[row], labelWidth) + " "
      for column in stride(from: 0, to: columnLabels.count, by: columnsPerCell) {
        var best: Double?
        for inner in row..<min(row + rowsPerCell, rowLabels.count) {
          for value in cells[inner][column..<min(column + columnsPerCell, columnLabels.count)] {
            if let value { best = Self.better(best, value, objective) }
          }
        }
        line += cell(best.map(scale.position), width: width, style)
      }
      lines.append(line)
    }
    let (worst, best) = scale.ends
    let legend = (0..<5).map { cell(Double($0) / 4, width: 2, style) }.joined()
    lines.append(
      Self.padded("", labelWidth) + " \(Self.short(worst)) \(legend) \(Self.short(best))"
        + (columnsPerCell > 1 || rowsPerCell > 1
          ? style.dim("  each cell: the best of \(rowsPerCell) × \(columnsPerCell)") : ""))
    return lines
  }

  /// A cell without number; spaces where there is nothing.
  private func cell(_ position: Double?, width: Int, _ style: TextStyle) -> String {
    guard let position else { return String(repeating: " ", count: width) }
    if style.isColored { return Self.paint(String(repeating: " ", count: width), position, style) }
    let shade = Self.shades[min(Self.shades.count - 1, Int(position * Double(Self.shades.count)))]
    return String(repeating: shade, count: width)
  }

  /// Text on the colour of a position from 0, worst, to 1, best; the lighter half takes black text.
  private static func paint(_ text: String, _ position: Double?, _ style: TextStyle) -> String {
    guard style.isColored, let position else { return text }
    let index = min(colors.count - 1, Int(position * Double(colors.count)))
    return "\u{1B}[48;5;\(colors[index]);38;5;\(index < colors.count / 2 ? 231 : 16)m\(text)\u{1B}[0m"
  }

  private static func better(_ old: Double?, _ new: Double, _ objective: SweepObjective) -> Double {
    guard let old else { return new }
    return objective.direction == .maximize ? max(old, new) : min(old, new)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// A number in at most seven characters.
  private static func short(_ value: Double) -> String {
    let size = abs(value)
    if size >= 1e15 { return value > 0 ? ">1e15" : "<-1e15" }
    for (limit, unit, name) in [(1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e5, 1e3, "k")]
    where size >= limit {
      return NumberText.fixed(value / unit, decimals: 1) + name
    }
    return NumberText.fixed(value, decimals: size >= 1000 ? 0 : size >= 100 ? 1 : 2).filter { $0 != "," }
  }

  /// Where values lie between the worst and the best.
  private struct Scale {
    let low: Double
    let high: Double
    let objective: SweepObjective

    var ends: (worst: Double, best: Double) { objective.direction == .maximize ? (low, high) : (high, low) }

    func position(_ value: Double) -> Double {
      guard high > low else { return 1 }
      // Halves keep the difference of two huge numbers finite.
      let part = (value / 2 - low / 2) / (high / 2 - low / 2)
      return objective.direction == .maximize ? part : 1 - part
    }
  }
}
