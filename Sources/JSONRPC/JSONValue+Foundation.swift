#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JSONValue {
  /// Makes a value tree of anything `Encodable`. Not for the hot path: it costs some microseconds.
  ///
  /// Members are sorted by key, so that equal values give equal text.
  /// - Throws: what `JSONEncoder` throws, as for a NaN or an infinity.
  public init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self = try JSONValue(parsing: Array(try encoder.encode(value)), maximumBytes: .max)
  }

  /// Decodes the value as a type. Not for the hot path: it costs some microseconds.
  /// - Throws: what `JSONDecoder` throws, or ``JSONWriteError``.
  public func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(try serialized()))
  }
}
