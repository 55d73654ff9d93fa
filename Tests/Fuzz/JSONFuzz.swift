// A libFuzzer target over the JSONRPC sources; see README.md for the command. It is compiled as one module with them.

import Foundation

/// Checks one input; a broken invariant ends the process, which libFuzzer reports with the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  // Read in place too: libFuzzer gives memory of exactly this size, so the address sanitizer sees a byte too many.
  let input = UnsafeBufferPointer(start: start, count: count)
  let bytes = Array(input)
  checkParsing(bytes, input)
  checkMessage(bytes)
  checkAnswer(bytes, input)
  checkLines(bytes)
  checkDetection(bytes)
  return 0
}

// MARK: JSON

/// The scanner agrees with itself and with Foundation, and what was read can be written and read again.
private func checkParsing(_ bytes: [UInt8], _ input: UnsafeBufferPointer<UInt8>) {
  let read = Result { () throws(JSONScanError) in try JSONValue(parsing: input) }
  let skipError = skippingError(input)
  let foundation = (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
  switch read {
  case .failure(let error):
    require(skipError == error, "skipping and reading give different errors")
    require(error.offset <= bytes.count, "the offset of an error lies outside the text")
    require(
      error.found == (error.offset < bytes.count ? bytes[error.offset] : nil), "the byte of an error is not there")
    require(!error.description.isEmpty, "an error has no description")
    require(!foundation || isListed(error, bytes), "Foundation accepts what the scanner rejects: \(error)")
  case .success(let value):
    require(skipError == nil, "what can be read cannot be skipped")
    require(foundation, "Foundation rejects what the scanner accepts")
    checkRewriting(value)
  }
}

private func skippingError(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONScanError? {
  do throws(JSONScanError) {
    var scanner = try JSONScanner(bytes)
    try scanner.skipValue()
    try scanner.finish()
    return nil
  } catch {
    return error
  }
}

private func checkRewriting(_ value: JSONValue) {
  guard let text = try? value.serialized() else { fatalError("a parsed value cannot be written") }
  guard let again = try? JSONValue(parsing: text, maximumBytes: .max) else {
    fatalError("written text cannot be parsed")
  }
  require(again == value, "a value changed when it was written and parsed")
  require((try? again.serialized()) == text, "the second text differs from the first")
}

/// The known reasons for which Foundation accepts what the scanner rejects.
private func isListed(_ error: JSONScanError, _ bytes: [UInt8]) -> Bool {
  switch error.kind {
  case .byteOrderMark, .tooDeep: return true
  default: break
  }
  // Zeros or a mark at the start mean UTF-16 or UTF-32 to Foundation.
  if bytes.prefix(4).contains(0) || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
    return true
  }
  // On Linux Foundation allows a trailing comma.
  guard error.found == UInt8(ascii: "]") || error.found == UInt8(ascii: "}") else { return false }
  return bytes.prefix(error.offset).last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ",")
}

// MARK: Messages

private func checkMessage(_ bytes: [UInt8]) {
  do throws(JSONRPCInvalidMessage) {
    let message = try JSONRPCMessage(decoding: bytes)
    guard let text = try? message.encoded() else { fatalError("a decoded message cannot be encoded") }
    require((try? JSONRPCMessage(decoding: text)) == message, "a message changed when it was encoded and decoded")
    var calls = PendingCalls<Int>()
    for number in 1...3 { _ = calls.open(number) }
    bytes.withUnsafeBufferPointer { buffer in
      if let envelope = try? JSONRPCEnvelope(buffer) { _ = calls.match(envelope) }
    }
  } catch {
    require(!error.description.isEmpty, "an error has no description")
    guard (try? JSONRPCMessage.error(id: error.id, error.errorObject).encoded()) != nil else {
      fatalError("the answer to an invalid message cannot be encoded")
    }
  }
}

/// What is read in one pass as the answer to a call is that answer.
private func checkAnswer(_ bytes: [UInt8], _ input: UnsafeBufferPointer<UInt8>) {
  var result = JSONValue.null
  let read = Result { () throws(JSONScanError) in
    try JSONRPCEnvelope.readResult(of: 53, in: input) { scanner throws(JSONScanError) in
      result = try scanner.readValue()
    }
  }
  let message = try? JSONRPCMessage(decoding: bytes)
  switch read {
  case .success(true): require(message == .response(id: 53, result: result), "an answer was read that is none")
  case .success(false): break
  case .failure: require(message == nil, "a message could be decoded but not be scanned for an answer")
  }
}

// MARK: Framing

private enum Frame: Equatable {
  case message([UInt8])
  case failure(FramingError)
}

/// Small, so that limits are met often.
private let limit = 24

/// However the bytes are cut, the lines are those of a simple reference.
private func checkLines(_ bytes: [UInt8]) {
  var expected: [Frame] = []
  let parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
  for part in parts.dropLast() {
    let line = part.last == 0x0D ? part.dropLast() : part
    if line.count > limit {
      expected.append(.failure(.messageTooLong(limit: limit)))
    } else if !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
      expected.append(.message(Array(line)))
    }
  }
  for step in [bytes.count, 1, 1 + bytes.count / 3] where step > 0 {
    var framer = LineFramer(maximumLineBytes: limit, capacity: 16)
    var found: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { framer.append($0) }
      drain(&found) { () throws(FramingError) in try framer.nextLine() }
    }
    // A line too long may be refused before its end has come.
    if found.count == expected.count + 1 {
      require(found.last == .failure(.messageTooLong(limit: limit)), "a line more than there is")
      require((parts.last?.count ?? 0) > limit, "an unfinished line was refused too early")
      found.removeLast()
    }
    require(found == expected, "lines differ when cut every \(step) bytes")
  }
}

/// However the bytes are cut, a stream of unknown style gives the same messages.
private func checkDetection(_ bytes: [UInt8]) {
  var first: [Frame]?
  for step in [bytes.count, 1, 1 + bytes.count / 3] where step > 0 {
    var framer = MessageFramer(maximumMessageBytes: limit, capacity: 16)
    var found: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { framer.append($0) }
      drain(&found) { () throws(FramingError) in try framer.nextMessage() }
    }
    _ = try? framer.finish()
    // An error that ends the stream is given again whenever asked; once is enough here.
    if let end = found.firstIndex(where: { if case .failure(let error) = $0 { !error.isRecoverable } else { false } }) {
      found.removeSubrange((end + 1)...)
    }
    if let first { require(found == first, "messages differ when cut every \(step) bytes") } else { first = found }
  }
}

private func drain(_ frames: inout [Frame], _ next: () throws(FramingError) -> UnsafeBufferPointer<UInt8>?) {
  while true {
    do {
      guard let message = try next() else { return }
      frames.append(.message(Array(message)))
    } catch {
      frames.append(.failure(error))
      if !error.isRecoverable { return }
    }
  }
}

private func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
