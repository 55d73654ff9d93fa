import Foundation
import StrategyProtocol
import Testing
import TradingModel

@Suite struct TranscriptTests {
  /// Playing a session against the engine gives the recorded file, byte for byte. To record anew after a change that is
  /// meant: `RECORD_TRANSCRIPTS=1 swift test --filter TranscriptTests`; a recording run fails.
  @Test(arguments: TranscriptScenario.all)
  func enginePlaysTheRecordedSession(_ scenario: TranscriptScenario) throws {
    let played = try scenario.play().lines
    let path = "v1/transcripts/\(scenario.name).jsonl"
    if ProcessInfo.processInfo.environment["RECORD_TRANSCRIPTS"] == "1" {
      try (played.joined(separator: "\n") + "\n").write(
        to: ProtocolFiles.root.appending(path: path), atomically: true, encoding: .utf8)
      Issue.record("recorded \(path)")
      return
    }
    let recorded = try ProtocolFiles.lines(path)
    #expect(played.count == recorded.count)
    for (line, (played, recorded)) in zip(played, recorded).enumerated() {
      #expect(played == recorded, "line \(line + 1) of \(path)")
    }
  }

  /// The same decisions give the same trades, whatever the mode.
  @Test func modesAgree() throws {
    let names = ["preload", "streamed", "vectorized", "short-messages"]
    let runs = try TranscriptScenario.all.filter { names.contains($0.name) }.map { try $0.play().run }
    let first = try #require(runs.first)
    #expect(runs.count == names.count)
    #expect(first.trades.count == 1 && first.openTrades.count == 1)
    for run in runs.dropFirst() {
      #expect(run.trades == first.trades)
      #expect(run.equity == first.equity)
      #expect(run.orderEvents == first.orderEvents)
    }
  }
}
