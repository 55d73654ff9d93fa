/// A strategy to begin with: its source, its test, a README and a manifest.
public struct StrategyTemplate: Sendable {
  /// The languages there is one for.
  public enum Language: String, Sendable, CaseIterable {
    case python
    case javascript
    case c
    case shell
    case swift
  }

  /// A file to write.
  public struct File: Sendable, Equatable {
    /// Its path below the strategy's folder.
    public var path: String
    /// All of it.
    public var text: String
  }

  /// Where things are that a strategy refers to; empty when not known.
  public struct Places: Sendable {
    /// A checkout of this package, for strategies in Swift.
    public var checkout: String
    /// The folder that holds the Python package.
    public var pythonPackage: String

    /// Makes it.
    public init(checkout: String, pythonPackage: String) {
      self.checkout = checkout
      self.pythonPackage = pythonPackage
    }
  }

  /// The files to write, by path.
  public let files: [File]

  /// Fills a template in.
  ///
  /// - Parameters:
  ///   - name: The strategy's name: 1 to 100 letters, digits, `_` or `-`.
  ///   - places: Where things are; quotes, backslashes and control characters in them are dropped.
  public init(_ language: Language, name: String, places: Places) {
    let values = [
      ("{{name}}", name), ("{{backtester}}", Self.harmless(places.checkout)),
      ("{{python_package}}", Self.harmless(places.pythonPackage)),
    ]
    let folder = "\(language.rawValue)/"
    files = Self.embedded.filter { $0.name.hasPrefix(folder) }.map { name, text in
      let filled = values.reduce(text.description) { Self.replacing($1.0, with: $1.1, in: $0) }
      return File(path: String(name.dropFirst(folder.count)), text: filled)
    }
  }

  /// Whether a name can be a strategy's.
  public static func isValidName(_ name: String) -> Bool {
    (1...100).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy { scalar in
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
          || scalar == "-"
      } && !name.hasPrefix("-")
  }

  /// A path that can stand between quotes in every language.
  private static func harmless(_ path: String) -> String {
    String(path.filter { $0 != "\"" && $0 != "\\" && $0 != "'" && !$0.isNewline })
  }

  private static func replacing(_ mark: String, with value: String, in text: String) -> String {
    // Without Foundation: the few marks of a template are found piece by piece.
    var result = ""
    var rest = Substring(text)
    let first = Character(mark.first.map(String.init) ?? "{")
    while let place = rest.firstIndex(of: first) {
      result += rest[..<place]
      rest = rest[place...]
      if rest.hasPrefix(mark) {
        result += value
        rest = rest.dropFirst(mark.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result + rest
  }
}
