/// Which part of a series is wanted.
public enum SeriesRange: Sendable, Equatable {
  /// All of it.
  case all
  /// The bars with these indexes, counted from 0; those that do not exist are left out. SQLite walks to the first one,
  /// at about the cost of reading it; ``times(_:)`` goes there at once.
  case indexes(Range<Int>)
  /// The bars of this time.
  case times(TimeRange)
}
