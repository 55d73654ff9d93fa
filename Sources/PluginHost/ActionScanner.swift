import JSONRPC
import StrategyProtocol
import TradingModel

/// Decodes the answers to `bar/next` and `bars/next`, and lists of actions in general, straight from their bytes.
///
/// Wrong JSON types, a missing or unknown `do` and a side that is neither buy nor sell break the protocol and name the
/// place; numbers out of range are for the broker to refuse.
struct ActionScanner {
  /// An action and the bar it belongs to; the bar is `nil` in lock-step.
  typealias Entry = (barIndex: Int?, action: PluginAction)

  let symbols: SymbolTable

  /// Decodes `{"actions": […], "annotations": {…}}`, both optional.
  ///
  /// - Parameters:
  ///   - actions: Gets the actions in their order; emptied first.
  ///   - annotate: Called with each annotation that is a number; lists go to `annotateList`.
  func scan(
    _ body: UnsafeBufferPointer<UInt8>, into actions: inout [Entry], annotate: (String, Double) -> Void,
    annotateList: (String, [Double]) -> Void = { _, _ in }
  ) throws(PluginFailure) {
    actions.removeAll(keepingCapacity: true)
    // The answer of most bars.
    if body.count == 2 { return }
    do {
      var scanner = try JSONScanner(body, maximumBytes: .max)
      try scanner.beginObject()
      while try scanner.nextKey() {
        if scanner.key == "actions" {
          try scanActions(&scanner, into: &actions)
        } else if scanner.key == "annotations" {
          try scanAnnotations(&scanner, annotate, annotateList)
        } else {
          try scanner.skipValue()
        }
      }
    } catch let failure as PluginFailure {
      throw failure
    } catch {
      throw Self.fault("/", "could not be read: \(error)")
    }
  }

  func scanActions(_ scanner: inout JSONScanner, into actions: inout [Entry]) throws {
    if try scanner.readIfNull() { return }
    guard try scanner.peekKind() == .array else { throw Self.fault("/actions", "must be an array") }
    try scanner.beginArray()
    while try scanner.nextElement() {
      actions.append(try scanAction(&scanner, pointer: "/actions/\(actions.count)"))
    }
  }

  private func scanAnnotations(
    _ scanner: inout JSONScanner, _ annotate: (String, Double) -> Void, _ annotateList: (String, [Double]) -> Void
  ) throws {
    if try scanner.readIfNull() { return }
    guard try scanner.peekKind() == .object else { throw Self.fault("/annotations", "must be an object") }
    try scanner.beginObject()
    while try scanner.nextKey() {
      let name = scanner.key.string
      switch try scanner.peekKind() {
      case .number: annotate(name, try scanner.readDouble())
      case .array:
        var values: [Double] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
          if try scanner.readIfNull() { values.append(.nan) } else { values.append(try scanner.readDouble()) }
        }
        annotateList(name, values)
      case .null: try scanner.readNull()
      default: throw Self.fault("/annotations/\(name)", "must be a number, null or a list of them")
      }
    }
  }

  /// The members an action may have, as they were found.
  private struct Members {
    var barIndex: Int?
    var verb: String?
    var clientOrderID: String?
    var orderID: Int?
    var tradeID: Int?
    var symbol: String?
    var side: Side?
    var type: String?
    var quantity: Double?
    var fraction: Double?
    var limit: Double?
    var stop: Double?
    var stopLoss: Double??
    var takeProfit: Double??
    var portion: Double?
    var tag: String?
    /// A member of other protocols that this host does not do.
    var unsupported: String?
  }

  private func scanAction(_ scanner: inout JSONScanner, pointer: String) throws -> Entry {
    guard try scanner.peekKind() == .object else { throw Self.fault(pointer, "must be an object") }
    var members = Members()
    try scanner.beginObject()
    while try scanner.nextKey() {
      let key = scanner.key
      func place() -> String { "\(pointer)/\(key.string)" }
      if key == "do" {
        members.verb = try Self.text(&scanner, place())
      } else if key == "bar_index" {
        members.barIndex = try Self.whole(&scanner, place())
      } else if key == "client_order_id" {
        members.clientOrderID = try Self.text(&scanner, place())
      } else if key == "order_id" {
        members.orderID = try Self.whole(&scanner, place())
      } else if key == "trade_id" {
        members.tradeID = try Self.whole(&scanner, place())
      } else if key == "symbol" {
        members.symbol = try Self.text(&scanner, place())
      } else if key == "side" {
        switch try Self.text(&scanner, place()) {
        case "buy": members.side = .buy
        case "sell": members.side = .sell
        default: throw Self.fault(place(), "must be \"buy\" or \"sell\"")
        }
      } else if key == "type" {
        members.type = try Self.text(&scanner, place())
      } else if key == "quantity" {
        members.quantity = try Self.number(&scanner, place())
      } else if key == "fraction" {
        members.fraction = try Self.number(&scanner, place())
      } else if key == "limit_price" {
        members.limit = try Self.number(&scanner, place())
      } else if key == "stop_price" {
        members.stop = try Self.number(&scanner, place())
      } else if key == "stop_loss" {
        members.stopLoss = .some(try Self.number(&scanner, place()))
      } else if key == "take_profit" {
        members.takeProfit = .some(try Self.number(&scanner, place()))
      } else if key == "portion" {
        members.portion = try Self.number(&scanner, place())
      } else if key == "tag" {
        members.tag = try Self.text(&scanner, place())
      } else if key == "time_in_force" {
        if let text = try Self.text(&scanner, place()), text != "gtc" { members.unsupported = "time_in_force \(text)" }
      } else if key == "reduce_only" {
        if try scanner.peekKind() == .bool {
          if try scanner.readBool() { members.unsupported = "reduce_only" }
        } else {
          try scanner.skipValue()
        }
      } else if key == "oco_group" || key == "parent_id" || key == "trail_amount" || key == "trail_percent" {
        let name = key.string
        if try !scanner.readIfNull() {
          try scanner.skipValue()
          members.unsupported = name
        }
      } else {
        try scanner.skipValue()
      }
    }
    return (members.barIndex, try action(members, pointer))
  }

  private func action(_ members: Members, _ pointer: String) throws -> PluginAction {
    switch members.verb {
    case "order": return try order(members, pointer)
    case "cancel":
      switch (members.clientOrderID, members.orderID) {
      case (let name?, nil): return .cancelNamed(name)
      case (nil, let id?): return .cancelOrder(id)
      default: throw Self.fault(pointer, "must name the order by either client_order_id or order_id")
      }
    case "close":
      if let trade = members.tradeID { return .close(trade, portion: members.portion ?? 1) }
      do {
        return .closePosition(instrument: try symbols.resolve(members.symbol), portion: members.portion ?? 1)
      } catch {
        return .refused(OrderRequest(.sell), error.reason)
      }
    case "amend":
      guard let trade = members.tradeID else { throw Self.fault(pointer, "lacks trade_id") }
      return .amend(trade, stopLoss: members.stopLoss, takeProfit: members.takeProfit)
    case nil: throw Self.fault(pointer, "lacks \"do\"")
    case let verb?: throw Self.fault("\(pointer)/do", "was \"\(verb)\"; it must be order, cancel, close or amend")
    }
  }

  private func order(_ members: Members, _ pointer: String) throws -> PluginAction {
    guard let side = members.side else { throw Self.fault(pointer, "lacks side") }
    var request = OrderRequest(
      side, limit: members.limit, stop: members.stop, stopLoss: members.stopLoss ?? nil,
      takeProfit: members.takeProfit ?? nil, tag: members.tag, clientOrderID: members.clientOrderID)
    if let unsupported = members.unsupported { return .refused(request, .unsupported(unsupported)) }
    do { request.instrument = try symbols.resolve(members.symbol) } catch { return .refused(request, error.reason) }
    switch (members.quantity, members.fraction) {
    case (nil, nil): request.size = .all
    case (let quantity?, nil): request.size = .units(quantity)
    case (nil, let fraction?): request.size = fraction == 1 ? .all : .fraction(fraction)
    case (let quantity?, _?): return .refused(request, .invalidSize(quantity))
    }
    if let type = members.type {
      let actual =
        request.limit == nil
        ? (request.stop == nil ? "market" : "stop") : (request.stop == nil ? "limit" : "stop_limit")
      switch type {
      case actual: break
      case "market", "limit", "stop", "stop_limit":
        return .refused(
          request,
          .invalidPrice(
            name: "\(type) order with the prices of a \(actual) order:", value: request.limit ?? request.stop ?? 0))
      default: return .refused(request, .unsupported("the order type \(type)"))
      }
    }
    return .order(request)
  }

  // MARK: Members; null counts as absent.

  private static func text(_ scanner: inout JSONScanner, _ pointer: @autoclosure () -> String) throws -> String? {
    switch try scanner.peekKind() {
    case .string: return try scanner.readString()
    case .null:
      try scanner.readNull()
      return nil
    default: throw fault(pointer(), "must be a string")
    }
  }

  private static func number(_ scanner: inout JSONScanner, _ pointer: @autoclosure () -> String) throws -> Double? {
    switch try scanner.peekKind() {
    case .number: return try scanner.readDouble()
    case .null:
      try scanner.readNull()
      return nil
    default: throw fault(pointer(), "must be a number")
    }
  }

  private static func whole(_ scanner: inout JSONScanner, _ pointer: @autoclosure () -> String) throws -> Int? {
    guard let number = try number(&scanner, pointer()) else { return nil }
    guard let whole = Int(exactly: number), abs(number) <= 9_007_199_254_740_991 else {
      throw fault(pointer(), "must be a whole number")
    }
    return whole
  }

  static func fault(_ pointer: String, _ problem: String) -> PluginFailure {
    PluginFailure(
      .protocolError, "In the strategy's answer \(pointer) \(problem)",
      hint: "The specification's section on actions shows each of them.", pointer: pointer)
  }
}
