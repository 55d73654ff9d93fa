import CZlib
import Foundation
import MarketData
import TradingModel

/// Imports a text under the name `bars.csv`.
func imported(_ text: String, _ change: (inout CSVOptions) -> Void = { _ in }) throws -> ImportedBars {
  try imported(Array(text.utf8), change)
}

func imported(_ bytes: [UInt8], _ change: (inout CSVOptions) -> Void = { _ in }) throws -> ImportedBars {
  var options = CSVOptions()
  change(&options)
  return try CSVImporter(options: options).read(bytes, name: "bars.csv")
}

/// The message with which a text is refused; empty when it is not.
func refusal(_ text: String, _ change: (inout CSVOptions) -> Void = { _ in }) -> String {
  refusal(Array(text.utf8), change)
}

func refusal(_ bytes: [UInt8], _ change: (inout CSVOptions) -> Void = { _ in }) -> String {
  do {
    _ = try imported(bytes, change)
    return ""
  } catch {
    return "\(error)"
  }
}

extension BarSeries {
  /// The bars as lines of `time open high low close volume`, for comparisons that can be read.
  var lines: [String] {
    (0..<count).map { row in
      let bar = self[row]
      let volume = bar.volume.isNaN ? "-" : "\(bar.volume)"
      return "\(UTCText.format(bar.time)) \(bar.open) \(bar.high) \(bar.low) \(bar.close) \(volume)"
    }
  }

  /// Whether all values are the same bit by bit, NaN included.
  func isIdentical(to other: BarSeries) -> Bool {
    func same(_ left: [Double], _ right: [Double]) -> Bool { left.map(\.bitPattern) == right.map(\.bitPattern) }
    return times == other.times && same(open, other.open) && same(high, other.high) && same(low, other.low)
      && same(close, other.close)
      && same(volume.map { $0.isNaN ? .nan : $0 }, other.volume.map { $0.isNaN ? .nan : $0 })
  }
}

/// Bytes as one gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  let capacity = output.count
  let written = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      deflate(&stream, Z_FINISH)
      return capacity - Int(stream.avail_out)
    }
  }
  return Array(output[..<written])
}

/// Runs a body with a directory that is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("csv-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try body(directory)
}

/// A small generator, so that a failing test can be repeated by its seed (Vigna's SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
