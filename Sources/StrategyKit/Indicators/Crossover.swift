/// How one series moved across another between two bars.
@frozen
public enum Cross: Sendable {
  /// It was below and is above now.
  case above
  /// It was above and is below now.
  case below
  /// Neither; touching is not crossing.
  case none
}

/// Notices when one series crosses another.
///
/// a crosses above b on bar i when a[i−1] < b[i−1] and a[i] > b[i]. A bar on which they are equal ends neither side: a
/// series that rises to the other and then above it has not crossed. Undefined values (NaN) never cross.
@frozen
public struct Crossover: Sendable {
  @usableFromInline var previousFirst = Double.nan
  @usableFromInline var previousSecond = Double.nan

  /// Makes a crossover that has seen nothing.
  @inlinable
  public init() {}

  /// Takes both series' next values.
  ///
  /// - Returns: How `first` moved across `second` since the last call.
  @inlinable
  public mutating func update(_ first: Double, _ second: Double) -> Cross {
    defer {
      previousFirst = first
      previousSecond = second
    }
    if previousFirst < previousSecond, first > second { return .above }
    if previousFirst > previousSecond, first < second { return .below }
    return .none
  }
}
