import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes a session down, one JSON object a line: who said what, when.
public final class TranscriptRecorder {
  /// Who wrote a line.
  package enum Direction {
    case toStrategy
    case fromStrategy
  }

  /// Told each line of the conversation as it was on the wire.
  package typealias Observer = (Direction, UnsafeBufferPointer<UInt8>) -> Void

  /// -1 when nothing is written.
  private let descriptor: Int32
  private let observer: Observer?
  private let start = MonotonicTime.now()
  private var sequence = 0
  private var writer = JSONWriter(capacity: 4096)
  private var buffer: [UInt8] = []
  /// Why the file could not be written, once that happened.
  public private(set) var failure: String?

  /// Creates or replaces a file.
  ///
  /// - Throws: ``PluginFailure`` of kind `host_error`.
  public convenience init(path: String) throws(PluginFailure) { try self.init(path: path, observer: nil) }

  /// Writes to a file, tells an observer, or both.
  package init(path: String?, observer: Observer?) throws(PluginFailure) {
    self.observer = observer
    guard let path else {
      descriptor = -1
      return
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw PluginFailure(
        .hostError, fault: .user, "The transcript \(path) cannot be written: \(String(cString: strerror(errno)))",
        hint: "Give --record a path that can be written.")
    }
  }

  deinit {
    flush()
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes the first line: versions, command and data.
  func begin(command: [String], hostVersion: String, datasetHash: String?) {
    line { writer in
      writer.field("dir", "note" as StaticString)
      writer.key("header")
      writer.beginObject()
      writer.field("transcript", 1)
      writer.field("protocol_version", "1.0" as StaticString)
      writer.key("host")
      writer.beginObject()
      writer.field("name", "backtester" as StaticString)
      writer.field("version", hostVersion)
      writer.endObject()
      writer.key("argv")
      writer.beginArray()
      for argument in command { writer.value(argument) }
      writer.endArray()
      writer.key("dataset_sha256")
      if let datasetHash { writer.value(datasetHash) } else { writer.null() }
      writer.endObject()
    }
  }

  /// Writes a line of the wire: a message as it was, anything else as text.
  func record(_ direction: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) {
    observer?(direction.utf8Start.pointee == UInt8(ascii: "h") ? .toStrategy : .fromStrategy, bytes)
    if descriptor < 0 { return }
    let isMessage = (try? JSONRPCEnvelope(bytes)) != nil
    line { writer in
      writer.field("dir", direction)
      if isMessage {
        writer.key("msg")
        writer.rawValue(bytes)
      } else {
        writer.field("text", String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  /// Writes a line of text.
  func record(_ direction: StaticString, text: String) {
    line { writer in
      writer.field("dir", direction)
      writer.field("text", text)
    }
  }

  private func line(_ body: (inout JSONWriter) -> Void) {
    if descriptor < 0 { return }
    writer.reset()
    writer.beginObject()
    writer.field("seq", sequence)
    writer.field("t_us", Int(MonotonicTime.now().nanoseconds(since: start) / 1000))
    body(&writer)
    writer.endObject()
    sequence += 1
    // Only a non-finite number could be refused, and none is written here.
    try? writer.withLine { buffer.append(contentsOf: $0) }
    if buffer.count > 1 << 16 { flush() }
  }

  /// Hands everything to the system.
  public func flush() {
    guard failure == nil, !buffer.isEmpty else { return }
    do {
      try buffer.withUnsafeBytes { bytes in try DescriptorWriter(descriptor, stallLimit: nil).write(bytes) }
    } catch {
      failure = "The transcript could not be written: \(error)"
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
