import Foundation
import JSONRPC
import StrategyKit
import StrategyProtocol
import Testing
import TradingModel
import WireText

@testable import PluginHost

/// Columns in files, `f64le+file`: those the host offers, and those a strategy answers.
struct ColumnFileTests {
  static func series(_ count: Int) throws -> BarSeries {
    try BarSeries(
      (0..<count).map {
        let price = 100 + sin(Double($0))
        return Bar(
          time: SeriesTests.start + Int64($0) * 60_000, open: price, high: price + 1, low: price - 1, close: price + 0.5
        )
      })
  }

  #if os(Linux)
  @Test func theFileHoldsEveryColumnAndCannotBeChanged() throws {
    let series = try Self.series(300)
    let file = try #require(ColumnFile.of([series]))
    let upload = SeriesUpload(
      SeriesTests.run(series), runID: "r", encoding: .f64leFile, file: file, capabilities: StrategyCapabilities())
    let chunk = try #require(upload.chunks.first)
    #expect(upload.chunks.count == 1 && chunk.isLast && chunk.rows == 0..<300)
    var writer = JSONWriter()
    writer.reset()
    upload.write(chunk, to: &writer)
    let text = try String(decoding: writer.bytes(), as: UTF8.self)
    let request = try WireValue(JSONValue(parsing: text)).decode(SeriesLoadRequest.self)
    func numbers(_ name: String) throws -> [Double] {
      try ColumnFileReader.numbers(try #require(request.columns[name]), "/columns/\(name)")
    }
    #expect(try numbers("time") == series.times.map(Double.init))
    #expect(try numbers("open") == series.open)
    #expect(try numbers("high") == series.high)
    #expect(try numbers("low") == series.low)
    #expect(try numbers("close") == series.close)
    #expect(try numbers("volume").allSatisfy(\.isNaN))
    let descriptor = open(file.path, O_RDWR)
    if descriptor >= 0 {
      #expect(write(descriptor, "x", 1) == -1)
      #expect(ftruncate(descriptor, 0) == -1)
      close(descriptor)
    }
  }

  @Test func oneFileServesEveryRunOnTheSameBarsAndGoesWithTheLast() throws {
    let series = try Self.series(50)
    var file = ColumnFile.of([series])
    #expect(file != nil)
    #expect(ColumnFile.of([series]) === file)
    #expect(ColumnFile.of([series, series]) !== file)
    let other = try Self.series(50)
    #expect(ColumnFile.of([other]) !== file)
    weak let gone = file
    file = nil
    #expect(gone == nil)
    let again = try #require(ColumnFile.of([series]))
    #expect(FileManager.default.isReadableFile(atPath: again.path))
  }

  /// Reads its columns from the file, and answers in one of its own.
  static let strategy = """
    import array, hashlib, tempfile
    hello["capabilities"] = {"modes": ["preload", "vectorized"], "encodings": ["f64le+file", "json"],
                             "outputs": ["target_position"], "needs_account": False, "needs_events": False}
    columns, made, folder = {}, tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
    def fifo(): os.mkfifo(folder.name + "/fifo"); return folder.name + "/fifo"
    def stored(column):
        with open(column["path"], "rb") as file:
            file.seek(column["offset"])
            data = file.read(8 * column["count"])
        assert hashlib.sha256(data).hexdigest() == column["sha256"]
        return array.array("q" if column["dtype"] == "i64" else "d", data)
    def answered(values, hash=None, path=None):
        data = array.array("d", values).tobytes()
        made.seek(0); made.write(data); made.flush()
        column = {"encoding": "f64le+file", "dtype": "f64", "count": len(values), "path": path or made.name,
                  "offset": 0, "sha256": hash or hashlib.sha256(data).hexdigest()}
        return {"target_position": {m_symbol: column}}
    """

  static func run(_ answer: String, bars: Int = 6000) throws -> Hostile.Outcome {
    let code = """
      if method == "series/load":
          m_symbol = m["params"]["symbol"]
          columns = {n: stored(c) for n, c in m["params"]["columns"].items() if c["encoding"] == "f64le+file"}
      if method == "series/evaluate":
          close = columns["close"]
          answer(m, \(answer))
      else:
          answer(m)
      """
    return try Hostile.run(
      Hostile.command(code, before: strategy), mode: .vectorized, timeouts: Hostile.patient, bars: bars)
  }

  @Test(.enabled(if: Hostile.hasPython, "python3 is not installed"))
  func aStrategyReadsAndAnswersFiles() throws {
    let outcome = try Self.run("answered([float(int(c * 7) % 2) for c in close])")
    #expect(outcome.failure == nil)
    #expect((outcome.run?.trades.count ?? 0) > 100)
  }

  @Test(
    .enabled(if: Hostile.hasPython, "python3 is not installed"),
    arguments: [
      ("answered([0.0] * len(close), hash='0' * 64)", "/sha256 is not the hash"),
      ("answered([0.0] * len(close), path='/nonexistent/file')", "/path cannot be opened"),
      ("answered([0.0] * len(close), path='/dev/zero')", "/path is no file"),
      ("answered([0.0] * len(close), path='/')", "/path is no file"),
      ("answered([0.0] * len(close), path=fifo())", "/path is no file"),
      ("(answered([0.0] * len(close)), made.truncate(10))[0]", "needs 48000 bytes"),
      ("answered([0.0] * (len(close) - 1))", "must be a column of 6000 values"),
    ])
  func aFileThatIsNotWhatItSaysIsAProtocolError(answer: String, sentence: String) throws {
    let failure = try #require(try Self.run(answer).failure)
    #expect(failure.kind == .protocolError)
    #expect(failure.description.contains(sentence), "\(failure)")
  }
  #endif
}
