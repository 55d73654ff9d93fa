import Foundation
import TestSupport
import TradingModel

/// Recorded replies and what yfinance makes of them; see `Fixtures/yahoo/README.md`.
enum Fixture {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/yahoo")

  static func body(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent("bodies/\(file)")))
  }

  static func reply(_ file: String, status: Int = 200) throws -> ReplayReply {
    ReplayReply(status: status, body: try body(file))
  }

  /// Every recorded body with its status.
  static func index() throws -> [(file: String, status: Int)] {
    struct Entry: Decodable {
      var file: String
      var status: Int
    }
    let data = try Data(contentsOf: folder.appendingPathComponent("index.json"))
    return try JSONDecoder().decode([Entry].self, from: data).map { ($0.file, $0.status) }
  }

  /// The bars of `expected/NAME.auto.csv` or `.raw.csv`: the time as yfinance prints it, and the prices.
  static func expected(_ name: String, adjusted: Bool) throws -> [(label: String, bar: Bar)] {
    let url = folder.appendingPathComponent("expected/\(name).\(adjusted ? "auto" : "raw").csv")
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline).map(String.init)
    let names = lines[0].split(separator: ",").map(String.init)
    return try lines.dropFirst(3).map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      func cell(_ name: String) throws -> Double {
        guard let column = names.firstIndex(of: name), let value = Double(cells[column]) else {
          throw CocoaError(.fileReadCorruptFile)
        }
        return value
      }
      return (
        cells[0],
        Bar(
          time: 0, open: try cell("Open"), high: try cell("High"), low: try cell("Low"), close: try cell("Close"),
          volume: try cell("Volume"))
      )
    }
  }
}
