/// The time one bar covers, by the names market data uses.
public enum Timeframe {
  /// The name for bars with the given opening times: `1d`, `1h`, `5m`, `1wk`, `1mo` and the like, from their most usual
  /// spacing; empty when there are fewer than two bars.
  public static func name(of times: [EpochMilliseconds]) -> String {
    guard times.count > 1 else { return "" }
    let recent = times.suffix(101)
    let spacings = zip(recent.dropFirst(), recent).map { $0 - $1 }.sorted()
    let seconds = spacings[(spacings.count - 1) / 2] / 1000
    switch seconds {
    case 28 * 86_400...31 * 86_400: return "1mo"
    case 89 * 86_400...92 * 86_400: return "3mo"
    case 365 * 86_400...366 * 86_400: return "1y"
    case let value where value > 0 && value % (7 * 86_400) == 0: return "\(value / (7 * 86_400))wk"
    case let value where value > 0 && value % 86_400 == 0: return "\(value / 86_400)d"
    case let value where value > 0 && value % 3600 == 0: return "\(value / 3600)h"
    case let value where value > 0 && value % 60 == 0: return "\(value / 60)m"
    default: return "\(seconds)s"
    }
  }
}
