/// A table whose columns line up: text to the left, numbers to the right.
public struct TextTable: Sendable {
  /// Where a column's cells stand.
  public enum Alignment: Sendable {
    /// At the left end.
    case left
    /// At the right end.
    case right
  }

  private var columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  /// Makes an empty table.
  public init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// Adds a row of one cell a column.
  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines of the table, titles first; `paint` may add escape sequences to a cell after it is padded.
  public func lines(
    style: TextStyle, paint: (_ row: Int, _ column: Int, _ text: String) -> String = { $2 }
  ) -> [String] {
    let widths = columns.indices.map { column in
      max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
    }
    func pad(_ text: String, _ column: Int) -> String {
      let space = String(repeating: " ", count: max(0, widths[column] - text.count))
      return columns[column].alignment == .left ? text + space : space + text
    }
    let header = columns.indices.map { pad(columns[$0].title, $0) }.joined(separator: "  ")
    let body = rows.enumerated().map { row, cells in
      columns.indices.map { paint(row, $0, pad(cells[$0], $0)) }.joined(separator: "  ")
    }
    return [style.dim(Self.trimmed(header))] + body.map(Self.trimmed)
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
