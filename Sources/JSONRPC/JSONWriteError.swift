/// Why bytes from a ``JSONWriter`` must not be sent.
public struct JSONWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Equatable, Sendable {
    /// A NaN or an infinity was given; JSON has no way to write one.
    case nonFiniteNumber
    /// Arrays and objects were nested deeper than ``JSONLimits/maximumDepth``.
    case tooDeep
    /// A value without its key, a key without its value, a second top-level value or the wrong closing bracket.
    case misplaced
    /// The message was taken while an array or object was still open, or before anything was written.
    case unfinished
  }

  /// What went wrong first; later failures are not recorded.
  public let kind: Kind
  /// The number of bytes written before the failure, counted from the start of the message.
  public let offset: Int

  /// Creates an error.
  public init(kind: Kind, offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// One sentence: what was wrong and where.
  public var description: String {
    switch kind {
    case .nonFiniteNumber:
      "A number that is NaN or infinite cannot be written as JSON (at byte \(offset)); write null for a missing value."
    case .tooDeep:
      "The message nests arrays and objects deeper than \(JSONLimits.maximumDepth) levels (at byte \(offset))."
    case .misplaced:
      "The message was put together wrongly at byte \(offset): a key, value or closing bracket stands where none may."
    case .unfinished:
      "The message was taken at byte \(offset) before it was complete."
    }
  }
}
