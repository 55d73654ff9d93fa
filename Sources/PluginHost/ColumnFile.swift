import CProcess
import ContentDigest
import Synchronization
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The columns of a run's bars as one file that strategies read instead of messages of many megabytes.
///
/// The file is sealed memory without a name, opened by its place among this process's descriptors: nothing is left of it
/// when the last run on these bars is over, or when this program ends, however it ends. Strategies in several processes
/// share it.
final class ColumnFile: Sendable {
  /// One column of one symbol.
  struct Part: Sendable {
    /// Where its values begin, bytes.
    let offset: Int
    /// SHA-256 of their bytes.
    let sha256: String
  }

  /// Bytes from which on a file costs less than base64 in a message.
  static let worthwhile = 256 * 1024
  /// Bytes of one bar: six columns.
  static let bytesPerBar = 48

  /// Where strategies find it.
  let path: String
  /// Per symbol time, open, high, low, close and volume.
  let parts: [[Part]]
  private let descriptor: Int32
  /// Held on to, so that their memory stays theirs and ``holds(_:)`` can tell them by it.
  private let series: [BarSeries]

  private struct Known {
    weak var file: ColumnFile?
  }
  private static let known = Mutex<[Known]>([])

  /// The file of these bars: one that a strategy has in use already, or a new one.
  ///
  /// - Returns: `nil` where the system has no such files, or no room.
  static func of(_ series: [BarSeries]) -> ColumnFile? {
    known.withLock { known in
      known.removeAll { $0.file == nil }
      if let file = known.lazy.compactMap(\.file).first(where: { $0.holds(series) }) { return file }
      guard let file = ColumnFile(series) else { return nil }
      known.append(Known(file: file))
      return file
    }
  }

  private init?(_ series: [BarSeries]) {
    let descriptor = cprocess_memory_file()
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    self.series = series
    path = "/proc/\(getpid())/fd/\(descriptor)"
    var offset = 0
    var stored: [[Part]] = []
    for bars in series {
      var columns = [bars.times.withUnsafeBytes { Self.store($0, in: descriptor, at: &offset) }]
      for values in [bars.open, bars.high, bars.low, bars.close, bars.volume] {
        columns.append(values.withUnsafeBytes { Self.store($0, in: descriptor, at: &offset) })
      }
      stored.append(columns.compactMap(\.self))
    }
    parts = stored
    // The arrays' own bytes are those of the wire on every processor that this runs on; on others there is no file.
    guard parts.allSatisfy({ $0.count == 6 }), 1.littleEndian == 1, cprocess_seal(descriptor) == 0,
      access(path, R_OK) == 0
    else { return nil }
  }

  deinit { close(descriptor) }

  /// Writes a column behind the others; `nil` when there is no room.
  private static func store(
    _ bytes: UnsafeRawBufferPointer, in descriptor: Int32, at offset: inout Int
  ) -> Part? {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return nil }
      done += count
    }
    var digest = SHA256()
    digest.update(bytes)
    defer { offset += bytes.count }
    return Part(offset: offset, sha256: digest.finalize())
  }

  /// Whether these are the bars in it: the very same memory, which cannot have changed while it is held here.
  private func holds(_ other: [BarSeries]) -> Bool {
    series.count == other.count && zip(series, other).allSatisfy { ours, theirs in Self.isSame(ours, theirs) }
  }

  private static func isSame(_ ours: BarSeries, _ theirs: BarSeries) -> Bool {
    func address<Value>(_ values: [Value]) -> UnsafeRawPointer? { values.withUnsafeBytes(\.baseAddress) }
    return ours.count == theirs.count && address(ours.times) == address(theirs.times)
      && address(ours.open) == address(theirs.open) && address(ours.high) == address(theirs.high)
      && address(ours.low) == address(theirs.low) && address(ours.close) == address(theirs.close)
      && address(ours.volume) == address(theirs.volume)
  }
}
