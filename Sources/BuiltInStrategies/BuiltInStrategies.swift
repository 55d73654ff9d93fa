public import StrategyKit

/// The strategies that come with the program.
public enum BuiltInStrategies {
  /// Every built-in strategy, in the order they are listed to users.
  public static let all: [any NamedStrategy.Type] = [
    SMACross.self, EMACross.self, RSIReversion.self, MACDCross.self, LaBomba.self, BuyAndHold.self, Scripted.self,
  ]

  /// Names that the older web front end sends, and what they mean.
  public static let aliases: KeyValuePairs<String, String> = [
    "SMA": "sma_cross", "EMA": "ema_cross", "RSI": "rsi", "MACD": "macd", "LA_BOMBA": "la_bomba",
  ]

  /// The names of ``all``, in the same order.
  public static var names: [String] { all.map { $0.descriptor.name } }

  /// The strategy of a name: its own name exactly, else an alias in any case; `nil` when there is none.
  public static func strategy(named name: String) -> (any NamedStrategy.Type)? {
    if let exact = all.first(where: { $0.descriptor.name == name }) { return exact }
    let upperCased = name.uppercased()
    guard let target = aliases.first(where: { $0.key == upperCased })?.value else { return nil }
    return all.first { $0.descriptor.name == target }
  }
}
