import Foundation
import JSONRPC
import Testing

@testable import PluginHost

/// What is kept of a conversation: the transcript, the ring of last messages, the end of standard error.
struct RecorderTests {
  @Test func aTranscriptHoldsHeaderMessagesAndText() throws {
    try DirectoryTests.withFiles(["x": ""]) { folder in
      let path = "\(folder)/t.jsonl"
      do {
        let recorder = try TranscriptRecorder(path: path)
        recorder.begin(command: ["./run", "a\"b"], hostVersion: "9.9", datasetHash: nil)
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#.withBytes { recorder.record("h>s", $0) }
        "not \u{1} a message".withBytes { recorder.record("s>h", $0) }
        recorder.record("err", text: "Grüße")
        recorder.flush()
        #expect(recorder.failure == nil)
      }
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        try JSONValue(parsing: String($0))
      }
      #expect(lines.map { $0["seq"]?.intValue } == [0, 1, 2, 3])
      #expect(lines.map { $0["dir"]?.stringValue } == ["note", "h>s", "s>h", "err"])
      #expect(lines[0]["header"]?["argv"] == .array([.string("./run"), .string("a\"b")]))
      #expect(lines[0]["header"]?["dataset_sha256"] == .null)
      #expect(try lines[1]["msg"]?.text() == #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#)
      #expect(lines[2]["text"]?.stringValue == "not \u{1} a message")
      #expect(lines[3]["text"]?.stringValue == "Grüße")
      let times = lines.compactMap { $0["t_us"]?.intValue }
      #expect(times.count == 4 && times == times.sorted())
    }
  }

  @Test func aTranscriptThatCannotBeWrittenSaysSo() throws {
    let failure = #expect(throws: PluginFailure.self) { try TranscriptRecorder(path: "/nonexistent/t") }
    #expect(failure?.fault == .user)
    #if os(Linux)
    let full = try TranscriptRecorder(path: "/dev/full")
    full.record("err", text: "x")
    full.flush()
    #expect(full.failure?.contains("could not be written") == true)
    // A full disk ends the transcript, not the run.
    for _ in 0..<10_000 { full.record("err", text: String(repeating: "x", count: 100)) }
    #endif
  }

  @Test func theRingKeepsTheLastMessagesInBoundedMemory() {
    var ring = MessageRing()
    for number in 0..<5000 {
      "message \(number)\(String(repeating: ".", count: number % 50))".withBytes {
        ring.note(number % 2 == 0 ? ">" : "<", $0)
      }
    }
    let lines = ring.lines
    #expect(lines.count == 200)
    #expect(lines.last?.hasPrefix("< message 4999") == true)
    #expect(lines.first?.hasPrefix("> message 4800") == true)
    String(repeating: "y", count: 100_000).withBytes { ring.note(">", $0) }
    #expect((ring.lines.last?.utf8.count ?? 0) < 3000)
  }

  @Test func standardErrorIsCutIntoLinesAndItsEndIsKept() {
    var log = StandardErrorLog()
    var lines: [String] = []
    func add(_ text: String, second: Int64 = 0) {
      text.withBytes { log.append(UnsafeRawBufferPointer($0), second: second) { lines.append($0) } }
    }
    add("one\ntw")
    add("o\n\nthr")
    #expect(lines == ["one", "two", ""])
    #expect(log.tail == "one\ntwo\n\nthr")
    add("ee\n" + String(repeating: "z", count: 20_000) + "\n")
    #expect(lines[3] == "three")
    #expect(lines[4].utf8.count == 8192)
    for number in 0..<3000 { add("\(number)\n", second: 1) }
    // A thousand lines a second and the note that the rest is left out.
    #expect(lines.count == 5 + 1001)
    add("next second\n", second: 2)
    #expect(lines.last == "next second")
    #expect(log.tail.utf8.count <= 64 * 1024)
    #expect(log.tail.hasSuffix("next second\n"))
  }
}
