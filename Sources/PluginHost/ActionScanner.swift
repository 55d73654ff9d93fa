package import JSONRPC
package import StrategyProtocol
import TradingModel

/// What a strategy answered about one bar or about several.
package struct BarAnswer {
  /// Its actions in their order.
  package var actions: [ActionScanner.Entry] = []
  /// Values for charts on one bar, in the answer to `bar/next`.
  package var annotations: [(name: String, value: Double)] = []
  /// Values for charts per bar, in the other answers and for bars ahead; NaN where there is none.
  package var annotationLists: [(name: String, values: [Double])] = []
  /// The bar before which nothing is decided unless an order event comes first.
  package var nextIndex: Int?
  /// Names of the annotations of earlier bars by their place: the next bar has the same ones, and no text is made anew.
  private var knownNames: [String] = []

  package init() {}

  /// Adds a value for charts on one bar.
  fileprivate mutating func annotate(_ name: JSONStringView, _ value: Double) {
    let place = annotations.count
    if place == knownNames.count { knownNames.append(name.string) }
    if !name.equals(knownNames[place]) { knownNames[place] = name.string }
    annotations.append((knownNames[place], value))
  }

  mutating func removeAll() {
    actions.removeAll(keepingCapacity: true)
    annotations.removeAll(keepingCapacity: true)
    annotationLists.removeAll(keepingCapacity: true)
    nextIndex = nil
  }
}

/// Decodes the answers to `bar/next` and `bars/next`, and lists of actions in general, straight from their bytes.
///
/// Wrong JSON types, a missing or unknown `do`, a side that is neither buy nor sell, and everything else that the
/// message types refuse, break the protocol and name the place; numbers out of range are for the broker to refuse.
package struct ActionScanner {
  /// An action and the bar it belongs to; the bar is `nil` in lock-step.
  package typealias Entry = (barIndex: Int?, action: PluginAction)

  /// What annotations must look like.
  package enum AnnotationForm {
    /// A number or null: one bar.
    case value
    /// A list of numbers and nulls: one a bar.
    case list
  }

  let symbols: SymbolTable
  let annotationForm: AnnotationForm

  /// Prepares for the answers of a run.
  package init(symbols: SymbolTable, annotationForm: AnnotationForm = .value) {
    self.symbols = symbols
    self.annotationForm = annotationForm
  }

  /// Decodes a result that stands alone: `{"actions": […], "annotations": {…}}`, both optional.
  ///
  /// - Throws: ``PluginFailure`` of kind `protocol_error` with the place.
  package func scan(_ body: UnsafeBufferPointer<UInt8>, into answer: inout BarAnswer) throws(PluginFailure) {
    do {
      var scanner = try JSONScanner(body, maximumBytes: .max)
      try read(&scanner, into: &answer)
    } catch let failure as PluginFailure {
      throw failure
    } catch {
      let text = "\(error)"
      throw Self.fault("", "could not be read: \(text.hasSuffix(".") ? String(text.dropLast()) : text)")
    }
  }

  /// Decodes the result a scanner stands at, in the one pass over a message.
  ///
  /// - Throws: ``JSONScanError`` also where ``scan(_:into:)`` would name the fault; decode the result again with that.
  package func readResult(
    _ scanner: inout JSONScanner, into answer: inout BarAnswer
  ) throws(JSONScanError) {
    do { try read(&scanner, into: &answer) } catch let error as JSONScanError { throw error } catch {
      throw JSONScanError(kind: .expectedValue, offset: scanner.offset)
    }
  }

  private func read(_ scanner: inout JSONScanner, into answer: inout BarAnswer) throws {
    answer.removeAll()
    try scanner.beginObject()
    while try scanner.nextKey() {
      switch scanner.key {
      case "actions": try scanActions(&scanner, into: &answer.actions)
      case "annotations": try scanAnnotations(&scanner, "annotations", annotationForm, into: &answer)
      case "next_index" where annotationForm == .value: answer.nextIndex = try Self.nextIndex(&scanner)
      case "annotations_ahead" where annotationForm == .value:
        try scanAnnotations(&scanner, "annotations_ahead", .list, into: &answer)
      default: try scanner.skipValue()
      }
    }
  }

  private func scanActions(_ scanner: inout JSONScanner, into actions: inout [Entry]) throws {
    if try scanner.readIfNull() { return }
    guard try scanner.peekKind() == .array else { throw Self.fault("/actions", "must be an array") }
    // The last of two members with one name counts, as everywhere.
    actions.removeAll(keepingCapacity: true)
    try scanner.beginArray()
    while try scanner.nextElement() { actions.append(try scanAction(&scanner, number: actions.count)) }
  }

  private static func nextIndex(_ scanner: inout JSONScanner) throws -> Int? {
    if try scanner.readIfNull() { return nil }
    guard let value = try scanner.readDoubleIfNumber(), let index = Int(exactly: value), index > 0 else {
      throw fault("/next_index", "must be a whole number above the bar's index", about: .passingOver)
    }
    return index
  }

  private func scanAnnotations(
    _ scanner: inout JSONScanner, _ field: String, _ form: AnnotationForm, into answer: inout BarAnswer
  ) throws {
    if try scanner.readIfNull() { return }
    guard try scanner.peekKind() == .object else {
      throw Self.fault("/\(field)", "must be an object", about: .annotations)
    }
    try scanner.beginObject()
    while try scanner.nextKey() {
      let name = scanner.key
      let problem = form == .value ? "must be a number or null" : "must be a list of numbers and nulls, one a bar"
      switch (try scanner.peekKind(), form) {
      case (.number, .value): answer.annotate(name, try scanner.readDouble())
      case (.null, .value): try scanner.readNull()
      case (.array, .list):
        var values: [Double] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
          if let value = try scanner.readDoubleIfNumber() {
            values.append(value)
          } else if try scanner.readIfNull() {
            values.append(.nan)
          } else {
            throw Self.fault("/\(field)/\(name.string)/\(values.count)", problem, about: .annotations)
          }
        }
        answer.annotationLists.append((name.string, values))
      default: throw Self.fault("/\(field)/\(name.string)", problem, about: .annotations)
      }
    }
  }

  // MARK: Actions

  /// The members an action may have, as they were found; texts still stand in the message.
  private struct Members {
    var barIndex: Int?
    var verb: JSONStringView?
    var clientOrderID: String?
    var orderID: Int?
    var tradeID: Int?
    var symbol: JSONStringView?
    var side: Side?
    var type: JSONStringView?
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

  private func scanAction(_ scanner: inout JSONScanner, number: Int) throws -> Entry {
    guard try scanner.peekKind() == .object else { throw Self.fault("/actions/\(number)", "must be an object") }
    var members = Members()
    try scanner.beginObject()
    while try scanner.nextKey() {
      switch scanner.key {
      case "do": members.verb = try Self.view(&scanner, number, "do")
      case "side":
        switch try Self.view(&scanner, number, "side") {
        case .some("buy"): members.side = .buy
        case .some("sell"): members.side = .sell
        default: throw Self.fault("/actions/\(number)/side", "must be \"buy\" or \"sell\"")
        }
      case "quantity": members.quantity = try Self.number(&scanner, number, "quantity")
      case "symbol": members.symbol = try Self.view(&scanner, number, "symbol")
      case "type": members.type = try Self.view(&scanner, number, "type")
      case "stop_loss": members.stopLoss = .some(try Self.number(&scanner, number, "stop_loss"))
      case "take_profit": members.takeProfit = .some(try Self.number(&scanner, number, "take_profit"))
      case "client_order_id":
        members.clientOrderID = try Self.text(&scanner, number, "client_order_id", 1...64)
      case "trade_id": members.tradeID = try Self.whole(&scanner, number, "trade_id", from: 1)
      case "bar_index": members.barIndex = try Self.whole(&scanner, number, "bar_index", from: 0)
      case "fraction": members.fraction = try Self.number(&scanner, number, "fraction")
      case "limit_price": members.limit = try Self.number(&scanner, number, "limit_price")
      case "stop_price": members.stop = try Self.number(&scanner, number, "stop_price")
      case "portion": members.portion = try Self.number(&scanner, number, "portion")
      case "order_id": members.orderID = try Self.whole(&scanner, number, "order_id", from: 1)
      case "tag": members.tag = try Self.text(&scanner, number, "tag", 0...256)
      case "time_in_force":
        if let text = try Self.view(&scanner, number, "time_in_force"), text != "gtc" {
          members.unsupported = "time_in_force \(text.string)"
        }
      case "reduce_only":
        if try scanner.peekKind() == .bool {
          if try scanner.readBool() { members.unsupported = "reduce_only" }
        } else {
          try scanner.skipValue()
        }
      case "oco_group", "parent_id", "trail_amount", "trail_percent":
        let name = scanner.key.string
        if try !scanner.readIfNull() {
          try scanner.skipValue()
          members.unsupported = name
        }
      default: try scanner.skipValue()
      }
    }
    return (members.barIndex, try action(members, number))
  }

  private func action(_ members: Members, _ number: Int) throws(PluginFailure) -> PluginAction {
    guard let verb = members.verb else { throw Self.fault("/actions/\(number)", "lacks \"do\"") }
    switch verb {
    case "order": return try order(members, number)
    case "cancel":
      switch (members.clientOrderID, members.orderID) {
      case (let name?, nil): return .cancelNamed(name)
      case (nil, let id?): return .cancelOrder(id)
      default:
        throw Self.fault("/actions/\(number)", "must name the order by either client_order_id or order_id")
      }
    case "close":
      if let trade = members.tradeID {
        if members.symbol != nil {
          throw Self.fault("/actions/\(number)", "must not have both trade_id and symbol")
        }
        return .close(trade, portion: members.portion ?? 1)
      }
      switch instrument(members.symbol) {
      case .success(let instrument): return .closePosition(instrument: instrument, portion: members.portion ?? 1)
      case .failure(let refusal): return .refused(OrderRequest(.sell), refusal.reason)
      }
    case "amend":
      guard let trade = members.tradeID else { throw Self.fault("/actions/\(number)", "lacks trade_id") }
      return .amend(trade, stopLoss: members.stopLoss, takeProfit: members.takeProfit)
    default:
      throw Self.fault(
        "/actions/\(number)/do", "was \"\(verb.string.prefix(40))\"; it must be order, cancel, close or amend")
    }
  }

  private func order(_ members: Members, _ number: Int) throws(PluginFailure) -> PluginAction {
    guard let side = members.side else { throw Self.fault("/actions/\(number)", "lacks side") }
    var request = OrderRequest(
      side, limit: members.limit, stop: members.stop, stopLoss: members.stopLoss ?? nil,
      takeProfit: members.takeProfit ?? nil, tag: members.tag, clientOrderID: members.clientOrderID)
    if let unsupported = members.unsupported { return .refused(request, .unsupported(unsupported)) }
    switch instrument(members.symbol) {
    case .success(let instrument): request.instrument = instrument
    case .failure(let refusal): return .refused(request, refusal.reason)
    }
    switch (members.quantity, members.fraction) {
    case (nil, nil): request.size = .all
    case (let quantity?, nil): request.size = .units(quantity)
    case (nil, let fraction?): request.size = fraction == 1 ? .all : .fraction(fraction)
    case (let quantity?, _?): return .refused(request, .invalidSize(quantity))
    }
    guard let text = members.type else { return .order(request) }
    guard let type = Self.orderType(text) else {
      return .refused(request, .unsupported("the order type \(text.string.prefix(40))"))
    }
    let prices = OrderType(hasLimit: request.limit != nil, hasStop: request.stop != nil)
    if type != prices {
      return .refused(request, ActionRefusal.typeMismatch(type: type, prices: prices).reason)
    }
    return .order(request)
  }

  private static func orderType(_ text: JSONStringView) -> OrderType? {
    switch text {
    case "market": .market
    case "limit": .limit
    case "stop": .stop
    case "stop_limit": .stopLimit
    default: nil
    }
  }

  /// The instrument an action means; the usual one is found without making a string.
  private func instrument(_ symbol: JSONStringView?) -> Result<InstrumentIndex, ActionRefusal> {
    if let symbol, let first = symbols.symbols.first, symbol.equals(first) { return .success(0) }
    return Result { () throws(ActionRefusal) in try symbols.resolve(symbol?.string) }
  }

  // MARK: Members; null counts as absent.

  private static func view(
    _ scanner: inout JSONScanner, _ number: Int, _ name: StaticString
  ) throws -> JSONStringView? {
    if let view = try scanner.readStringViewIfString() { return view }
    if try scanner.readIfNull() { return nil }
    throw fault("/actions/\(number)/\(name)", "must be a string")
  }

  /// A string of a length, in Unicode scalars as JSON Schema counts.
  private static func text(
    _ scanner: inout JSONScanner, _ number: Int, _ name: StaticString, _ length: ClosedRange<Int>
  ) throws -> String? {
    guard let text = try view(&scanner, number, name)?.string else { return nil }
    // Bytes are at least as many as scalars, so that short texts need no count.
    guard
      text.utf8.count <= length.upperBound && (length.lowerBound == 0 || !text.isEmpty)
        || length.contains(text.unicodeScalars.count)
    else {
      throw fault(
        "/actions/\(number)/\(name)", "must have \(length.lowerBound) to \(length.upperBound) characters")
    }
    return text
  }

  private static func number(_ scanner: inout JSONScanner, _ number: Int, _ name: StaticString) throws -> Double? {
    if let value = try scanner.readDoubleIfNumber() { return value }
    if try scanner.readIfNull() { return nil }
    throw fault("/actions/\(number)/\(name)", "must be a number")
  }

  private static func whole(
    _ scanner: inout JSONScanner, _ number: Int, _ name: StaticString, from minimum: Int
  ) throws -> Int? {
    guard let value = try Self.number(&scanner, number, name) else { return nil }
    guard let whole = Int(exactly: value), whole >= minimum, abs(value) <= 9_007_199_254_740_991 else {
      throw fault("/actions/\(number)/\(name)", "must be a whole number from \(minimum) on")
    }
    return whole
  }

  /// Sections of the specification that faults refer to.
  enum Section: String {
    case actions = "The specification's section on actions shows each of them."
    case annotations = "The specification's section on bar/next shows annotations."
    case passingOver = "See \"Passing over bars\" in the specification."
  }

  static func fault(_ pointer: String, _ problem: String, about section: Section = .actions) -> PluginFailure {
    PluginFailure(
      .protocolError, "In the strategy's answer \(pointer.isEmpty ? "the result" : pointer) \(problem)",
      hint: section.rawValue, pointer: pointer)
  }
}
