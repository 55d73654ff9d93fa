import JSONRPC
import StrategyKit
import TradingModel

/// Reads and checks fields, and gathers every fault by field, in the words of Django REST Framework.
struct FieldReader {
  private let fields: BodyFields
  /// The faults so far, in the order the fields were read.
  private(set) var faults: [(field: String, messages: [String])] = []

  init(_ fields: BodyFields) { self.fields = fields }

  /// Notes a fault of a field.
  mutating func fail(_ field: String, _ message: String) { faults.append((field, [message])) }

  /// A text without white space around it; `nil` when there is none or it is faulty.
  mutating func text(_ name: String, maximumLength: Int, isRequired: Bool = true) -> String? {
    let given: String
    switch value(name, isRequired: isRequired) {
    case nil: return nil
    case .text(let text), .json(.string(let text)): given = text
    case .json(.int(let number)): given = "\(number)"
    case .json(.double(let number)): given = "\(number)"
    case .json, .file:
      fail(name, "Not a valid string.")
      return nil
    }
    if given.unicodeScalars.contains("\0") {
      fail(name, "Null characters are not allowed.")
      return nil
    }
    let text = Self.trimmed(given)
    if text.isEmpty {
      if isRequired || !fields.isForm { fail(name, "This field may not be blank.") }
      return nil
    }
    if text.unicodeScalars.count > maximumLength {
      fail(name, "Ensure this field has no more than \(maximumLength) characters.")
      return nil
    }
    return text
  }

  /// A finite number; `nil` when there is none or it is faulty.
  mutating func number(_ name: String, isRequired: Bool = true) -> Double? {
    let number: Double?
    switch value(name, isRequired: isRequired) {
    case nil: return nil
    case .text(let text), .json(.string(let text)):
      let text = Self.trimmed(text)
      if text.isEmpty, !isRequired, fields.isForm { return nil }
      if text.unicodeScalars.count > 1000 {
        fail(name, "String value too large.")
        return nil
      }
      number = Self.decimal(text)
    case .json(let value): number = value.doubleValue
    case .file: number = nil
    }
    guard let number, number.isFinite else {
      fail(name, "A valid number is required.")
      return nil
    }
    return number
  }

  /// A calendar date as 00:00 UTC of its day.
  mutating func date(_ name: String, isRequired: Bool = true) -> EpochMilliseconds? {
    let time: EpochMilliseconds?
    switch value(name, isRequired: isRequired) {
    case nil: return nil
    case .text(let text) where text.isEmpty && !isRequired: return nil
    // Ten characters: UTCText also takes times of day.
    case .text(let text), .json(.string(let text)): time = text.utf8.count == 10 ? UTCText.parse(text) : nil
    case .json, .file: time = nil
    }
    if time == nil { fail(name, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.") }
    return time
  }

  /// One of several words; `nil` when there is none or it is faulty.
  mutating func choice<Choice>(_ name: String, _ read: (String) -> Choice?) -> Choice? {
    let given: String
    switch value(name, isRequired: false) {
    case nil: return nil
    case .text(let text): given = Self.trimmed(text)
    case .json(.string(let text)): given = text
    case .json(.int(let number)): given = "\(number)"
    case .json, .file:
      fail(name, "Not a valid string.")
      return nil
    }
    if given.isEmpty, fields.isForm { return nil }
    guard let choice = read(given) else {
      fail(name, "\"\(given.prefix(100))\" is not a valid choice.")
      return nil
    }
    return choice
  }

  /// Yes or no in any of Django's spellings; `nil` when there is none or it is faulty.
  mutating func flag(_ name: String) -> Bool? {
    let given: String
    switch value(name, isRequired: false) {
    case nil: return nil
    case .json(.bool(let flag)): return flag
    case .text(let text), .json(.string(let text)): given = Self.trimmed(text).lowercased()
    case .json(.int(let number)): given = "\(number)"
    case .json, .file: given = "?"
    }
    switch given {
    case "true", "t", "yes", "y", "on", "1": return true
    case "false", "f", "no", "n", "off", "0": return false
    case "" where fields.isForm: return nil
    default:
      fail(name, "Must be a valid boolean.")
      return nil
    }
  }

  /// The strategy's parameters: members of the object `parameters` in JSON, fields named `parameters.NAME` in a form.
  mutating func parameters(_ name: String) -> [(name: String, value: ParameterValue?, text: String?)] {
    let prefix = name + "."
    var given: [(name: String, value: ParameterValue?, text: String?)] = []
    for (field, value) in fields.values where field.hasPrefix(prefix) {
      // A parameter left blank in a form keeps its default.
      if case .text(let text) = value, !Self.trimmed(text).isEmpty {
        given.append((String(field.dropFirst(prefix.count)), nil, Self.trimmed(text)))
      }
    }
    guard case .json(let value)? = fields[name], !value.isNull else { return given }
    guard let members = value.objectValue else {
      fail(name, "Expected an object of names and values.")
      return given
    }
    for member in members {
      switch member.value {
      case .int(let number): given.append((member.key, .integer(Int(number)), nil))
      case .double(let number): given.append((member.key, .number(number), nil))
      case .string(let text): given.append((member.key, .string(text), nil))
      case .bool(let flag): given.append((member.key, .boolean(flag), nil))
      case .null: continue
      case .array, .object: fail(name, "\(member.key.prefix(100)) must be a number, a text or a boolean.")
      }
    }
    return given
  }

  private mutating func value(_ name: String, isRequired: Bool) -> BodyFields.Value? {
    guard let value = fields[name] else {
      if isRequired { fail(name, "This field is required.") }
      return nil
    }
    if value == .json(.null) {
      fail(name, "This field may not be null.")
      return nil
    }
    return value
  }

  /// Reads digits with an optional fraction and exponent, and nothing else that Swift would take (`0x10`, `nan`).
  private static func decimal(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    return isPlain ? Double(text) : nil
  }

  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
