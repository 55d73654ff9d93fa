public import JSONRPC

/// What a replay found.
public struct ReplayReport: Sendable, Equatable {
  /// A message that is not the recorded one.
  public struct Difference: Sendable, Equatable {
    /// The line in the transcript, from 1 on.
    public var line: Int
    /// The method asked or answered.
    public var method: String
    /// The bar, where the message is about one.
    public var index: Int?
    /// What was recorded.
    public var expected: String
    /// What came instead.
    public var received: String
  }

  /// Differences kept; there may be more.
  static let maximumKept = 1000

  /// Number of messages that were compared.
  public internal(set) var compared = 0
  /// Number of messages that differ.
  public internal(set) var differing = 0
  /// The first differences, in their order.
  public internal(set) var differences: [Difference] = []
  /// Why the replay ended before the recording did.
  public internal(set) var ending: String?
  /// What is to know about the recording itself, one sentence.
  public internal(set) var remark: String?

  /// Whether everything was as recorded.
  public var isSame: Bool { differing == 0 && ending == nil }

  mutating func add(_ difference: Difference) {
    differing += 1
    if differences.count < Self.maximumKept { differences.append(difference) }
  }

  /// Writes the report as one JSON object.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("same", isSame)
    writer.field("compared", compared)
    writer.field("differing", differing)
    writer.key("differences")
    writer.beginArray()
    for difference in differences {
      writer.beginObject()
      writer.field("line", difference.line)
      writer.field("method", difference.method)
      writer.field("index", ifPresent: difference.index)
      writer.field("expected", difference.expected)
      writer.field("received", difference.received)
      writer.endObject()
    }
    writer.endArray()
    writer.field("ending", ifPresent: ending)
    writer.field("remark", ifPresent: remark)
    writer.endObject()
  }
}
