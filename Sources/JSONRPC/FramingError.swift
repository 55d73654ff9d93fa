/// Why a stream of bytes could not be cut into messages.
public enum FramingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A message is longer than the limit, in bytes. It is passed over, and the stream goes on behind it.
  case messageTooLong(limit: Int)
  /// The stream ended inside a message, after this many bytes of it.
  case endsInsideMessage(bytes: Int)
  /// The header before a message is longer than the limit, in bytes.
  case headerTooLong(limit: Int)
  /// A header line is not `Name: value`; the text is its start.
  case malformedHeader(String)
  /// The length is not a decimal number, or given twice; the text is its start.
  case malformedLength(String)
  /// A header without `Content-Length`.
  case missingLength

  /// Whether the messages behind this one can still be read.
  public var isRecoverable: Bool {
    if case .messageTooLong = self { true } else { false }
  }

  /// One sentence: what was wrong and what to send instead.
  public var description: String {
    switch self {
    case .messageTooLong(let limit):
      "A message is longer than the limit of \(limit) bytes; send it in smaller parts."
    case .endsInsideMessage(let bytes):
      "The stream ended inside a message, after \(bytes) bytes of it; a message ends with a line feed or at its length."
    case .headerTooLong(let limit):
      "The header before a message is longer than \(limit) bytes; it must end with an empty line."
    case .malformedHeader(let line):
      "The header line \"\(line)\" is not of the form \"Name: value\"."
    case .malformedLength(let value):
      "The Content-Length \"\(value)\" is not one decimal number of bytes."
    case .missingLength:
      "The header before a message has no Content-Length."
    }
  }
}
