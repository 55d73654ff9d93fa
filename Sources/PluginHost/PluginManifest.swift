import JSONRPC
import StrategyProtocol
import WireText

/// What a `plugin.json` says.
public struct PluginManifest: Sendable, Equatable {
  /// The name users type.
  public var name: String
  /// The plugin's own version.
  public var version: String
  /// The protocol version it speaks.
  public var protocolVersion: String
  /// The language it is written in, for people.
  public var language: String
  /// The program and its arguments; a relative path with a slash is relative to the manifest's folder.
  public var arguments: [String]
  /// The modes it offers, for people; the process itself has the last word.
  public var modes: [String]
  /// What it does, one sentence.
  public var summary: String
  /// The folder the manifest is in, which is the process's working directory.
  public var folder: String

  /// Reads a manifest.
  ///
  /// - Throws: ``ManifestError``.
  init(parsing bytes: [UInt8], folder: String) throws(ManifestError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch { throw ManifestError("is not JSON: \(error)") }
    guard value.objectValue != nil else { throw ManifestError("must be a JSON object") }
    name = try Self.text(value, "name")
    guard Self.isValidName(name) else {
      throw ManifestError("has the name \"\(name)\"; it must be 1 to 100 letters, digits, _ or -")
    }
    version = try Self.text(value, "version")
    protocolVersion = try Self.text(value, "protocol_version")
    guard let spoken = ProtocolVersion(protocolVersion), spoken.major == ProtocolVersion.current.major else {
      throw ManifestError(
        "speaks protocol \(protocolVersion); this host speaks \(ProtocolVersion.current). Update the older side")
    }
    language = try Self.text(value, "language")
    arguments = try Self.texts(value, "argv")
    if arguments.isEmpty || arguments[0].isEmpty { throw ManifestError("has an empty argv; name the program to start") }
    modes = value["modes"] == nil ? ["lockstep"] : try Self.texts(value, "modes")
    summary = value["description"]?.stringValue ?? ""
    self.folder = folder
  }

  static func isValidName(_ name: String) -> Bool {
    (1...100).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z"))
          || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
      }
  }

  /// How the process is started.
  public var command: PluginCommand {
    var arguments = arguments
    if arguments[0].contains("/"), !arguments[0].hasPrefix("/") { arguments[0] = "\(folder)/\(arguments[0])" }
    return PluginCommand(arguments: arguments, folder: folder)
  }

  private static func text(_ value: JSONValue, _ key: String) throws(ManifestError) -> String {
    guard let member = value[key] else { throw ManifestError("lacks \"\(key)\"") }
    guard let text = member.stringValue else { throw ManifestError("has a \"\(key)\" that is no string") }
    return text
  }

  private static func texts(_ value: JSONValue, _ key: String) throws(ManifestError) -> [String] {
    guard let member = value[key] else { throw ManifestError("lacks \"\(key)\"") }
    guard let elements = member.arrayValue else { throw ManifestError("has a \"\(key)\" that is no array of strings") }
    var texts: [String] = []
    for element in elements {
      guard let text = element.stringValue else { throw ManifestError("has a \"\(key)\" that is no array of strings") }
      texts.append(text)
    }
    return texts
  }
}

/// What is wrong with a manifest; completes a sentence that begins with its path.
public struct ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}
