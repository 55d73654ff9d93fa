import Foundation
import JSONRPC
import StrategyProtocol
import WireText

@testable import PluginHost

/// The messages under `protocol/v1/examples`, found from this file's place in the source tree.
enum Examples {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The lines of a file, e.g. `strategy/bar-next`.
  static func lines(_ name: String) throws -> [String] {
    try String(contentsOf: root.appending(path: "protocol/v1/examples/\(name).jsonl"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  /// The requests of a file: the line and its decoded params.
  static func requests<Params: WireShape>(_ name: String, _ type: Params.Type) throws -> [(
    line: String, params: Params
  )] {
    try lines(name).compactMap { line in
      let message = try JSONValue(parsing: line)
      guard let params = message["params"] else { return nil }
      return (line, try WireValue(params).decode(type))
    }
  }

  /// The answers of a file: the result's text and what method it answers.
  static func results(_ name: String) throws -> [String] {
    try lines(name).compactMap { line in try JSONValue(parsing: line)["result"]?.text() }
  }
}

extension JSONValue {
  init(parsing text: String) throws {
    self = try Array(text.utf8).withUnsafeBufferPointer { try JSONValue(parsing: $0) }
  }
}

extension String {
  /// Calls with the text's bytes, as a line arrives.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try Array(utf8).withUnsafeBufferPointer(body)
  }
}
