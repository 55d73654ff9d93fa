/// A word or sign of a condition, and where it stands.
struct ConditionToken {
  enum Kind: Equatable {
    case number(Double)
    case text(String)
    case name(String)
    /// A name in backquotes, which is never one of the words of the language.
    case parameter(String)
    case sign(String)
    case end
  }

  var kind: Kind
  /// Characters before it, plus 1.
  var position: Int

  /// Cuts a condition into tokens, the end last.
  ///
  /// - Throws: ``SweepError/badCondition(condition:position:fault:)``.
  static func all(of condition: String) throws(SweepError) -> [ConditionToken] {
    var scanner = Scanner(condition)
    var tokens: [ConditionToken] = []
    repeat { tokens.append(try scanner.next()) } while tokens.last?.kind != .end
    return tokens
  }

  private struct Scanner {
    let condition: String
    let characters: [Character]
    var index = 0

    /// Longer signs first, so that `<=` is not read as `<`.
    private static let signs = [
      "<=", ">=", "==", "!=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "(", ")", "!",
    ]

    init(_ condition: String) {
      self.condition = condition
      characters = Array(condition)
    }

    mutating func next() throws(SweepError) -> ConditionToken {
      while index < characters.count, characters[index].isWhitespace { index += 1 }
      let start = index
      func token(_ kind: Kind) -> ConditionToken { ConditionToken(kind: kind, position: start + 1) }
      guard start < characters.count else { return token(.end) }
      let first = characters[start]
      if Self.isDigit(first) || (first == "." && start + 1 < characters.count && Self.isDigit(characters[start + 1])) {
        return token(.number(try number()))
      }
      if first.isLetter || first == "_" {
        while index < characters.count, Self.continuesName(characters[index]) { index += 1 }
        return token(.name(String(characters[start..<index])))
      }
      if first == "\"" || first == "'" { return token(.text(try quoted(by: first))) }
      if first == "`" { return token(.parameter(try quoted(by: first))) }
      for sign in Self.signs where characters[start...].starts(with: sign) {
        index += sign.count
        return token(.sign(sign))
      }
      if first == "=" { throw fault(start, "a single = compares nothing; write == for equal.") }
      throw fault(
        start,
        "the character \(first) means nothing here; there are parameters, numbers, + - * / %, < <= > >= == !=, "
          + "and, or, not and parentheses.")
    }

    private mutating func number() throws(SweepError) -> Double {
      let start = index
      while index < characters.count, Self.isDigit(characters[index]) || characters[index] == "." { index += 1 }
      if index < characters.count, characters[index] == "e" || characters[index] == "E" {
        var end = index + 1
        if end < characters.count, characters[end] == "-" || characters[end] == "+" { end += 1 }
        if end < characters.count, Self.isDigit(characters[end]) {
          index = end
          while index < characters.count, Self.isDigit(characters[index]) { index += 1 }
        }
      }
      let text = String(characters[start..<index])
      let runsIntoName = index < characters.count && Self.continuesName(characters[index])
      guard let value = Double(text), value.isFinite, !runsIntoName else {
        throw fault(start, "what begins with \(text) is no number.")
      }
      return value
    }

    private mutating func quoted(by mark: Character) throws(SweepError) -> String {
      let start = index
      guard let end = characters[(start + 1)...].firstIndex(of: mark) else {
        throw fault(start, "the \(mark) is never closed.")
      }
      index = end + 1
      return String(characters[(start + 1)..<end])
    }

    private func fault(_ index: Int, _ fault: String) -> SweepError {
      .badCondition(condition: condition, position: index + 1, fault: fault)
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
    private static func continuesName(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "_"
    }
  }
}
