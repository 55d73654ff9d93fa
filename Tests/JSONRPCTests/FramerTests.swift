import JSONRPC
import Testing

/// Puts bytes into a framer in pieces and collects what comes out: messages as text, errors as their description.
private func frames(
  _ bytes: [UInt8], in pieces: [Range<Int>], limit: Int = 1000, capacity: Int = 16, finish: Bool = true
) -> [String] {
  var framer = LineFramer(maximumLineBytes: limit, capacity: capacity)
  var result: [String] = []
  for piece in pieces {
    bytes[piece].withUnsafeBytes { framer.append($0) }
    while true {
      do {
        guard let line = try framer.nextLine() else { break }
        result.append(String(decoding: line, as: UTF8.self))
      } catch {
        result.append("! \(error)")
      }
    }
  }
  guard finish else { return result }
  do {
    try framer.finish()
  } catch {
    result.append("! \(error)")
  }
  return result
}

/// The same for a stream whose style is detected, or given.
private func messages(_ bytes: [UInt8], in pieces: [Range<Int>], limit: Int = 1000, errors: Int = 3) -> [String] {
  var framer = MessageFramer(maximumMessageBytes: limit, capacity: 16)
  var result: [String] = []
  var left = errors
  for piece in pieces {
    bytes[piece].withUnsafeBytes { framer.append($0) }
    while left > 0 {
      do {
        guard let message = try framer.nextMessage() else { break }
        result.append(String(decoding: message, as: UTF8.self))
      } catch {
        left -= 1
        result.append("! \(error)")
      }
    }
  }
  do {
    try framer.finish()
  } catch {
    result.append("! \(error)")
  }
  return result
}

/// All ways to cut `count` bytes into two pieces, and into single bytes.
private func cuts(_ count: Int) -> [[Range<Int>]] {
  (0...count).map { [0..<$0, $0..<count] } + [(0..<count).map { $0..<($0 + 1) }]
}

@Suite struct LineFramerTests {
  @Test func everySplitGivesTheSameLines() {
    let bytes = Array("{\"a\":\"é€𝄞\"}\n\r\n   \n{\"b\":1}\r\n\n[]\n".utf8)
    for pieces in cuts(bytes.count) {
      #expect(frames(bytes, in: pieces) == ["{\"a\":\"é€𝄞\"}", "{\"b\":1}", "[]"])
    }
    // Three pieces, each pair of cuts.
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let lines = frames(bytes, in: [0..<first, first..<second, second..<bytes.count])
        if lines.count != 3 { Issue.record("cut at \(first) and \(second): \(lines)") }
      }
    }
  }

  @Test func onlyOneCarriageReturnBelongsToTheEnd() {
    let bytes = Array("a\r\r\nb\rc\n".utf8)
    #expect(frames(bytes, in: [0..<bytes.count]) == ["a\r", "b\rc"])
  }

  @Test func theEndInsideALineIsSeen() {
    for text in ["x", "{\"a\":", "a\n{", "a\r"] {
      let bytes = Array(text.utf8)
      for pieces in cuts(bytes.count) {
        let rest = text.split(separator: "\n").last?.utf8.count ?? 0
        #expect(frames(bytes, in: pieces).last == "! \(FramingError.endsInsideMessage(bytes: rest))")
      }
    }
    for text in ["", "\n", "a\n", "a\n \r", "a\n\t"] {
      let bytes = Array(text.utf8)
      #expect(frames(bytes, in: [0..<bytes.count]) == (text.hasPrefix("a") ? ["a"] : []))
    }
  }

  @Test func linesTooLongAreRefusedOnceAndPassedOver() {
    let long = FramingError.messageTooLong(limit: 10)
    for (text, expected) in [
      ("0123456789\n", ["0123456789"]), ("0123456789\r\n", ["0123456789"]), ("0123456789A\n", ["! \(long)"]),
      ("ok\n0123456789ABCDEFGHIJ\nnext\n", ["ok", "! \(long)", "next"]), ("0123456789\r\r\n.\n", ["! \(long)", "."]),
      ("0123456789ABCDEF\r\n0123456789ABCDEF\n.\n", ["! \(long)", "! \(long)", "."]),
      ("0123456789ABCDEF", ["! \(long)", "! \(FramingError.endsInsideMessage(bytes: 16))"]),
    ] {
      let bytes = Array(text.utf8)
      for pieces in cuts(bytes.count) { #expect(frames(bytes, in: pieces, limit: 10) == expected, "\(text)") }
    }
  }

  @Test func anEndlessLineIsDroppedAsItComes() throws {
    var framer = LineFramer(maximumLineBytes: 1000, capacity: 64)
    let piece = [UInt8](repeating: 0x78, count: 700)
    var errors = 0
    for _ in 0..<10_000 {
      piece.withUnsafeBytes { framer.append($0) }
      do {
        #expect(try framer.nextLine() == nil)
      } catch {
        errors += 1
      }
      if framer.pending.count > 1001 { Issue.record("\(framer.pending.count) bytes are kept") }
    }
    #expect(errors == 1)
    ([0x0A, 0x31, 0x0A] as [UInt8]).withUnsafeBytes { framer.append($0) }
    let line = try framer.nextLine().map { String(decoding: $0, as: UTF8.self) }
    #expect(line == "1")
  }

  @Test func aLineOf16MiBArrivesInManyReads() throws {
    let size = JSONLimits.maximumMessageBytes
    var framer = LineFramer()
    var sent = 0
    var line: Int?
    while line == nil {
      let count = framer.fill(atLeast: 1) { room in
        // As a pipe does: at most 64 KiB at a time.
        let count = min(room.count, 65_536, size + 1 - sent)
        for index in 0..<count { room[index] = sent + index == size ? 0x0A : 0x61 }
        return count
      }
      #expect(count > 0)
      sent += count
      line = try framer.nextLine()?.count
    }
    #expect(line == size)
    #expect(throws: Never.self) { try framer.finish() }
  }

  @Test func longJSONLinesAreParsed() throws {
    let json = "[" + String(repeating: "1.25,", count: 3_000_000) + "1]"
    var bytes = Array(json.utf8)
    bytes.append(0x0A)
    var framer = LineFramer()
    var start = 0
    while start < bytes.count {
      let end = min(start + 65_536, bytes.count)
      bytes[start..<end].withUnsafeBytes { framer.append($0) }
      start = end
    }
    let line = try #require(try framer.nextLine())
    var scanner = try JSONScanner(line)
    try scanner.beginArray()
    var count = 0
    while try scanner.nextElement() {
      _ = try scanner.readDouble()
      count += 1
    }
    try scanner.finish()
    #expect(count == 3_000_001)
  }

  @Test func gibberishIsOneLineAndNotAMessage() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: true)
      let found = frames(bytes + [0x0A], in: [0..<(bytes.count + 1)])
      #expect(found.count <= lines.count)
      for line in lines {
        #expect(throws: JSONRPCInvalidMessage.self) { try JSONRPCMessage(decoding: Array(line)) }
      }
    }
  }

  @Test func bytesThatDoNotFitGrowTheBuffer() throws {
    var framer = LineFramer(maximumLineBytes: 1 << 20, capacity: 16)
    let line = (0..<100_000).map { UInt8(0x61 + $0 % 26) }
    for round in 0..<20 {
      (line + [0x0A] + line[..<round]).withUnsafeBytes { framer.append($0) }
      let found = try #require(try framer.nextLine())
      #expect(found.count == line.count + max(round - 1, 0))
    }
  }

  @Test func manyLinesInOneReadAreAllFound() throws {
    var framer = LineFramer()
    let text = (0..<50_000).map { "{\"n\":\($0)}\n" }.joined()
    Array(text.utf8).withUnsafeBytes { framer.append($0) }
    var count = 0
    while let line = try framer.nextLine() {
      if count % 1000 == 0 { #expect(String(decoding: line, as: UTF8.self) == "{\"n\":\(count)}") }
      count += 1
    }
    #expect(count == 50_000)
  }
}

@Suite struct MessageFramerTests {
  private let header = "Content-Length: "

  @Test func everySplitOfHeadersAndBodiesGivesTheSameMessages() {
    let text =
      "Content-Length: 14\r\n\r\n{\"a\":\"é€𝄞\"}".replacing("14", with: "\("{\"a\":\"é€𝄞\"}".utf8.count)")
      + "content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}"
      + "\r\nCONTENT-TYPE: x\nCONTENT-LENGTH: \t3 \n\n[1]" + "Content-Length: 0\r\n\r\n"
    let bytes = Array(text.utf8)
    for pieces in cuts(bytes.count) {
      #expect(messages(bytes, in: pieces) == ["{\"a\":\"é€𝄞\"}", "{}", "[1]", ""])
    }
  }

  @Test func theFirstByteDecides() {
    for (text, style) in [
      ("{", FrameStyle.lines), ("[", .lines), ("C", .contentLength), ("c", .contentLength),
      (" \r\n\tC", .contentLength),
      ("\n{", .lines), ("hello", .lines), ("\u{FEFF}{", .lines),
    ] as [(String, FrameStyle?)] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { FrameStyle.detect($0) } == style)
    }
    for text in ["", " ", "\r\n\t"] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { FrameStyle.detect($0) } == nil)
    }
  }

  @Test func linesAreDetectedInEverySplit() {
    let bytes = Array("\r\n \n{\"a\":1}\r\n{\"b\":2}\n".utf8)
    for pieces in cuts(bytes.count) { #expect(messages(bytes, in: pieces) == ["{\"a\":1}", "{\"b\":2}"]) }
    var framer = MessageFramer()
    #expect(framer.style == nil)
    bytes.withUnsafeBytes { framer.append($0) }
    _ = try? framer.nextMessage()
    #expect(framer.style == .lines)
  }

  /// Found by fuzzing: in single bytes the space was dropped, in one read it belonged to the line.
  @Test func whiteSpaceBeforeTheFirstLineIsDroppedInEverySplit() {
    let bytes = Array(" \n\t [1]\n [2]\n".utf8)
    for pieces in cuts(bytes.count) { #expect(messages(bytes, in: pieces) == ["[1]", " [2]"]) }
  }

  @Test func whiteSpaceBeforeTheFirstMessageDoesNotPileUp() throws {
    var framer = MessageFramer(capacity: 16)
    for _ in 0..<1000 {
      ([0x20, 0x0A] as [UInt8]).withUnsafeBytes { framer.append($0) }
      #expect(try framer.nextMessage() == nil)
    }
    #expect(throws: Never.self) { try framer.finish() }
    Array("Content-Length: 2\r\n\r\n{}".utf8).withUnsafeBytes { framer.append($0) }
    #expect(try framer.nextMessage()?.count == 2)
  }

  @Test(arguments: [
    ("Content-Length: x\r\n\r\n", FramingError.malformedLength("x")),
    ("Content-Length: -1\r\n\r\n", .malformedLength("-1")),
    ("Content-Length:\r\n\r\n", .malformedLength("")), ("Content-Length: 1 2\r\n\r\n", .malformedLength("1 2")),
    ("Content-Length: 99999999999999999999\r\n\r\n", .malformedLength("99999999999999999999")),
    ("Content-Length: 1\r\nContent-Length: 1\r\n\r\n", .malformedLength("1")),
    ("Content-Type: x\r\n\r\n", .missingLength),
    ("Content\r\n\r\n", .malformedHeader("Content")), ("Connected\n", .malformedHeader("Connected")),
    ("Content-Type: " + String(repeating: "x", count: 5000) + "\r\n", .headerTooLong(limit: 4096)),
    ("C" + String(repeating: "x", count: 5000), .headerTooLong(limit: 4096)),
    (String(repeating: "Cx: y\r\n", count: 700), .headerTooLong(limit: 4096)),
    ("Content-Length: 2\r\n\r\n{}{}\r\n", .malformedHeader("{}")), ("C: 1\r\n: x\r\n", .malformedHeader(": x")),
    ("Content\rLength: 5\r\n\r\n", .missingLength),
  ])
  func malformedHeadersEndTheStream(text: String, error: FramingError) {
    let bytes = Array(text.utf8)
    let expected = "! \(error)"
    let found = messages(bytes, in: [0..<bytes.count])
    #expect(found.contains(expected))
    #expect(!error.isRecoverable)
    // The error stays: what follows cannot be told apart.
    #expect(found.filter { $0 == expected }.count == 3)
    #expect(error.description.hasSuffix("."))
    let byBytes = messages(bytes, in: (0..<bytes.count).map { $0..<($0 + 1) })
    #expect(byBytes.contains(expected))
  }

  @Test func messagesTooLongArePassedOver() {
    let bytes = Array("Content-Length: 11\r\n\r\n0123456789AContent-Length: 2\r\n\r\n{}".utf8)
    for pieces in cuts(bytes.count) {
      #expect(messages(bytes, in: pieces, limit: 10) == ["! \(FramingError.messageTooLong(limit: 10))", "{}"])
    }
    #expect(FramingError.messageTooLong(limit: 10).isRecoverable)
  }

  @Test func theEndInsideAMessageIsSeen() {
    for text in ["Content-Le", "Content-Length: 5\r\n", "Content-Length: 5\r\n\r\n", "Content-Length: 5\r\n\r\n1234"] {
      let bytes = Array(text.utf8)
      for pieces in cuts(bytes.count) {
        #expect(messages(bytes, in: pieces).last?.hasPrefix("! The stream ended inside a message") == true, "\(text)")
      }
    }
    #expect(messages(Array("Content-Length: 2\r\n\r\n{}".utf8), in: [0..<23]) == ["{}"])
  }

  @Test func theFramerForHeadersAloneDoesTheSame() throws {
    var framer = ContentLengthFramer(maximumMessageBytes: 10)
    let bytes = Array("Content-Length: 2\r\n\r\n{}Content-Length: 11\r\n\r\n".utf8)
    let count = framer.fill { room in
      room.copyBytes(from: bytes)
      return bytes.count
    }
    #expect(count == bytes.count)
    #expect(try framer.nextMessage()?.count == 2)
    #expect(throws: FramingError.messageTooLong(limit: 10)) { try framer.nextMessage() }
    #expect(try framer.nextMessage() == nil)
    #expect(throws: FramingError.self) { try framer.finish() }
    [UInt8](repeating: 0x20, count: 11).withUnsafeBytes { framer.append($0) }
    #expect(try framer.nextMessage() == nil)
    #expect(throws: Never.self) { try framer.finish() }
  }

  @Test(arguments: [FrameStyle.lines, .contentLength])
  func whatIsWrittenIsReadBack(style: FrameStyle) throws {
    var writer = JSONWriter()
    var framer = MessageFramer()
    let sent = (0..<200).map {
      JSONRPCMessage.response(id: .number($0), result: .string(String(repeating: "é\n", count: Int($0))))
    }
    for message in sent {
      writer.message(message)
      try writer.withFrame(style) { framer.append(UnsafeRawBufferPointer($0)) }
    }
    var received: [JSONRPCMessage] = []
    while let bytes = try framer.nextMessage() { received.append(try JSONRPCMessage(decoding: bytes)) }
    #expect(received == sent)
    #expect(framer.style == style)
  }
}
