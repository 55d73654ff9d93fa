/// A stretch of a run's rows.
public struct RowPage<Row: Sendable>: Sendable {
  /// The rows, in their order.
  public var rows: [Row]
  /// Position of the first of them, counted from 0.
  public var offset: Int
  /// Number of all rows of the run.
  public var total: Int

  /// Makes a page.
  public init(rows: [Row], offset: Int, total: Int) {
    self.rows = rows
    self.offset = offset
    self.total = total
  }
}

extension RowPage: Equatable where Row: Equatable {}
