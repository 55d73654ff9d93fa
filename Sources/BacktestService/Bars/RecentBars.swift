import MarketData
package import TradingModel

/// The bars of the samples and files that runs used last, with their hashes, so that the next run on them neither reads
/// nor hashes them again. Copies of a service share them; any thread may ask.
///
/// A file counts as the one that was read as long as it is the same file of the same length, unchanged by both of its
/// times. Bars from the cache of fetched and imported data are not here: that cache knows best when they change.
package final class RecentBars: Sendable {
  /// What bars were made of.
  enum Source: Sendable, Hashable {
    case sample(name: String, adjusted: Bool)
    case file(path: String, options: CSVOptions)
  }

  /// Bars as a source gives them, or a range of them.
  struct Held: Sendable {
    /// The bars, and what they are bars of.
    var series: BarSeries
    var instrument: Instrument
    /// What a user should know about them.
    var notes: [String]
    /// Their hash; `nil` while nobody has asked for it.
    var sha256: String?
    /// The state of the file they were read from; `nil` for a sample.
    fileprivate var stamp: FileStamp?

    init(_ series: BarSeries, _ instrument: Instrument, notes: [String] = []) {
      self.series = series
      self.instrument = instrument
      self.notes = notes
    }
  }

  private struct Key: Hashable {
    var source: Source
    var from: EpochMilliseconds?
    var to: EpochMilliseconds?
  }

  /// Five data sets of a million bars, or fifty of a hundred thousand.
  package static let maximumBytes = 256 << 20
  private let held: RecentlyUsed<Key, Held>
  private let now: @Sendable () -> EpochMilliseconds

  /// Makes an empty one.
  ///
  /// - Parameter now: The time, as file systems count it.
  package init(maximumBytes: Int = RecentBars.maximumBytes, now: @escaping @Sendable () -> EpochMilliseconds) {
    held = RecentlyUsed(maximumBytes: maximumBytes, maximumCount: 64)
    self.now = now
  }

  /// The bars of a source with `from <= time < to`, with their hash; perhaps none.
  ///
  /// - Parameter read: Makes all bars of the source.
  func bars(
    _ source: Source, from: EpochMilliseconds?, to: EpochMilliseconds?, read: () throws(ServiceError) -> Held
  ) throws(ServiceError) -> (whole: Held, range: Held) {
    let asked = now()
    var stamp: FileStamp?
    // Before the file is read: a change while it is read gives another stamp.
    if case .file(let path, _) = source { stamp = FileStamp(path: path) }
    let isKept = if case .file = source { stamp?.isSettled(at: asked) ?? false } else { true }
    let wholeKey = Key(source: source, from: nil, to: nil)
    var whole: Held
    if isKept, let found = held.value(wholeKey), found.stamp == stamp {
      whole = found
    } else {
      whole = try read()
      whole.stamp = stamp
      if isKept { keep(whole, under: wholeKey) } else { held.forget(wholeKey) }
    }
    let key = Key(source: source, from: from, to: to)
    if from != nil || to != nil, isKept, let found = held.value(key), found.stamp == stamp { return (whole, found) }
    var range = whole
    if from != nil || to != nil {
      range.series = whole.series.slice(from: from, to: to)
      range.sha256 = nil
    }
    if range.sha256 == nil {
      range.sha256 = DataSnapshot.sha256(of: range.series)
      if isKept { keep(range, under: key) }
    }
    return (whole, range)
  }

  private func keep(_ bars: Held, under key: Key) {
    held.keep(bars, under: key, bytes: 256 + bars.series.count * MemoryLayout<Bar>.size)
  }

  /// How many data sets and ranges are kept, and the bytes they take.
  package var extent: (count: Int, bytes: Int) { held.extent }
}
