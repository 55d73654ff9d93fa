import JSONRPC
import Testing

@Suite struct UTF8Tests {
  /// Whether a string of these bytes is accepted, with `padding` bytes before them.
  private func accepts(_ bytes: [UInt8], padding: Int) -> Bool {
    let text = [0x22] + [UInt8](repeating: 0x78, count: padding) + bytes + [0x22]
    let read = parseError(text)
    if skipError(text) != read { Issue.record("skipping \(text) differs from reading") }
    if let read, read.kind != .malformedUTF8 || read.offset != padding + 1 {
      // A sequence may also be wrong further on, but never before.
      if read.kind != .malformedUTF8 || read.offset < padding + 1 { Issue.record("\(text): \(read)") }
    }
    return read == nil
  }

  private func isValid(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }

  @Test func allSequencesOfTwoBytesAreJudgedAsByTheStandardLibrary() {
    for first in UInt8(0x80)...0xFF {
      #expect(!accepts([first], padding: 0))
      for second in UInt8(0x23)...0xFF where second != 0x5C {
        let bytes = [first, second]
        if accepts(bytes, padding: Int(second) % 9) != isValid(bytes) { Issue.record("\(bytes)") }
      }
    }
  }

  @Test func allEdgesOfLongerSequencesAreJudgedAsByTheStandardLibrary() {
    let edges: [UInt8] = [0x24, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF]
    for first in UInt8(0xE0)...0xFF {
      for second in UInt8(0x80)...0xBF {
        for third in edges {
          if accepts([first, second, third], padding: 3) != isValid([first, second, third]) {
            Issue.record("\([first, second, third])")
          }
          guard first >= 0xF0 else { continue }
          for fourth in edges {
            let bytes = [first, second, third, fourth]
            if accepts(bytes, padding: 5) != isValid(bytes) { Issue.record("\(bytes)") }
          }
        }
      }
    }
  }

  @Test func cutSequencesAreRejected() {
    for character in ["é", "€", "𝄞"] {
      let bytes = Array(character.utf8)
      #expect(accepts(bytes, padding: 0))
      for count in 1..<bytes.count {
        #expect(!accepts(Array(bytes.prefix(count)), padding: 7))
        // At the end of the text, with nothing behind.
        #expect(parseError([0x22] + bytes.prefix(count)) != nil)
      }
    }
  }

  @Test func invalidBytesInKeysAreRejected() {
    #expect(parseError([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])?.kind == .malformedUTF8)
  }
}
