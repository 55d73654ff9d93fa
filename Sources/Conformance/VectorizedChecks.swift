import JSONRPC
import StrategyProtocol

/// Runs that are decided at once.
enum VectorizedChecks {
  static let all = [
    ConformanceCheck("vectorized.load", "series/load is acknowledged with the number of rows it carried.") { kit in
      try kit.require(.vectorized)
      _ = try kit.run(options())
    },

    ConformanceCheck(
      "vectorized.evaluate", "series/evaluate is answered in the right form, columns as long as the run."
    ) { kit in
      try kit.require(.vectorized)
      _ = try decisions(kit)
    },

    ConformanceCheck(
      "vectorized.chunked_load", "Columns loaded in several chunks give the same answer as in one."
    ) { kit in
      try kit.require(.vectorized)
      try decisions(kit).expectEqual(decisions(kit, chunks: 3), first: nil, "columns loaded in three chunks")
    },

    ConformanceCheck("vectorized.encodings", "Every declared encoding gives the same answer.") { kit in
      let known = try kit.require(.vectorized).encodings
      guard known.count > 1 else { throw CheckSkipped("the strategy declares one encoding") }
      let first = try decisions(kit, encoding: known[0])
      for encoding in known.dropFirst() {
        try first.expectEqual(
          decisions(kit, encoding: encoding), first: nil, "encoding \(encoding) against \(known[0])")
      }
    },

    ConformanceCheck(
      "vectorized.truncation",
      "Without the later bars, in a fresh process, the decisions on the earlier ones are the same."
    ) { kit in
      try kit.require(.vectorized)
      let whole = try decisions(kit)
      for cut in whole.cuts(of: kit.bars.count) {
        let prefix = PracticeBars(symbols: kit.bars.symbols, bars: kit.bars.bars.map { Array($0[..<cut]) })
        try whole.expectEqual(
          decisions(kit, prefix, fresh: true), first: cut, "with the first \(cut) bars only")
      }
    },

    ConformanceCheck(
      "vectorized.perturbation",
      "With other later bars, in a fresh process, the decisions on the earlier ones are the same."
    ) { kit in
      try kit.require(.vectorized)
      let whole = try decisions(kit)
      let bars = kit.bars.bars[0]
      for cut in whole.cuts(of: bars.count) {
        // Upwards and downwards, so that a leak of a single bar turns a decision of either direction.
        for factor in [1.5, 0.6] {
          let base = (bars[cut - 1]?.close ?? 100) * factor
          let later: [PracticeBar?] = PracticeBars.make(bars.count - cut, seed: 77, base: base)
          let other = PracticeBars(symbols: kit.bars.symbols, bars: [bars[..<cut] + later])
          try whole.expectEqual(
            decisions(kit, other, fresh: true), first: cut, "with other bars from bar \(cut) on")
        }
      }
    },
  ]

  private static func options(encoding: String? = nil, chunks: Int = 1) -> CheckRun.Options {
    var options = CheckRun.Options()
    options.mode = .vectorized
    options.encoding = encoding
    options.chunks = chunks
    return options
  }

  private static func decisions(
    _ kit: CheckKit, _ bars: PracticeBars? = nil, fresh: Bool = false, encoding: String? = nil, chunks: Int = 1
  ) throws -> SeriesDecisions {
    let run = try kit.run(bars, fresh: fresh, options(encoding: encoding, chunks: chunks))
    let decisions = try run.evaluate()
    try run.end()
    return decisions
  }
}
