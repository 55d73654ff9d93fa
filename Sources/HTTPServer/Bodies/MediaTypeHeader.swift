/// A header like `multipart/form-data; boundary="x"` or `form-data; name="ticker"`.
struct MediaTypeHeader {
  /// The part before the first semicolon, lower-cased.
  let essence: String
  /// The parameters by lower-cased name; of several with one name the first counts.
  let parameters: [String: String]

  init(_ text: String) {
    var rest = text[...]
    essence = Self.trimmed(Self.take(&rest, upTo: ";")).lowercased()
    var parameters: [String: String] = [:]
    while rest.popFirst() == ";" {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      let name = Self.trimmed(rest.prefix { $0 != "=" && $0 != ";" }).lowercased()
      rest = rest.drop { $0 != "=" && $0 != ";" }
      guard rest.first == "=" else { continue }
      rest.removeFirst()
      let value: String
      if rest.first == "\"" {
        value = Self.takeQuoted(&rest)
        _ = Self.take(&rest, upTo: ";")
      } else {
        value = Self.trimmed(Self.take(&rest, upTo: ";"))
      }
      if parameters[name] == nil { parameters[name] = value }
    }
    self.parameters = parameters
  }

  private static func take(_ rest: inout Substring, upTo end: Character) -> Substring {
    let taken = rest.prefix { $0 != end }
    rest = rest[taken.endIndex...]
    return taken
  }

  private static func takeQuoted(_ rest: inout Substring) -> String {
    rest.removeFirst()
    var value = ""
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let escaped = rest.first, escaped == "\"" || escaped == "\\" {
        value.append(escaped)
        rest.removeFirst()
      } else {
        value.append(character)
      }
    }
    return value
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
