import JSONRPC
import StrategyProtocol

/// The pieces of which the forms of answers are checked. Each throws ``CheckFailure`` with the place of the fault.
enum Form {
  static let maximumInteger = 9_007_199_254_740_991

  @discardableResult static func object(_ value: JSONValue, _ at: String) throws -> [JSONValue.Member] {
    guard let members = value.objectValue else { throw wrong(value, at, "an object") }
    return members
  }

  @discardableResult static func array(_ value: JSONValue?, _ at: String) throws -> [JSONValue] {
    guard let elements = (value ?? .array([])).arrayValue else { throw wrong(value ?? .null, at, "an array") }
    return elements
  }

  @discardableResult static func string(_ value: JSONValue, _ at: String) throws -> String {
    guard let text = value.stringValue else { throw wrong(value, at, "a string") }
    return text
  }

  @discardableResult static func number(_ value: JSONValue, _ at: String) throws -> Double {
    guard let number = value.doubleValue else { throw wrong(value, at, "a number") }
    return number
  }

  static func boolean(_ value: JSONValue, _ at: String) throws {
    if value.boolValue == nil { throw wrong(value, at, "a boolean") }
  }

  @discardableResult static func whole(
    _ value: JSONValue, _ at: String, from low: Int = 0, to high: Int = maximumInteger
  ) throws -> Int {
    guard let number = value.doubleValue, number == number.rounded() else { throw wrong(value, at, "a whole number") }
    guard let whole = value.intValue, (low...high).contains(whole) else {
      throw CheckFailure(at: at, "was \(value.shown()); it must be from \(low) to \(high)")
    }
    return whole
  }

  static func text(_ value: JSONValue, _ at: String, from low: Int, to high: Int) throws {
    // Unicode scalars, as in the schemas.
    let count = try string(value, at).unicodeScalars.count
    if !(low...high).contains(count) {
      throw CheckFailure(at: at, "has \(count) characters; it must have \(low) to \(high)")
    }
  }

  @discardableResult static func word(_ value: JSONValue, of words: [String], _ at: String) throws -> String {
    let text = try string(value, at)
    if !words.contains(text) {
      throw CheckFailure(at: at, "was \"\(text)\"; it must be one of \(words.joined(separator: ", "))")
    }
    return text
  }

  /// Checks that an object has the required fields and no others than the optional ones.
  static func fields(_ value: JSONValue, _ at: String, required: [String], optional: [String]) throws {
    let members = try object(value, at)
    for name in required where value[name] == nil { throw CheckFailure(at: at, "lacks the field \"\(name)\"") }
    for member in members where !required.contains(member.key) && !optional.contains(member.key) {
      throw CheckFailure(
        at: "\(at)/\(member.key)",
        "is not a field of the protocol; private ones belong under capabilities.experimental")
    }
  }

  private static func wrong(_ value: JSONValue, _ at: String, _ kind: String) -> CheckFailure {
    CheckFailure(at: at, "must be \(kind), received \(value.noun)")
  }
}

/// The form of an answer's error.
enum ErrorForm {
  /// Codes a strategy may answer.
  static let codes = [
    -32700, -32600, -32601, -32602, -32603, -32800, 1001, 1002, 1003, 1004, 2005, 3001, 4004, 5001,
  ]

  static func check(_ error: JSONValue) throws {
    guard error.kind == .object else { throw CheckFailure("/error must be an object, received \(error.noun)") }
    guard let code = error["code"]?.intValue else { throw CheckFailure("/error/code must be a whole number") }
    guard error["message"]?.stringValue != nil else { throw CheckFailure("/error/message must be a string") }
    if !codes.contains(code) {
      throw CheckFailure("/error/code was \(code), which is no code a strategy may answer")
    }
  }
}

/// The form of what a strategy may tell unasked.
enum NotificationForm {
  static func check(_ message: JSONValue) throws {
    let method = message["method"]?.stringValue
    guard let params = message["params"], params.kind == .object else {
      throw CheckFailure("/params of \(method ?? "a notification") must be an object")
    }
    switch method {
    case "log/message":
      try Form.fields(params, "/params", required: ["level", "message"], optional: ["data", "run_id"])
      try Form.word(params["level"] ?? .null, of: ["debug", "info", "warning", "error"], "/params/level")
      try Form.string(params["message"] ?? .null, "/params/message")
    case "$/progress":
      try Form.fields(params, "/params", required: ["token", "value"], optional: [])
      let value = params["value"] ?? .null
      try Form.fields(value, "/params/value", required: ["kind"], optional: ["message", "percentage"])
      try Form.word(value["kind"] ?? .null, of: ["begin", "report", "end"], "/params/value/kind")
      if let percentage = value["percentage"] {
        let part = try Form.number(percentage, "/params/value/percentage")
        if !(0...100).contains(part) { throw CheckFailure(at: "/params/value/percentage", "must be from 0 to 100") }
      }
    default: break
    }
  }
}
