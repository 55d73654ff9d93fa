/// What is wrong with a row of bars. Rows count from 0.
public enum BarSeriesError: Error, Sendable, Equatable {
  /// A column has another length than the times.
  case unequalColumns(column: String, count: Int, expected: Int)
  /// A bar is stamped before the one in front of it.
  case timeNotIncreasing(row: Int, time: EpochMilliseconds, previous: EpochMilliseconds)
  /// Two neighbouring bars carry the same time.
  case duplicateTime(row: Int, time: EpochMilliseconds)
  /// A price is NaN or infinite.
  case priceNotFinite(row: Int, field: String, value: Double)
  /// A price is zero or negative.
  case priceNotPositive(row: Int, field: String, value: Double)
  /// The low lies above the high.
  case lowAboveHigh(row: Int, low: Double, high: Double)
  /// The open or close lies outside the bar's low and high.
  case priceOutsideRange(row: Int, field: String, value: Double, low: Double, high: Double)
  /// A volume is negative or infinite.
  case volumeOutOfRange(row: Int, value: Double)

  /// The faulty row, counted from 0; `nil` when the fault is not in one row.
  public var row: Int? {
    switch self {
    case .unequalColumns: nil
    case .timeNotIncreasing(let row, _, _), .duplicateTime(let row, _), .priceNotFinite(let row, _, _),
      .priceNotPositive(let row, _, _), .lowAboveHigh(let row, _, _), .priceOutsideRange(let row, _, _, _, _),
      .volumeOutOfRange(let row, _):
      row
    }
  }

  /// The fault without its row, for a caller that names the place itself (a file's line, say).
  public var fault: String {
    switch self {
    case .unequalColumns(let column, let count, let expected):
      "column \(column) has \(count) values where \(expected) were expected"
    case .timeNotIncreasing(_, let time, let previous):
      "its time \(UTCText.format(time)) is before the previous bar's \(UTCText.format(previous)); sort the bars, oldest first"
    case .duplicateTime(_, let time):
      "its time \(UTCText.format(time)) is the same as the previous bar's; keep one of the two"
    case .priceNotFinite(_, let field, let value): "\(field) is \(value), not a number"
    case .priceNotPositive(_, let field, let value): "\(field) is \(value); a price must be above 0"
    case .lowAboveHigh(_, let low, let high): "low \(low) is above high \(high)"
    case .priceOutsideRange(_, let field, let value, let low, let high):
      "\(field) \(value) is outside the bar's low \(low) and high \(high)"
    case .volumeOutOfRange(_, let value): "volume is \(value); it must be 0 or more"
    }
  }
}

extension BarSeriesError: CustomStringConvertible {
  /// One sentence: which bar, and what is wrong with it.
  public var description: String {
    guard let row else { return "The bars are not valid: \(fault)." }
    return "Bar \(row) (counted from 0) is not valid: \(fault)."
  }
}
