#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A list of texts kept in one column: a JSON array of strings and nulls, readable by SQLite's own `json_each`.
enum TextList {
  static func encode(_ texts: [String?]) -> String {
    var out = "["
    for (index, text) in texts.enumerated() {
      if index > 0 { out += "," }
      guard let text else {
        out += "null"
        continue
      }
      out += "\""
      if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        out += text
        out += "\""
        continue
      }
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case _ where scalar.value < 0x20:
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: out.unicodeScalars.append(scalar)
        }
      }
      out += "\""
    }
    return out + "]"
  }

  /// The list, or `nil` when `json` is not one.
  static func decode(_ json: String) -> [String?]? {
    if json == "[]" { return [] }
    return try? JSONDecoder().decode([String?].self, from: Data(json.utf8))
  }
}
