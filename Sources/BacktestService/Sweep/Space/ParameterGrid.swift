/// All combinations of the values of some parameters, numbered from 0; the last parameter changes fastest.
///
/// A grid is its axes: combinations are computed from their number, never stored.
public struct ParameterGrid: Sendable, Equatable {
  /// The parameters, in the order given, each once.
  public let axes: [ParameterAxis]
  /// The number of combinations: 1 for a grid without axes.
  public let count: Int

  /// Makes a grid.
  ///
  /// - Throws: ``SweepError`` when a parameter comes twice, or there are more combinations than 64 bits can number.
  public init(_ axes: [ParameterAxis]) throws(SweepError) {
    var count = 1
    for (position, axis) in axes.enumerated() {
      if axes[..<position].contains(where: { $0.name == axis.name }) { throw .repeatedParameter(axis.name) }
      let (product, overflows) = count.multipliedReportingOverflow(by: axis.values.count)
      if overflows { throw .uncountable }
      count = product
    }
    self.axes = axes
    self.count = count
  }

  /// Which value of each axis a combination has, in the order of ``axes``.
  public func positions(of combination: Int) -> [Int] {
    var rest = combination
    var positions = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices.reversed() {
      positions[axis] = rest % axes[axis].values.count
      rest /= axes[axis].values.count
    }
    return positions
  }

  /// The number of the combination with these positions.
  public func combination(at positions: [Int]) -> Int {
    zip(axes, positions).reduce(0) { $0 * $1.0.values.count + $1.1 }
  }
}
