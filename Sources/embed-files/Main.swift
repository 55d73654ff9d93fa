#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `embed-files OUTPUT TYPE [NAME FILE]…`: writes a Swift file that gives a type the texts of files, so that the program
/// carries them. A string literal compiles at once; SwiftPM's own way, an array of bytes, takes 20 seconds for 60 kB.
@main struct EmbedFiles {
  static func main() {
    do {
      try write(Array(CommandLine.arguments.dropFirst()))
    } catch {
      fatalError("embed-files: \(error)")
    }
  }

  private struct Wrong: Error, CustomStringConvertible {
    let description: String
  }

  private static func write(_ arguments: [String]) throws {
    guard arguments.count >= 2, arguments.count % 2 == 0 else { throw Wrong(description: "OUTPUT TYPE [NAME FILE]…") }
    var source = """
      extension \(arguments[1]) {
        /// The files that the program carries, in order of their names.
        static let embedded: [(name: String, text: StaticString)] = [

      """
    for place in stride(from: 2, to: arguments.count, by: 2) {
      let (name, file) = (arguments[place], arguments[place + 1])
      guard let text = String(bytes: try Data(contentsOf: URL(filePath: file)), encoding: .utf8) else {
        throw Wrong(description: "\(file) is not UTF-8")
      }
      // A literal takes every carriage return for the end of a line.
      if text.utf8.contains(UInt8(ascii: "\r")) { throw Wrong(description: "\(file) has a carriage return") }
      let fence = self.fence(for: text)
      // A multi-line literal ends before its last line feed.
      source += "(\"\(name)\", \(fence)\"\"\"\n\(text)\n\"\"\"\(fence)),\n"
    }
    source += "  ]\n}\n"
    try Data(source.utf8).write(to: URL(filePath: arguments[0]))
  }

  /// Number signs enough that nothing in a text ends its literal or begins an escape.
  private static func fence(for text: String) -> String {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "#") ? run + 1 : 0
      longest = max(longest, run)
    }
    return String(repeating: "#", count: longest + 1)
  }
}
