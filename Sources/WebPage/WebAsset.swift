import ContentDigest

/// A style sheet, script or picture of the page, carried in the program.
public struct WebAsset: Sendable {
  /// Its name, e.g. `page.css`.
  public let name: String
  /// Its media type.
  public let contentType: String
  /// Its bytes.
  public let bytes: [UInt8]
  /// A name for exactly these bytes, for caches.
  public let version: String

  /// Every asset.
  public static let all: [WebAsset] = embedded.map { name, text in
    let bytes = text.withUTF8Buffer { Array($0) }
    var hash = SHA256()
    hash.update(bytes)
    let type =
      switch name.split(separator: ".").last {
      case "css": "text/css; charset=utf-8"
      case "js": "text/javascript; charset=utf-8"
      default: "image/svg+xml"
      }
    return WebAsset(name: name, contentType: type, bytes: bytes, version: String(hash.finalize().prefix(12)))
  }

  /// The asset of a name.
  public static func named(_ name: String) -> WebAsset? { all.first { $0.name == name } }

  /// Where the server has an asset; the address changes with the bytes, so that it may be cached without end.
  static func path(_ name: String) -> String { "/assets/\(name)?v=\(named(name)?.version ?? "")" }

  /// An asset's text.
  static func text(_ name: String) -> String { named(name).map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }

  /// The scripts that draw a run, in order.
  static let runScripts = [
    "format.js", "bars.js", "trades.js", "source.js", "scales.js", "panes.js", "legend.js", "chart.js", "pointer.js",
    "tables.js", "run.js",
  ]
}
