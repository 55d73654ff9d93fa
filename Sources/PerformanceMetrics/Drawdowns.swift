import TradingModel

/// Falls of the account below an earlier peak.
///
/// An episode lasts from one bar without drawdown to the next such bar, or to the last bar, if there are bars in between.
/// Its depth is the largest 1 − equity/peak inside.
struct Drawdowns {
  /// One episode.
  struct Episode {
    /// As a fraction of the peak.
    var depth: Double
    /// Milliseconds from the peak to the recovery, or to the last bar.
    var time: EpochMilliseconds
  }

  /// What there is to know of all episodes.
  struct Summary {
    var count = 0
    var totalDepth = 0.0
    var totalTime: EpochMilliseconds = 0
    var longest: EpochMilliseconds = 0

    mutating func add(_ episode: Episode) {
      count += 1
      totalDepth += episode.depth
      totalTime &+= episode.time
      longest = max(longest, episode.time)
    }
  }

  /// Largest account value.
  private(set) var peakEquity: Double
  /// Depth of the deepest drawdown as a fraction, 0 when there was none.
  private(set) var maxDepth = 0.0
  private(set) var episodes = Summary()
  /// A drawdown that begins on the last bar. The reference does not count it as an episode.
  private(set) var onLastBar: Episode?

  /// Walks over the account values once.
  init(_ times: ArraySlice<EpochMilliseconds>, _ equity: ArraySlice<Double>) {
    var peak = equity.first ?? .nan
    peakEquity = peak
    var peakIndex = equity.startIndex
    var low = peak
    for index in equity.indices {
      let value = equity[index]
      if value < peak {
        // Dividing is left for later: the lowest value gives the largest drawdown.
        if value < low { low = value }
      } else {
        if index - peakIndex > 1 { end(Episode(depth: 1 - low / peak, time: times[index] &- times[peakIndex])) }
        peak = value
        peakIndex = index
        low = value
      }
    }
    peakEquity = peak
    let last = equity.endIndex - 1
    guard last > peakIndex else { return }
    let episode = Episode(depth: 1 - low / peak, time: times[last] &- times[peakIndex])
    if last - peakIndex > 1 {
      end(episode)
    } else {
      onLastBar = episode
      maxDepth = max(maxDepth, episode.depth)
    }
  }

  private mutating func end(_ episode: Episode) {
    episodes.add(episode)
    maxDepth = max(maxDepth, episode.depth)
  }
}
