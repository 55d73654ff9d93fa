import JSONRPC
import PluginHost
import StrategyProtocol
import TradingModel
import WireText

/// The run of a recorded session, made anew from what the host said: its terms and its bars.
struct RecordedRun {
  let start: RunStartRequest
  let series: BarSeries

  /// Finds the session's first run.
  ///
  /// - Throws: ``TranscriptError``.
  init(_ transcript: Transcript) throws(TranscriptError) {
    var start: RunStartRequest?
    var bars = RecordedBars()
    for entry in transcript.entries where entry.direction == .toStrategy {
      guard let message = entry.message, let params = message["params"] else { continue }
      let wire = WireValue(params)
      do {
        switch entry.method {
        case "run/start":
          if start != nil {
            throw TranscriptError(
              path: transcript.path, line: entry.line, problem: "starts a second run; a replay is of one run")
          }
          start = try wire.decode(RunStartRequest.self)
        case "bar/next": try bars.add(wire.decode(BarNextRequest.self))
        case "bars/next": try bars.add(wire.decode(BarsNextRequest.self))
        case "series/load": try bars.add(wire.decode(SeriesLoadRequest.self))
        default: break
        }
      } catch let error as TranscriptError {
        throw error
      } catch {
        throw TranscriptError(
          path: transcript.path, line: entry.line, problem: "holds a message that cannot be read: \(error)")
      }
    }
    guard let start else {
      throw TranscriptError(path: transcript.path, line: nil, problem: "holds no run, so there is nothing to replay")
    }
    guard start.symbols.count == 1 else {
      throw TranscriptError(
        path: transcript.path, line: nil, problem: "has a run of several symbols, which this host does not run")
    }
    self.start = start
    do {
      series = try BarSeries(bars.filled(start))
    } catch {
      throw TranscriptError(path: transcript.path, line: nil, problem: "has bars that make no series: \(error)")
    }
  }

  /// Bars as they turn up.
  private struct RecordedBars {
    /// A broken-off run may lack most of its bars, but a file must not ask for any amount of memory.
    private static let mostMissing = 5_000_000
    /// Times with which one can calculate; a hundred thousand years around 1970.
    private static let times = Int64(-3_155_760_000_000_000)...3_155_760_000_000_000

    private var known: [Int: Bar] = [:]

    private mutating func add(_ bar: Bar?, at index: Int) throws {
      guard let bar else { return }
      guard Self.times.contains(bar.time) else {
        throw WireError(pointer: "/time", problem: "is \(bar.time), which is no time of a bar")
      }
      known[index] = bar
    }

    mutating func add(_ request: BarNextRequest) throws {
      guard let row = request.bars?.entries.first?.value else { return }
      try add(row.bar(time: request.time), at: request.index)
    }

    mutating func add(_ request: BarsNextRequest) throws {
      guard let rows = request.bars.entries.first?.value else { return }
      for (place, (time, row)) in zip(request.times, rows).enumerated() {
        try add(row?.bar(time: time), at: request.firstIndex &+ place)
      }
    }

    mutating func add(_ request: SeriesLoadRequest) throws {
      func column(_ name: String) throws -> [Double] {
        guard let values = request.columns[name]?.numbers, values.count == request.count else {
          throw WireError(pointer: "/columns/\(name)", problem: "cannot be read; columns in files are not recorded")
        }
        return values
      }
      let times = try column("time")
      let (open, high, low) = (try column("open"), try column("high"), try column("low"))
      let (close, volume) = (try column("close"), try column("volume"))
      for row in 0..<request.count {
        guard let time = Int64(exactly: times[row]) else { continue }
        let bar = Bar(
          time: time, open: open[row], high: high[row], low: low[row], close: close[row], volume: volume[row])
        try add(bar, at: request.offset &+ row)
      }
    }

    /// All bars of the run. Those that a broken-off run never sent stand in for by copies of the last one: nothing is
    /// asked about them again.
    func filled(_ start: RunStartRequest) throws -> [Bar] {
      var bars: [Bar] = []
      while let bar = known[bars.count], bars.count < start.barsTotal { bars.append(bar) }
      let missing = start.barsTotal - bars.count
      guard missing > 0 else { return bars }
      guard missing <= Self.mostMissing, Self.times.contains(start.start), Self.times.contains(start.end) else {
        throw WireError(
          pointer: "/bars_total", problem: "is \(start.barsTotal), of which only \(bars.count) were sent")
      }
      let last = bars.last ?? Bar(time: start.start, open: 1, high: 1, low: 1, close: 1, volume: .nan)
      if bars.isEmpty { bars.append(last) }
      let left = start.barsTotal - bars.count
      guard left > 0 else { return bars }
      // Spaced as the others, so that the run announces the same timeframe; the last one has the announced time.
      let spacings = zip(bars.dropFirst(), bars).map { $0.time - $1.time }.sorted()
      let room = (start.end - last.time) / Int64(left)
      let step = spacings.isEmpty ? room : min(room, spacings[(spacings.count - 1) / 2])
      for number in 0..<left {
        let time = left == number + 1 ? start.end : last.time + step * Int64(number + 1)
        bars.append(
          Bar(time: time, open: last.close, high: last.close, low: last.close, close: last.close, volume: .nan))
      }
      return bars
    }
  }
}
