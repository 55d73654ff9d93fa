import JSONRPC
import StrategyProtocol
import WireText

/// The answer being written, and other messages to the host.
///
/// Actions go straight into the message as the strategy asks for them; nothing is allocated for a bar on which nothing
/// happens.
final class StrategyAnswer {
  private let output: (UnsafeBufferPointer<UInt8>) throws -> Void
  private var writer = JSONWriter(capacity: 4096)
  private var notification = JSONWriter()
  private var hasActions = false
  private var notes: [(name: String, values: [Double])] = []
  /// Number of bars the request is about, where they come in chunks; annotations are lists then.
  private var chunkCount: Int?
  /// The bar that actions belong to, counted from the start of the run; written only in chunks.
  var barIndex = 0
  /// Place of the bar in the chunk.
  var place = 0

  init(_ output: @escaping (UnsafeBufferPointer<UInt8>) throws -> Void) {
    self.output = output
  }

  /// Starts the answer to a request.
  func begin(_ id: JSONRPCID) {
    writer.beginResult(id: id)
    writer.beginObject()
    hasActions = false
    notes.removeAll(keepingCapacity: true)
    chunkCount = nil
  }

  /// Makes the answer one about `count` bars.
  func beginChunk(of count: Int) { chunkCount = count }

  /// Adds members to the result.
  func write(_ members: (inout JSONWriter) -> Void) { members(&writer) }

  /// Adds an action to the result's list.
  func addAction(_ kind: StaticString, _ members: (inout JSONWriter) -> Void) {
    if !hasActions {
      writer.key("actions")
      writer.beginArray()
      hasActions = true
    }
    writer.beginObject()
    if chunkCount != nil { writer.field("bar_index", barIndex) }
    writer.field("do", kind)
    members(&writer)
    writer.endObject()
  }

  /// Whether any action was added.
  var isActing: Bool { hasActions }

  /// Notes a value for charts on the bar; NaN and infinities are missing values.
  func annotate(_ name: String, _ value: Double) {
    let slot =
      notes.firstIndex { $0.name == name }
      ?? {
        notes.append((name, [Double](repeating: .nan, count: chunkCount ?? 1)))
        return notes.count - 1
      }()
    let position = chunkCount == nil ? 0 : place
    if notes[slot].values.indices.contains(position) { notes[slot].values[position] = value }
  }

  /// Ends the answer and sends it.
  func send() throws {
    if hasActions { writer.endArray() }
    if !notes.isEmpty {
      writer.key("annotations")
      writer.beginObject()
      for note in notes {
        writer.key(note.name)
        if chunkCount != nil {
          writer.value(note.values, nonFinite: .null)
        } else {
          writer.value(note.values[0].isFinite ? note.values[0] : nil)
        }
      }
      writer.endObject()
    }
    writer.endObject()
    writer.endResult()
    try writer.withLine(output)
  }

  /// Sends an error instead of what was written.
  func refuse(_ id: JSONRPCID, _ refusal: Refusal) throws { try refuse(id, refusal.json) }

  /// Sends an error instead of what was written.
  func refuse(_ id: JSONRPCID, _ error: JSONRPCErrorObject) throws {
    writer.message(.error(id: id, error))
    try writer.withLine(output)
  }

  /// Adds a line to the run's log, ahead of the answer.
  func log(_ level: LogLevel, _ message: String) {
    notification.beginNotification(method: "log/message")
    notification.field("level", level.rawValue)
    notification.field("message", message)
    notification.endCall()
    // A host that is gone shows when the answer is written.
    try? notification.withLine(output)
  }
}
