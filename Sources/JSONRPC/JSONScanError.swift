/// Why bytes are not the JSON that was asked for.
public struct JSONScanError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was wrong. The first group means text that is no JSON at all or breaks a limit, the second a value of the
  /// wrong type.
  public enum Kind: Equatable, Sendable {
    /// There are no bytes, or white space only.
    case empty
    /// The message is longer than the given number of bytes.
    case tooLarge(limit: Int)
    /// The message starts with the bytes EF BB BF.
    case byteOrderMark
    /// The text ends inside a value.
    case endsEarly
    /// A value must stand here.
    case expectedValue
    /// A key in quotation marks must stand here.
    case expectedKey
    /// A colon must stand between key and value.
    case expectedColon
    /// A comma or the closing brace must follow a member of an object.
    case expectedCommaOrBrace
    /// A comma or the closing bracket must follow an element of an array.
    case expectedCommaOrBracket
    /// Something follows the complete message.
    case trailingText
    /// `NaN` or `Infinity`, which some encoders write although JSON has no such numbers.
    case nonFiniteLiteral
    /// A number not written as JSON demands: a leading zero or plus sign, or no digit where one must stand.
    case malformedNumber
    /// A number beyond the range of a double.
    case numberOutOfRange
    /// An unescaped control character (below U+0020) inside a string.
    case controlCharacter
    /// A backslash followed by something that is no escape.
    case malformedEscape
    /// One half of a surrogate pair without the other.
    case loneSurrogate
    /// Bytes that are not UTF-8.
    case malformedUTF8
    /// More than ``JSONLimits/maximumDepth`` levels of arrays and objects.
    case tooDeep

    /// Valid so far, but not the type that was asked for.
    case expectedType(JSONKind)
    /// A number with a fraction, or beyond 64 bits, where an integer is wanted.
    case expectedInteger
  }

  /// What was wrong.
  public let kind: Kind
  /// Where: the number of bytes before the offending one.
  public let offset: Int
  /// The offending byte; `nil` at the end of the text.
  public let found: UInt8?

  /// Creates an error; `found` is the byte at `offset`, if there is one.
  public init(kind: Kind, offset: Int, found: UInt8? = nil) {
    self.kind = kind
    self.offset = offset
    self.found = found
  }

  /// Whether the text may be valid JSON and only a value's type is wrong.
  public var isTypeMismatch: Bool {
    switch kind {
    case .expectedType, .expectedInteger: true
    default: false
    }
  }

  /// One sentence: what was wrong, where, and what to do when that is not obvious.
  public var description: String {
    switch kind {
    case .empty: "The message is empty; expected a JSON value."
    case .tooLarge(let limit): "The message is longer than the limit of \(limit) bytes; send it in smaller parts."
    case .byteOrderMark: "The message starts with a byte order mark; send UTF-8 without one."
    case .endsEarly: "The JSON text ends early, at byte \(offset), inside a value."
    case .expectedValue: "\(found_) at byte \(offset), expected a JSON value."
    case .expectedKey: "\(found_) at byte \(offset), expected a key in quotation marks."
    case .expectedColon: "\(found_) at byte \(offset), expected ':' after the key."
    case .expectedCommaOrBrace: "\(found_) at byte \(offset), expected ',' or '}'."
    case .expectedCommaOrBracket: "\(found_) at byte \(offset), expected ',' or ']'."
    case .trailingText: "\(found_) at byte \(offset), after the end of the JSON value."
    case .nonFiniteLiteral: "NaN or Infinity at byte \(offset) is not JSON; send null for a missing number."
    case .malformedNumber: "\(found_) at byte \(offset) does not belong in a JSON number."
    case .numberOutOfRange: "The number at byte \(offset) is too large for a 64-bit floating-point value."
    case .controlCharacter: "\(found_) at byte \(offset) inside a string must be escaped, such as \\n or \\u0000."
    case .malformedEscape: "The backslash at byte \(offset) starts no JSON escape."
    case .loneSurrogate: "The escape at byte \(offset) is one half of a surrogate pair without the other."
    case .malformedUTF8: "\(found_) at byte \(offset) is not UTF-8."
    case .tooDeep: "Arrays and objects are nested deeper than \(JSONLimits.maximumDepth) levels at byte \(offset)."
    case .expectedType(let kind): "\(found_) at byte \(offset), expected \(kind.article)."
    case .expectedInteger: "The number at byte \(offset) is not an integer that fits in 64 bits."
    }
  }

  private var found_: String {
    switch found {
    case .none: return "The text ends"
    case .some(0x27): return "Found \"'\""
    case .some(let byte) where byte > 0x20 && byte < 0x7F:
      return "Found '\(Character(Unicode.Scalar(byte)))'"
    case .some(0x20): return "Found a space"
    case .some(let byte):
      let digits = String(byte, radix: 16, uppercase: true)
      return "Found byte 0x\(digits.utf8.count == 1 ? "0" : "")\(digits)"
    }
  }
}
