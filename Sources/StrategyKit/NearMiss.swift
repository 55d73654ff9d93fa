/// Finds the name a user probably meant.
public enum NearMiss {
  /// The candidate closest to `name`, if it is close enough to be a slip of the finger.
  ///
  /// Distance is Damerau-Levenshtein (optimal string alignment) on lower-cased names without `-`, `_` and spaces; a third
  /// of the name may differ, and a name that begins with what was typed counts as close.
  public static func closest(to name: String, among candidates: [String]) -> String? {
    let wanted = normalize(name)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let scored = candidates.map { candidate -> (name: String, distance: Int) in
      let form = normalize(candidate)
      let isPrefix = wanted.count >= 2 && form.starts(with: wanted)
      let distance = distance(wanted, form)
      return (candidate, isPrefix ? min(1, distance) : distance)
    }
    guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, wanted.count / 3) ? best.name : nil
  }

  /// ` (did you mean la_bomba?)`, or nothing when no candidate is close.
  public static func hint(_ name: String, among candidates: [String]) -> String {
    closest(to: name, among: candidates).map { " (did you mean \($0)?)" } ?? ""
  }

  private static func normalize(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
  }

  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let substitution = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
        current[column] = min(substitution, previous[column] + 1, current[column - 1] + 1)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          current[column] = min(current[column], beforePrevious[column - 2] + 1)
        }
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
