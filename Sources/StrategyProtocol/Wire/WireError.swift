/// A message has the right syntax but not the form that the protocol asks for.
package struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where, as a JSON pointer (RFC 6901) from the value that was decoded, e.g. `/actions/0/quantity`.
  package var pointer: String
  /// What is wrong there, e.g. `must be a number, received a string`.
  package var problem: String

  /// Makes an error.
  package init(pointer: String, problem: String) {
    self.pointer = pointer
    self.problem = problem
  }

  package var description: String { pointer.isEmpty ? "The message \(problem)." : "\(pointer) \(problem)." }
}

/// A place inside a message, for checks and their errors.
package struct WirePath: Sendable {
  /// The place as a JSON pointer; empty for the whole value.
  package private(set) var pointer: String

  /// The whole value.
  package static let root = WirePath(pointer: "")

  private init(pointer: String) { self.pointer = pointer }

  package init(_ keys: [any CodingKey]) {
    pointer = keys.reduce(into: "") { $0 += "/" + Self.escape($1.intValue.map(String.init) ?? $1.stringValue) }
  }

  /// The place of a member.
  package func member(_ key: String) -> WirePath { WirePath(pointer: pointer + "/" + Self.escape(key)) }

  /// The place of an element.
  package func element(_ index: Int) -> WirePath { WirePath(pointer: pointer + "/\(index)") }

  /// The error that something is wrong here.
  package func error(_ problem: String) -> WireError { WireError(pointer: pointer, problem: problem) }

  /// Checks that a number lies in a range.
  package func check(
    _ value: Double?, minimum: Double? = nil, above: Double? = nil, maximum: Double? = nil, below: Double? = nil
  ) throws(WireError) {
    guard let value else { return }
    if let minimum, !(value >= minimum) {
      throw error("was \(Self.text(value)); it must be \(Self.text(minimum)) or more")
    }
    if let above, !(value > above) { throw error("was \(Self.text(value)); it must be above \(Self.text(above))") }
    if let maximum, !(value <= maximum) {
      throw error("was \(Self.text(value)); it must be \(Self.text(maximum)) or less")
    }
    if let below, !(value < below) { throw error("was \(Self.text(value)); it must be below \(Self.text(below))") }
  }

  /// Checks that a whole number lies in a range.
  package func check(_ value: Int?, minimum: Int? = nil, maximum: Int? = nil) throws(WireError) {
    guard let value else { return }
    if let minimum, value < minimum { throw error("was \(value); it must be \(minimum) or more") }
    if let maximum, value > maximum { throw error("was \(value); it must be \(maximum) or less") }
  }

  /// Checks the length of a text in Unicode scalars.
  package func check(length value: String?, minimum: Int = 0, maximum: Int = .max) throws(WireError) {
    guard let count = value?.unicodeScalars.count else { return }
    if count < minimum {
      throw error(minimum == 1 ? "is empty" : "has \(count) characters; it must have at least \(minimum)")
    }
    if count > maximum { throw error("has \(count) characters; it may have at most \(maximum)") }
  }

  /// Checks the length of a list.
  package func check(count: Int?, minimum: Int) throws(WireError) {
    if let count, count < minimum {
      throw error("has \(count) elements; it must have at least \(minimum)")
    }
  }

  /// Checks that a list is as long as another field says.
  package func check(length: Int, is count: Int) throws(WireError) {
    if length != count { throw error("has \(length) elements where count says \(count)") }
  }

  /// Checks that a value is the only one allowed.
  package func check<Value: Equatable>(_ value: Value?, is constant: Value) throws(WireError) {
    if let value, value != constant { throw error("was \(value); it must be \(constant)") }
  }

  /// Checks that a value of any type is an object.
  package func check(object value: WireValue?) throws(WireError) {
    if let value, value.members == nil { throw error("must be an object, received \(value.noun)") }
  }

  /// Checks that a value of any type is a schema of parameters that the host can use.
  package func check(parameters value: WireValue?) throws(WireError) {
    do {
      _ = try ParameterSchema(value)
    } catch {
      throw WireError(pointer: pointer + error.pointer, problem: error.problem)
    }
  }

  /// Checks that a value of any type is an integer or a string, as ids and tokens are.
  package func check(token value: WireValue?) throws(WireError) {
    switch value {
    case nil, .int, .string: return
    case .some(let other): throw error("must be an integer or a string, received \(other.noun)")
    }
  }

  /// Checks that a text is a version, MAJOR.MINOR.
  package func check(version value: String?) throws(WireError) {
    if let value, ProtocolVersion(value) == nil {
      throw error("was \"\(value)\"; a version is MAJOR.MINOR, e.g. \"1.0\"")
    }
  }

  /// Checks that a text is a SHA-256 in lower-case hexadecimal digits.
  package func check(sha256 value: String?) throws(WireError) {
    guard let value else { return }
    let isDigest =
      value.utf8.count == 64 && value.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    if !isDigest { throw error("must be 64 lower-case hexadecimal digits") }
  }

  private static func escape(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else { return key }
    return key.reduce(into: "") { text, character in
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.append(character)
      }
    }
  }

  private static func text(_ value: Double) -> String {
    if let whole = Int(exactly: value) { String(whole) } else { "\(value)" }
  }
}

/// A message whose fields have limits beyond their types.
package protocol WireChecked {
  /// Checks every limit, own fields first to last.
  ///
  /// - Throws: ``WireError`` naming the first field out of its limits.
  func check(_ path: WirePath) throws
}

extension Array: WireChecked where Element: WireChecked {
  package func check(_ path: WirePath) throws {
    for (index, element) in enumerated() { try element.check(path.element(index)) }
  }
}
