public import RunStore
public import TradingModel

/// Names for runs: sortable by time, short enough to type the beginning of.
public enum RunIdentifier {
  /// So many names are tried for one run before it is given up.
  static let attempts = 20

  private static let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")

  /// `20261122-160256-k3f9`: the UTC time and four random letters, which tell runs of one second apart.
  public static func make(at time: EpochMilliseconds, using generator: inout some RandomNumberGenerator) -> RunID {
    let date = UTCText.formatDate(time).filter { $0 != "-" }
    let clock = (time / 1000) % 86_400
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let suffix = String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    return "\(date)-\(two(clock / 3600))\(two(clock / 60 % 60))\(two(clock % 60))-\(suffix)"
  }
}
