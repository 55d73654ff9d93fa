import Foundation

/// The documents under `protocol/`, found from this file's place in the source tree.
enum ProtocolFiles {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "protocol")

  /// The text of a file, e.g. `v1/errors.json`.
  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The lines of a file that hold something.
  static func lines(_ path: String) throws -> [String] {
    try text(path).split(separator: "\n").map(String.init)
  }

  /// The tree of a file.
  static func json(_ path: String) throws -> WireTree { try WireTree(text(path)) }

  /// The files of a folder with an ending, sorted, relative to `protocol/`.
  static func list(_ folder: String, ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
  }
}
