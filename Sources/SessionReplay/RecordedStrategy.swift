import JSONRPC
import StrategyProtocol

/// A strategy that answers from a recording, without the program that was recorded.
///
/// It serves one session on standard input and output. Every message of the host is compared with the recorded one;
/// `initialize` is not, as it names the host's process and version.
public struct RecordedStrategy {
  private let transcript: Transcript

  /// Prepares to answer from a recording.
  public init(_ transcript: Transcript) { self.transcript = transcript }

  /// Serves until the host ends the session or the recording does.
  ///
  /// - Returns: What differed.
  /// - Throws: `DescriptorError` when standard input or output fail.
  public func serve(input: Int32 = 0, output: Int32 = 1) throws -> ReplayReport {
    var report = ReplayReport()
    var framer = LineFramer()
    var position = 0
    let entries = transcript.entries
    let writer = DescriptorWriter(output, stallLimit: nil)
    while true {
      while let line = try framer.nextLine() {
        let received = Array(line)
        while position < entries.count, entries[position].direction == .fromStrategy { position += 1 }
        guard position < entries.count else {
          report.ending = "the host goes on after the end of the recording: \(Self.shown(received))"
          return report
        }
        HostReplay.compare(entries[position], received, &report)
        let isLast = entries[position].method == "exit"
        position += 1
        while position < entries.count, entries[position].direction == .fromStrategy {
          try (entries[position].bytes + [0x0A]).withUnsafeBytes { try writer.write($0) }
          position += 1
        }
        if isLast { return report }
        if position == entries.count {
          // As the recorded strategy did: gone without an answer.
          return report
        }
      }
      let count = try framer.fill(atLeast: 1 << 16) { space throws(DescriptorError) in
        try DescriptorIO.read(input, into: space)
      }
      if count == 0 {
        if entries[position...].contains(where: { $0.direction == .toStrategy && $0.method != "exit" }) {
          report.ending = "the host ended the session before the recording's end"
        }
        return report
      }
    }
  }

  private static func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(300), as: UTF8.self) }
}
