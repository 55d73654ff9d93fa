import BacktestEngine
import Foundation
import StrategyKit
import StrategyProtocol
import Testing
import TradingModel

@testable import PluginHost

/// Preloaded strategies that name the bar to be asked about next, and those that place orders before their first decision.
@Suite(.enabled(if: Hostile.hasPython, "python3 is not installed"))
struct NextIndexTests {
  /// Runs a strategy that does `code` about bar `i`; it tells the bars it was asked about in its log.
  static func run(
    _ code: String, mode: ExecutionMode = .preload, before: String = "", timeouts: Timeouts = Hostile.patient
  ) throws -> (outcome: Hostile.Outcome, asked: [Int]) {
    let tell = #"{"jsonrpc": "2.0", "method": "log/message", "params": {"level": "info", "message": f"asked {i}"}}"#
    let body = """
      if method != "bar/next":
          answer(m)
          continue
      i = m["params"]["index"]
      raw(json.dumps(\(tell)) + "\\n")
      \(code)
      """
    let outcome = try Hostile.run(Hostile.command(body, before: before), mode: mode, timeouts: timeouts, bars: 60)
    let start = "info: asked "
    return (outcome, outcome.log.compactMap { $0.hasPrefix(start) ? Int($0.dropFirst(start.count)) : nil })
  }

  @Test func barsBeforeTheNextIndexAreNotAskedAbout() throws {
    let (outcome, asked) = try Self.run(#"answer(m, {"next_index": min(60, i + 20)})"#)
    #expect(asked == [1, 21, 41])
    #expect(outcome.run?.equity.count == 60)
    #expect(outcome.failure == nil)
  }

  @Test func aBarWithOrderEventsIsAskedAbout() throws {
    // A limit that a later bar touches, placed while all bars are to be passed over.
    let (outcome, asked) = try Self.run(
      """
      result = {"next_index": 1000}
      if i == 1: result["actions"] = [{"do": "order", "side": "sell", "quantity": 1, "limit_price": 105}]
      answer(m, result)
      """)
    let run = try #require(outcome.run)
    let filled = try #require(run.orderEvents.first { $0.kind == .filled }).index
    #expect(filled > 30)
    // The answer's own action leaves an event too: it was accepted.
    #expect(asked == [1, 2, filled])
    #expect(run.openTrades.count == 1)
  }

  @Test func aNextIndexCountsForItsOwnAnswerOnly() throws {
    // The limit fills in the middle of the bars passed over; what was said before counts no more from there on.
    let (outcome, asked) = try Self.run(
      """
      if i == 1: answer(m, {"actions": [{"do": "order", "side": "sell", "quantity": 1, "limit_price": 103}]})
      elif i == 2: answer(m, {"next_index": 50, "annotations_ahead": {"bar": list(range(3, 50))}})
      else: answer(m, {})
      """)
    let run = try #require(outcome.run)
    let filled = try #require(run.orderEvents.first { $0.kind == .filled }).index
    #expect(asked == [1, 2] + Array(filled..<60))
    let values = try #require(run.annotations.first { $0.name == "bar" }).values
    #expect(values.indices.filter { !values[$0].isNaN } == Array(3..<filled))
  }

  @Test func anAnswerWithActionsIsFollowedByTheNextBar() throws {
    // Closing with nothing open leaves no event.
    let (outcome, asked) = try Self.run(
      #"answer(m, {"next_index": max(40, i + 1), "actions": [{"do": "close"}] if i == 1 else []})"#)
    #expect(asked == [1, 2] + Array(40..<60))
    #expect(outcome.failure == nil)
  }

  @Test func passingOverMoreBarsThanThereAreIsPassingOverAll() throws {
    let (outcome, asked) = try Self.run(
      #"answer(m, {"next_index": 2 ** 53 - 1, "annotations_ahead": {"bar": list(range(58))}})"#)
    #expect(asked == [1])
    #expect(outcome.failure == nil)
  }

  @Test(arguments: [(57, "has 57 values"), (59, "has 59 values")])
  func chartsMustHaveAValueForEachBarPassedOver(count: Int, problem: String) throws {
    let code = #"answer(m, {"next_index": 60, "annotations_ahead": {"bar": list(range(\#(count)))}})"#
    let failure = try #require(try Self.run(code).outcome.failure)
    #expect(failure.kind == .protocolError)
    #expect(failure.pointer == "/annotations_ahead/bar")
    #expect(failure.message.contains(problem))
  }

  @Test func chartsOfBarsPassedOverAreKept() throws {
    let (outcome, _) = try Self.run(
      """
      n = min(60, i + 20)
      answer(m, {"next_index": n, "annotations": {"bar": i},
                 "annotations_ahead": {"bar": [None if k % 7 == 0 else k for k in range(i + 1, n)]}})
      """)
    let values = try #require(outcome.run?.annotations.first { $0.name == "bar" }).values
    #expect(values.count == 60)
    for (index, value) in values.enumerated().dropFirst() {
      let isMissing = index % 7 == 0 && ![1, 21, 41].contains(index)
      #expect(isMissing ? value.isNaN : value == Double(index), "bar \(index)")
    }
  }

  @Test(arguments: ["i", "0", "1.5", "'soon'"])
  func aNextIndexThatIsNotAheadBreaksTheProtocol(value: String) throws {
    let failure = try #require(try Self.run(#"answer(m, {"next_index": \#(value)})"#).outcome.failure)
    #expect(failure.kind == .protocolError)
    #expect(failure.pointer == "/next_index")
    #expect(failure.lastIndex == 1)
  }

  @Test func inLockStepEveryBarIsSent() throws {
    let (_, asked) = try Self.run(#"answer(m, {"next_index": 50})"#, mode: .lockstep)
    #expect(asked == Array(0..<60))
  }

  @Test func progressGivesALongAnswerMoreTime() throws {
    // Each pause is far within the limit, all together are far beyond it.
    let pauses = """
      for _ in range(16):
          time.sleep(0.25)
          TELL
      answer(m, {"next_index": 60})
      """
    let progress =
      #"raw(json.dumps({"jsonrpc": "2.0", "method": "$/progress", "params": {"token": "r", "value": {"kind": "report"}}}) + "\n")"#
    var timeouts = Hostile.patient
    timeouts.barNext = 3000
    let told = try Self.run(pauses.replacingOccurrences(of: "TELL", with: progress), timeouts: timeouts)
    #expect(told.asked == [1])
    #expect(told.outcome.failure == nil)
    let silent = try Self.run(pauses.replacingOccurrences(of: "TELL", with: "pass"), timeouts: timeouts)
    #expect(silent.outcome.failure?.kind == .timeout)
  }

  @Test(arguments: [ExecutionMode.preload, .lockstep])
  func earlyOrdersActOnTheFirstBarThatIsDecidedOn(mode: ExecutionMode) throws {
    func usual(_ started: String) -> String {
      """
      def usual(m):
          if m["method"] == "run/start": return {"warmup_bars": 10, \(started)}
          return {"received": m["params"]["count"]} if m["method"] == "series/load" else {}
      """
    }
    func buying(on bar: Int) -> String {
      #"answer(m, {"actions": [{"do": "order", "side": "buy", "quantity": 2}]} if i == \#(bar) else {})"#
    }
    let early = usual(#""early_orders": True"#)
    let (outcome, asked) = try Self.run(buying(on: 9), mode: mode, before: early)
    #expect(asked.first == (mode == .preload ? 9 : 0))
    #expect(outcome.run?.openTrades.map(\.entryIndex) == [10])
    // A warm-up that the run cannot satisfy has no last bar.
    let long = early.replacing("10", with: "70")
    let late = try #require(try Self.run(buying(on: 59), mode: mode, before: long).outcome.run)
    #expect(late.orderEvents.filter { $0.kind == .accepted }.isEmpty)
    guard mode == .lockstep else { return }
    // Any earlier, or without having been announced, they are refused.
    for (bar, before) in [(8, early), (9, usual(#""label": "late""#))] {
      let run = try #require(try Self.run(buying(on: bar), mode: mode, before: before).outcome.run)
      #expect(run.openTrades.isEmpty)
      #expect(run.orderEvents.map(\.kind) == [.rejected])
      #expect(run.orderEvents.first?.reason == .warmUp)
    }
  }
}
