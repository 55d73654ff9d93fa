import JSONRPC

/// A small seeded generator (SplitMix64), so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The text that a writer produces.
func written(_ write: (inout JSONWriter) -> Void) throws -> String {
  var writer = JSONWriter()
  write(&writer)
  return String(decoding: try writer.bytes(), as: UTF8.self)
}

/// Runs a scanner over a text.
func scan<Result>(_ text: String, _ body: (inout JSONScanner) throws -> Result) throws -> Result {
  try scan(Array(text.utf8), body)
}

/// Runs a scanner over bytes that have nothing behind them, so that reading too far shows under the address sanitizer.
func scan<Result>(_ bytes: [UInt8], _ body: (inout JSONScanner) throws -> Result) throws -> Result {
  let exact = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
  defer { exact.deallocate() }
  _ = exact.initialize(from: bytes)
  var scanner = try JSONScanner(UnsafeBufferPointer(exact))
  return try body(&scanner)
}

/// The error that parsing gives, or `nil` if the text is accepted.
func parseError(_ text: String) -> JSONScanError? {
  parseError(Array(text.utf8))
}

/// The error that parsing gives, or `nil` if the bytes are accepted.
func parseError(_ bytes: [UInt8]) -> JSONScanError? {
  do {
    _ = try scan(bytes) { scanner in
      _ = try scanner.readValue()
      try scanner.finish()
    }
    return nil
  } catch let error as JSONScanError {
    return error
  } catch {
    fatalError("unexpected error: \(error)")
  }
}

/// The error that passing over the value gives, or `nil` if the bytes are accepted.
func skipError(_ bytes: [UInt8]) -> JSONScanError? {
  do {
    _ = try scan(bytes) { scanner in
      try scanner.skipValue()
      try scanner.finish()
    }
    return nil
  } catch let error as JSONScanError {
    return error
  } catch {
    fatalError("unexpected error: \(error)")
  }
}
