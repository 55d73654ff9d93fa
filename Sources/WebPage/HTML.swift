/// A piece of an HTML document. Made from string literals, whose interpolated texts are escaped:
///
///     let cell: HTML = "<td title=\"\(tag)\">\(name)</td>"
///
/// Text is safe inside elements and inside quoted attributes, nowhere else; pieces of HTML go in as they are.
public struct HTML: Sendable, ExpressibleByStringInterpolation {
  /// The document's text.
  public private(set) var text: String

  /// Takes HTML written in the program.
  public init(stringLiteral text: String) { self.text = text }

  /// Takes a literal with texts put in.
  public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// Takes text that is HTML already: JSON for a script element, an asset.
  init(trusted text: String) { self.text = text }

  /// Nothing.
  static let nothing = HTML(trusted: "")

  /// Joins two pieces.
  static func + (left: HTML, right: HTML) -> HTML { HTML(trusted: left.text + right.text) }

  /// The parts of a literal.
  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    fileprivate var text = ""

    /// Makes room.
    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    /// Adds HTML written in the program.
    public mutating func appendLiteral(_ literal: String) { text += literal }

    /// Adds text, escaped.
    public mutating func appendInterpolation(_ value: String) { text += HTML.escape(value) }

    /// Adds a number.
    public mutating func appendInterpolation(_ value: Int) { text += String(value) }

    /// Adds a piece of HTML.
    public mutating func appendInterpolation(_ value: HTML) { text += value.text }

    /// Adds pieces of HTML, one a line.
    public mutating func appendInterpolation(_ values: [HTML]) {
      for (index, value) in values.enumerated() { text += index == 0 ? value.text : "\n" + value.text }
    }
  }

  /// A text with the characters that mean something in HTML replaced, and those that no document may hold.
  static func escape(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      byte >= 0x20 && byte != UInt8(ascii: "<") && byte != UInt8(ascii: "&") && byte != UInt8(ascii: ">")
        && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
    }
    if isPlain { return value }
    var escaped = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7F}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
