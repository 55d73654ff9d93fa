import MarketData
import Testing
import TradingModel

@Suite struct CSVMutationTests {
  /// What comes of a text: its bars and report, or the sentence that refuses it.
  private func outcome(_ bytes: [UInt8], chunkSize: Int) -> String {
    var importer = CSVImporter()
    importer.chunkSize = chunkSize
    do {
      let bars = try importer.read(bytes, name: "a.csv")
      return bars.series.lines.joined(separator: "\n") + bars.report.description
    } catch {
      return error.description
    }
  }

  /// Bytes are changed, doubled and removed. The outcome must be bars or a sentence, and must not depend on how the file
  /// is cut into chunks: it would if anything were read beyond the end of a line, for what lies there differs.
  @Test(arguments: CSVDialectTests.plainDialects + CSVDialectTests.vendorDialects)
  func mutatedFilesAreReadAlikeInAllChunks(_ dialect: Dialect) {
    var generator = SeededGenerator(seed: UInt64(dialect.text.utf8.count))
    let interesting = Array("0159.,;\"-+:/eEnN \t\r\n\0$TZ%\u{FF}".utf8)
    for _ in 0..<60 {
      var bytes = Array(dialect.text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let byte = interesting.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0...4, using: &generator) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        case 2: bytes.remove(at: place)
        case 3: bytes.removeSubrange(place...)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
          bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
      }
      let whole = outcome(bytes, chunkSize: 1 << 16)
      #expect(whole == outcome(bytes, chunkSize: 1), "\(String(decoding: bytes, as: UTF8.self))")
      #expect(whole.hasSuffix(".") || whole.contains("bars       "), "\(whole)")
    }
  }
}
