/// The line of each row, held as the places where lines are left out, so that it takes no memory for a file without gaps.
struct LineMap {
  private var starts: [(row: Int, line: Int)] = []
  private var nextLine = Int.min
  private var count = 0
  private var arrangement = Arrangement.asInFile

  /// How rows lie once they have been put in order.
  private enum Arrangement: Equatable {
    case asInFile
    case reversed
    case permuted([Int])
  }

  /// Adds a row behind all others.
  @inline(__always)
  mutating func append(line: Int) {
    if line != nextLine { starts.append((count, line)) }
    nextLine = line + 1
    count += 1
  }

  /// Notes that the rows were turned round.
  mutating func reverse() { arrangement = .reversed }

  /// Notes that the row `permutation[i]` has become row `i`.
  mutating func permute(_ permutation: [Int]) { arrangement = .permuted(permutation) }

  /// The line that a row comes from.
  func line(ofRow row: Int) -> Int {
    let original =
      switch arrangement {
      case .asInFile: row
      case .reversed: count - 1 - row
      case .permuted(let permutation): permutation[row]
      }
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle].row <= original { low = middle } else { high = middle }
    }
    return starts.isEmpty ? 0 : starts[low].line + original - starts[low].row
  }
}
