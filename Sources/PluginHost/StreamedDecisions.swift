import JSONRPC
import StrategyKit
import StrategyProtocol
import TradingModel

/// The decisions of a streamed run: bars go out in chunks, at most two unanswered and no more than fit into a pipe.
final class StreamedDecisions: DecisionStream {
  /// Bars a chunk: more gains nothing.
  private static let chunk = 256
  /// Bytes that may be on their way without the strategy having answered; a pipe holds 64 KiB.
  private static let bytesInFlight = 48 * 1024

  private let connection: PluginConnection
  private let series: BarSeries
  private let symbol: String
  private let runID: String
  private let scanner: ActionScanner
  private let limits: Limits
  private let rowsPerChunk: Int
  private var sent = 0
  private var inFlight: [Range<Int>] = []
  private var answered = 0
  private var answer = BarAnswer()
  private var position = 0
  /// The first bar of the chunk answered last.
  private var first = 0

  init(
    _ connection: PluginConnection, _ run: RunDescription, runID: String, scanner: ActionScanner, _ limits: Limits,
    _ capabilities: StrategyCapabilities
  ) {
    self.connection = connection
    series = run.series[0]
    symbol = run.instruments[0].symbol
    self.runID = runID
    self.scanner = scanner
    self.limits = limits
    // A row takes up to 26 characters a number; two chunks must fit into what may be in flight.
    let room = min(Self.bytesInFlight / 2, capabilities.resolvedMessageBytes) - 512
    rowsPerChunk = max(1, min(Self.chunk, room / (6 * 20)))
  }

  func perform(upTo index: Int, on broker: any Brokerage) throws {
    while answered <= index { try fetch(broker) }
    for note in answer.annotationLists where index >= first && index - first < note.values.count {
      let value = note.values[index - first]
      if !value.isNaN { broker.annotate(note.name, value) }
    }
    var performed = 0
    while position < answer.actions.count, let bar = answer.actions[position].barIndex, bar <= index {
      if performed < limits.maxActionsPerBar {
        answer.actions[position].action.perform(on: broker)
      } else {
        broker.refuse(OrderRequest(.sell), .tooManyActions(limit: limits.maxActionsPerBar))
      }
      performed += 1
      position += 1
    }
  }

  /// Sends what may be sent and takes the oldest answer.
  private func fetch(_ broker: any Brokerage) throws {
    while inFlight.count < 2, sent < series.count {
      let rows = sent..<min(sent + rowsPerChunk, series.count)
      let timeouts = limits.timeoutsMilliseconds
      try connection.send("bars/next", allowance: timeouts.barsNext + timeouts.barsNextPerBar * rows.count) { writer in
        write(rows, to: &writer)
      }
      inFlight.append(rows)
      sent = rows.upperBound
    }
    try connection.receive(scanner, into: &answer)
    let rows = inFlight.removeFirst()
    do { try Self.check(answer.actions, within: rows) } catch { throw connection.explained(error) }
    first = rows.lowerBound
    position = 0
    answered = rows.upperBound
  }

  /// Checks that every action names a bar of the chunk, in order.
  static func check(_ actions: [ActionScanner.Entry], within rows: Range<Int>) throws(PluginFailure) {
    var last = rows.lowerBound
    for (number, entry) in actions.enumerated() {
      guard let bar = entry.barIndex else { throw ActionScanner.fault("/actions/\(number)", "lacks bar_index") }
      guard rows.contains(bar), bar >= last else {
        throw ActionScanner.fault(
          "/actions/\(number)/bar_index",
          "was \(bar); it must be from \(last) to \(rows.upperBound - 1), in the order of the bars")
      }
      last = bar
    }
  }

  private func write(_ rows: Range<Int>, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("run_id", runID)
    writer.field("first_index", rows.lowerBound)
    writer.field("count", rows.count)
    writer.key("times")
    writer.beginArray()
    for row in rows { writer.value(series.times[row]) }
    writer.endArray()
    writer.key("bars")
    writer.beginObject()
    writer.key(symbol)
    writer.beginArray()
    for row in rows {
      writer.beginArray()
      writer.value(series.open[row])
      writer.value(series.high[row])
      writer.value(series.low[row])
      writer.value(series.close[row])
      let volume = series.volume[row]
      if volume.isNaN { writer.null() } else { writer.value(volume) }
      writer.endArray()
    }
    writer.endArray()
    writer.endObject()
    writer.endObject()
  }
}
