#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An instant of the clock that only moves forward, for deadlines and measurements. It says nothing about the date.
public struct MonotonicTime: Comparable, Hashable, Sendable {
  /// Nanoseconds since an arbitrary instant before the program started.
  public var nanoseconds: Int64

  /// Creates an instant from its nanoseconds.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The present instant.
  public static func now() -> MonotonicTime {
    var time = timespec()
    // Cannot fail: the clock exists wherever this runs, and the pointer is valid.
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// The instant `duration` from now.
  public static func after(_ duration: Duration) -> MonotonicTime {
    now() + duration
  }

  /// A later instant (or an earlier one, for a negative duration); ends at the last representable one.
  public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    let (seconds, attoseconds) = duration.components
    let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, alsoTooLarge) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    let (result, overflow) = time.nanoseconds.addingReportingOverflow(sum)
    if tooLarge || alsoTooLarge || overflow { return MonotonicTime(nanoseconds: seconds < 0 ? .min : .max) }
    return MonotonicTime(nanoseconds: result)
  }

  /// The nanoseconds from an earlier instant to this one; negative when `other` is later.
  public func nanoseconds(since other: MonotonicTime) -> Int64 {
    nanoseconds.subtractingReportingOverflow(other.nanoseconds).partialValue
  }

  /// Whether one instant is before another.
  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Milliseconds from now, rounded up so that waiting does not end early; at least 0, at most what poll(2) takes.
  var millisecondsLeft: Int32 {
    let now = MonotonicTime.now()
    if self <= now { return 0 }
    let left = nanoseconds(since: now)
    return Int32(clamping: left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1))
  }
}
