import JSONRPC
import StrategyProtocol

/// The forms of the answers within a run.
enum AnswerForm {
  static func runStart(_ result: JSONValue, mode: ExecutionMode) throws {
    try Form.fields(result, "", required: [], optional: ["mode", "warmup_bars", "early_orders", "label"])
    if let accepted = result["mode"] { try Form.word(accepted, of: [mode.rawValue], "/mode") }
    if let warmUp = result["warmup_bars"] { try Form.whole(warmUp, "/warmup_bars") }
    if let early = result["early_orders"] { try Form.boolean(early, "/early_orders") }
    if let label = result["label"] { try Form.string(label, "/label") }
  }

  /// The form of an answer to `bar/next` (count `nil`) or `bars/next` without its actions.
  ///
  /// - Parameter index: The bar asked about, where bars may be passed over.
  /// - Parameter total: The number of bars of the run.
  static func decision(
    _ result: JSONValue, count: Int? = nil, passingOverFrom index: Int? = nil, of total: Int = .max
  ) throws {
    let ahead = index == nil ? [] : ["next_index", "annotations_ahead"]
    for name in ["next_index", "annotations_ahead"] where index == nil && result[name] != nil {
      throw CheckFailure(at: "/\(name)", "may be given in the mode preload only")
    }
    try Form.fields(result, "", required: [], optional: ["actions", "annotations"] + ahead)
    try Form.array(result["actions"], "/actions")
    try annotations(result["annotations"], count: count)
    guard let index else { return }
    let next = try result.present("next_index").map { try Form.whole($0, "/next_index", from: 1) } ?? index + 1
    if next <= index { throw CheckFailure(at: "/next_index", "was \(next); it must be above the bar's index \(index)") }
    try annotations(result["annotations_ahead"], "/annotations_ahead", count: min(next, total) - index - 1)
  }

  static func annotations(_ value: JSONValue?, _ field: String = "/annotations", count: Int? = nil) throws {
    for member in try Form.object(value ?? .object([]), field) {
      let at = "\(field)/\(member.key)"
      let values = count == nil ? [member.value] : try Form.array(member.value, at)
      if let count, values.count != count {
        throw CheckFailure(
          at: at, "has \(values.count) values; it must have one for each of the \(count) bars")
      }
      for value in values where !value.isNull { try Form.number(value, at) }
    }
  }

  /// Checks that every `bar_index` is one of the bars, and that they ascend.
  static func indices(_ actions: [JSONValue], first: Int, count: Int) throws {
    var last = first
    for (position, action) in actions.enumerated() {
      let at = "/actions/\(position)/bar_index"
      let index = try Form.whole(action["bar_index"] ?? .null, at)
      guard (first..<first + count).contains(index) else {
        throw CheckFailure(
          at: at, "was \(index); the bars are \(first) to \(first + count - 1), counted from the run's first bar")
      }
      if index < last {
        throw CheckFailure(at: at, "was \(index) after \(last); actions stand in the order of their bars")
      }
      last = index
    }
  }
}

/// The form of one action; sizes and prices that a broker would refuse are not looked at.
enum ActionForm {
  private static let prices = ["limit_price", "stop_price", "stop_loss", "take_profit"]

  static func check(_ action: JSONValue, _ at: String, symbols: [String], isIndexed: Bool) throws {
    try Form.object(action, at)
    guard let word = action["do"] else { throw CheckFailure(at: at, "lacks the field \"do\"") }
    let index = isIndexed ? ["bar_index"] : []
    switch try Form.word(word, of: ["order", "cancel", "close", "amend"], "\(at)/do") {
    case "order": try order(action, at, symbols, index)
    case "cancel":
      try Form.fields(action, at, required: ["do"] + index, optional: ["client_order_id", "order_id"])
      if (action.present("client_order_id") == nil) == (action.present("order_id") == nil) {
        throw CheckFailure(at: at, "must have one of client_order_id and order_id")
      }
      if let id = action.present("order_id") { try Form.whole(id, "\(at)/order_id", from: 1) }
    case "close": try close(action, at, symbols, index)
    default:
      try Form.fields(action, at, required: ["do", "trade_id"] + index, optional: ["stop_loss", "take_profit"])
      try Form.whole(action["trade_id"] ?? .null, "\(at)/trade_id", from: 1)
      for name in ["stop_loss", "take_profit"] {
        if let price = action.present(name) { try Form.number(price, "\(at)/\(name)") }
      }
    }
    if let id = action.present("client_order_id") { try Form.text(id, "\(at)/client_order_id", from: 1, to: 64) }
    if let symbol = action.present("symbol") { try Form.word(symbol, of: symbols, "\(at)/symbol") }
    if isIndexed { try Form.whole(action["bar_index"] ?? .null, "\(at)/bar_index") }
  }

  private static func order(_ action: JSONValue, _ at: String, _ symbols: [String], _ index: [String]) throws {
    let symbol = symbols.count > 1 ? ["symbol"] : []
    try Form.fields(
      action, at, required: ["do", "side"] + symbol + index,
      optional: ["client_order_id", "symbol", "type", "quantity", "fraction", "tag"] + prices)
    try Form.word(action["side"] ?? .null, of: ["buy", "sell"], "\(at)/side")
    if let type = action.present("type") {
      try Form.word(type, of: HostCapabilities.standard.orderTypes, "\(at)/type")
    }
    for name in ["quantity", "fraction"] + prices {
      if let number = action.present(name) { try Form.number(number, "\(at)/\(name)") }
    }
    if action.present("quantity") != nil, action.present("fraction") != nil {
      throw CheckFailure(at: at, "has both quantity and fraction; an order has one of them or neither")
    }
    if let tag = action.present("tag") { try Form.text(tag, "\(at)/tag", from: 0, to: 256) }
  }

  private static func close(_ action: JSONValue, _ at: String, _ symbols: [String], _ index: [String]) throws {
    try Form.fields(action, at, required: ["do"] + index, optional: ["trade_id", "symbol", "portion"])
    if action.present("trade_id") != nil, action.present("symbol") != nil {
      throw CheckFailure(at: at, "must not have both trade_id and symbol")
    }
    if symbols.count > 1, action.present("trade_id") == nil, action.present("symbol") == nil {
      throw CheckFailure(at: at, "must name a trade_id or a symbol, as the run has several symbols")
    }
    if let trade = action.present("trade_id") { try Form.whole(trade, "\(at)/trade_id", from: 1) }
    if let portion = action.present("portion") { try Form.number(portion, "\(at)/portion") }
  }
}
