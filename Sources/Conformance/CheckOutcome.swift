import JSONRPC

/// A claim does not hold: what was seen.
package struct CheckFailure: Error {
  /// What was seen.
  package let detail: String

  init(_ detail: String) { self.detail = detail }

  /// A fault at a place in an answer.
  init(at pointer: String, _ problem: String) { detail = "\(pointer.isEmpty ? "the result" : pointer) \(problem)" }
}

/// A check does not apply to this strategy: why.
struct CheckSkipped: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension JSONValue {
  /// A number as the wire writes it: whole ones without a fraction.
  init(number: Double) {
    if number.magnitude <= 9_007_199_254_740_992, let whole = Int64(exactly: number) {
      self = .int(whole)
    } else {
      self = .double(number)
    }
  }

  /// A number, or null.
  init(number: Double?) { if let number { self.init(number: number) } else { self = .null } }

  /// A text, or null.
  init(text: String?) { if let text { self = .string(text) } else { self = .null } }

  init(_ number: Int) { self = .int(Int64(number)) }

  /// The JSON text, for sentences; shortened.
  func shown(_ limit: Int = 300) -> String {
    let text = (try? text()) ?? "a number that JSON cannot hold"
    return text.count > limit ? "\(text.prefix(limit)) …" : text
  }

  /// What kind of value it is, for sentences.
  var noun: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .double: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// An object without a member.
  func without(_ key: String) -> JSONValue {
    var copy = self
    copy[key] = nil
    return copy
  }

  /// The value of a member that is there and not null.
  func present(_ key: String) -> JSONValue? {
    guard let value = self[key], !value.isNull else { return nil }
    return value
  }
}
