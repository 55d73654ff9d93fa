import Foundation
import MarketData
import Synchronization
import Testing
import TradingModel

@Suite struct CSVFileTests {
  private static let text = "Date,Open,High,Low,Close\n2020-01-02,1,3,0.5,2\n"

  private func refusal(path: String, _ importer: CSVImporter = CSVImporter()) -> String {
    do {
      _ = try importer.read(path: path)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func fileIsReadAndNamesTheSymbol() throws {
    try withTemporaryDirectory { directory in
      for (name, bytes) in [("MSFT.csv", Array(Self.text.utf8)), ("MSFT.csv.gz", gzip(Array(Self.text.utf8)))] {
        let path = directory.appendingPathComponent(name).path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let bars = try CSVImporter().read(path: path)
        #expect(bars.series.lines == ["2020-01-02 1.0 3.0 0.5 2.0 -"])
        #expect(bars.symbol == "MSFT")
        #expect(bars.report.file == path)
      }
    }
  }

  @Test func faultyPathsAreRefused() throws {
    try withTemporaryDirectory { directory in
      let path = directory.path
      #expect(refusal(path: path) == "\(path) is a directory; give the path of a CSV file.")
      #expect(refusal(path: "\(path)/none.csv") == "\(path)/none.csv cannot be opened: there is no such file.")
      #expect(refusal(path: "") == "\"\" cannot be opened: that is not a path.")
      #expect(refusal(path: "a\0b") == "\"a\\0b\" cannot be opened: that is not a path.")
      let file = directory.appendingPathComponent("a.csv")
      try Data().write(to: file)
      #expect(refusal(path: file.path).contains("is empty"))
      #expect(refusal(path: file.path + "/b.csv").contains("a part of its path is not a directory"))
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func unreadableFileIsRefused() throws {
    try withTemporaryDirectory { directory in
      let file = directory.appendingPathComponent("a.csv")
      try Data(Self.text.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
      #expect(refusal(path: file.path).contains("you have no permission to read it"))
    }
  }

  @Test func devicesNeitherHangNorCrash() throws {
    #expect(
      refusal(path: "/dev/zero")
        == "/dev/zero, line 1 holds a NUL byte: this is a binary file, or a damaged one, not CSV.")
    #expect(refusal(path: "/dev/null").hasPrefix("/dev/null is empty"))
    #expect(refusal(path: "/dev/urandom") != "")
    try withTemporaryDirectory { directory in
      let path = directory.appendingPathComponent("pipe").path
      #expect(mkfifo(path, 0o600) == 0)
      // Nobody writes to it.
      #expect(refusal(path: path).contains("is empty"))
    }
  }

  @Test func pipeIsReadWhileItIsWritten() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appendingPathComponent("pipe").path
      #expect(mkfifo(path, 0o600) == 0)
      let keeper = open(path, O_RDWR)
      let writer = Thread {
        for line in Self.text.split(separator: "\n", omittingEmptySubsequences: true) {
          usleep(20_000)
          let bytes = Array((line + "\n").utf8)
          _ = bytes.withUnsafeBytes { write(keeper, $0.baseAddress, $0.count) }
        }
        usleep(20_000)
        close(keeper)
      }
      writer.start()
      let bars = try CSVImporter().read(path: path)
      #expect(bars.series.count == 1)
    }
  }

  @Test func cancellingEndsTheImport() throws {
    let rows = (0..<5000).map { "\(1_577_836_800 + $0 * 60),1,3,0.5,2\n" }.joined()
    let bytes = Array(("time,open,high,low,close\n" + rows).utf8)
    let calls = Mutex(0)
    var importer = CSVImporter(isCancelled: {
      calls.withLock { count in
        count += 1
        return count > 3
      }
    })
    importer.chunkSize = 4096
    #expect(throws: CSVError.cancelled(file: "a.csv")) { try importer.read(bytes, name: "a.csv") }
    #expect(calls.withLock { $0 } == 4)
    try withTemporaryDirectory { directory in
      let path = directory.appendingPathComponent("pipe").path
      try #require(mkfifo(path, 0o600) == 0)
      let keeper = open(path, O_RDWR)
      defer { close(keeper) }
      // The writer is silent: cancelling must not wait for it.
      calls.withLock { $0 = 2 }
      #expect(refusal(path: path, importer) == "The import of \(path) was cancelled.")
    }
  }

  @Test func progressRisesToTheFilesSize() throws {
    let rows = (0..<5000).map { "\(1_577_836_800 + $0 * 60),1,3,0.5,2\n" }.joined()
    let bytes = Array(("time,open,high,low,close\n" + rows).utf8)
    for text in [bytes, gzip(bytes)] {
      let seen = Mutex<[CSVProgress]>([])
      var importer = CSVImporter(progress: { step in seen.withLock { $0.append(step) } })
      importer.chunkSize = 4096
      _ = try importer.read(text, name: "a.csv")
      let steps = seen.withLock { $0 }
      #expect(steps.count > 5)
      #expect(steps.map(\.bytesDone) == steps.map(\.bytesDone).sorted())
      #expect(steps.last?.bytesDone == text.count)
      #expect(steps.allSatisfy { $0.bytesTotal == text.count })
    }
  }

  @Test func damagedGzipIsRefused() {
    let compressed = gzip(Array(Self.text.utf8))
    let torn =
      "bars.csv is a damaged gzip file: the compressed data ends early, as after a torn download; fetch it again."
    for length in 2..<compressed.count {
      #expect(MarketDataTests.refusal(Array(compressed[..<length])) == torn)
    }
    for (index, reason) in [
      (compressed.count - 5, "incorrect data check"), (compressed.count - 1, "incorrect length check"),
    ] {
      var wrong = compressed
      wrong[index] ^= 1
      #expect(MarketDataTests.refusal(wrong) == "bars.csv is a damaged gzip file: \(reason); fetch it again.")
    }
    #expect(MarketDataTests.refusal(compressed + [1, 2, 3]).contains("damaged gzip file: incorrect header check"))
  }

  @Test func membersOfAGzipFileFollowOneAnother() throws {
    let parts = [Self.text, "2020-01-03,1,3,0.5,2\n"].map { gzip(Array($0.utf8)) }
    #expect(try imported(parts[0] + parts[1]).series.count == 2)
    // Archivers pad with zeros.
    #expect(try imported(parts[0] + parts[1] + [0, 0, 0, 0]).series.count == 2)
  }

  @Test func tarArchiveInGzipIsNamed() {
    var tar = [UInt8](repeating: 0, count: 1024)
    tar.replaceSubrange(0..<5, with: Array("a.csv".utf8))
    tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
    #expect(
      MarketDataTests.refusal(gzip(tar))
        == "bars.csv is a tar archive, not CSV; unpack it and give the CSV file inside.")
  }
}
