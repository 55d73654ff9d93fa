import StrategyKit
import TradingModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ScriptedAction {
  /// Reads a script: a JSON array of objects, in the form the reference engine's script runner takes.
  ///
  /// | key | for | meaning |
  /// |---|---|---|
  /// | `bar` | all | bar after whose close to act, counted from 0 |
  /// | `op` | all | `buy` `sell` `close` `close_trade` `cancel` `set_sl` `set_tp` `clear_sl` |
  /// | `size` | buy, sell | fraction of the buying power below 1, else units; left out: all |
  /// | `limit` `stop` `sl` `tp` | buy, sell | prices as multiples of the close |
  /// | `tag` | buy, sell | text carried to the trade |
  /// | `portion` | close, close_trade | part to close, 1 when left out |
  /// | `index` | close_trade, cancel, set_sl, set_tp, clear_sl | which trade or order, modulo how many there are |
  /// | `below` `above` | set_sl, set_tp | new price as a multiple of the close, whichever side the trade needs |
  ///
  /// A key may stand where it has no use, but unknown keys are refused: a misspelt `sl` would trade without a stop.
  /// `null` means not given.
  ///
  /// - Throws: ``ScriptError`` naming the first faulty element.
  static func decode(_ data: Data) throws(ScriptError) -> [ScriptedAction] {
    do {
      return try JSONDecoder().decode([ScriptElement].self, from: data).enumerated().map { position, element in
        ScriptedAction(bar: element.bar, position: position, operation: element.operation)
      }
    } catch let error as ScriptError {
      throw error
    } catch let DecodingError.typeMismatch(_, context) where context.codingPath.isEmpty {
      throw ScriptError(pointer: "", problem: "must be a JSON array of actions")
    } catch {
      // The decoder does not say where, on every platform.
      throw ScriptError(pointer: "", problem: "is not valid JSON; `python3 -m json.tool FILE` names the place")
    }
  }
}

/// One element of the JSON array, as it stands there.
private struct ScriptElement: Decodable {
  enum Key: String, CodingKey, CaseIterable {
    case bar, op, size, limit, stop, sl, tp, tag, portion, index, below, above
  }

  enum Name: String, CaseIterable {
    case buy, sell, close
    case closeTrade = "close_trade"
    case cancel
    case setStopLoss = "set_sl"
    case setTakeProfit = "set_tp"
    case clearStopLoss = "clear_sl"
  }

  var bar: Int
  var operation: ScriptedAction.Operation

  init(from decoder: any Decoder) throws {
    let fields = try ScriptFields(decoder)
    bar = try fields.required(Int.self, .bar, "a whole number")
    let text = try fields.required(String.self, .op, "a text")
    guard let name = Name(rawValue: text) else {
      let names = Name.allCases.map(\.rawValue)
      throw fields.fault(
        .op, "was \"\(text)\"\(NearMiss.hint(text, among: names)); it must be one of \(names.joined(separator: ", "))")
    }
    operation = try Self.operation(name, fields)
  }

  private static func operation(_ name: Name, _ fields: ScriptFields) throws -> ScriptedAction.Operation {
    let index = { try fields.required(Int.self, .index, "a whole number") }
    let portion = { try fields.number(.portion) ?? 1 }
    switch name {
    case .buy, .sell:
      return .order(
        name == .buy ? .buy : .sell, size: try fields.number(.size), limit: try fields.number(.limit),
        stop: try fields.number(.stop), stopLoss: try fields.number(.sl), takeProfit: try fields.number(.tp),
        tag: try fields.optional(String.self, .tag, "a text"))
    case .close: return .close(portion: try portion())
    case .closeTrade: return .closeTrade(index: try index(), portion: try portion())
    case .cancel: return .cancel(index: try index())
    case .clearStopLoss: return .clearStopLoss(index: try index())
    case .setStopLoss, .setTakeProfit:
      let (below, above) = (try fields.number(.below), try fields.number(.above))
      if below == nil, above == nil {
        throw fields.fault(nil, "needs below (the new price of long trades' sl and short trades' tp) or above, or both")
      }
      return name == .setStopLoss
        ? .setStopLoss(index: try index(), below: below, above: above)
        : .setTakeProfit(index: try index(), below: below, above: above)
    }
  }
}

/// The keys of one element, with errors that name the place.
private struct ScriptFields {
  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private let container: KeyedDecodingContainer<ScriptElement.Key>
  private let pointer: String

  init(_ decoder: any Decoder) throws {
    let pointer = decoder.codingPath.map { "/\($0.intValue.map { String($0) } ?? $0.stringValue)" }.joined()
    self.pointer = pointer
    do {
      container = try decoder.container(keyedBy: ScriptElement.Key.self)
      let known = ScriptElement.Key.allCases.map(\.rawValue)
      let given = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
      // Sorted: the decoder hands keys out in no fixed order, and the same script must give the same sentence.
      if let unknown = given.sorted().first(where: { !known.contains($0) }) {
        throw ScriptError(
          pointer: "\(pointer)/\(unknown)",
          problem: "is not a key of an action\(NearMiss.hint(unknown, among: known)); "
            + "the keys are \(known.joined(separator: ", "))")
      }
    } catch is DecodingError {
      throw ScriptError(pointer: pointer, problem: "must be an object such as {\"bar\": 5, \"op\": \"buy\"}")
    }
  }

  func fault(_ key: ScriptElement.Key?, _ problem: String) -> ScriptError {
    ScriptError(pointer: key.map { "\(pointer)/\($0.rawValue)" } ?? pointer, problem: problem)
  }

  func number(_ key: ScriptElement.Key) throws -> Double? { try optional(Double.self, key, "a number") }

  func required<Value: Decodable>(_ type: Value.Type, _ key: ScriptElement.Key, _ noun: String) throws -> Value {
    guard let value = try optional(type, key, noun) else { throw fault(key, "is missing; it must be \(noun)") }
    return value
  }

  func optional<Value: Decodable>(_ type: Value.Type, _ key: ScriptElement.Key, _ noun: String) throws -> Value? {
    do {
      return try container.decodeIfPresent(type, forKey: key)
    } catch {
      throw fault(key, "must be \(noun)")
    }
  }
}
