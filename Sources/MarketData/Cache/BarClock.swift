internal import TradingModel

/// Tells which bars have ended.
struct BarClock: Sendable {
  let interval: BarInterval
  let zone: ExchangeTimeZone
  /// Seconds from local midnight to the end of the regular session; `nil` when unknown, which counts as midnight.
  let sessionEnd: Int64?

  /// Quotes of some exchanges come up to 20 minutes late, closing auctions later than the session's end.
  static let settlingSeconds: Int64 = 1800

  /// The earliest time whose bar may not have ended at `now`: bars before it have.
  func firstOpen(at now: EpochMilliseconds) -> EpochMilliseconds {
    let seconds = Day.floorDivision(now, 1000)
    if interval.isIntraday, let length = interval.milliseconds {
      return Day.floorDivision(now - Self.settlingSeconds * 1000 - length, 60_000) * 60_000 + 1
    }
    // The newest day whose session ended at least the settling time ago, then the day behind it.
    let end = min(max(sessionEnd ?? 86_400, 0), 86_400)
    let day = Day.floorDivision(zone.wallClock(at: seconds) - end - Self.settlingSeconds, 86_400) + 1
    return interval.periodStart(of: Day.time(of: day))
  }

  /// The time up to which it makes sense to ask at `now`, the bar still open included.
  func askEnd(at now: EpochMilliseconds) -> EpochMilliseconds {
    if interval.isIntraday { return now }
    return Day.time(of: zone.day(at: Day.floorDivision(now, 1000)) + 1)
  }

  /// A bound as a bar time. A bar belongs to a range by its opening, a daily one by its date's midnight.
  func barTime(of bound: TimeBound) -> EpochMilliseconds {
    if interval.isIntraday {
      switch bound {
      case .instant(let time): return time
      case .local(let wall):
        let seconds = Day.floorDivision(wall, 1000)
        return zone.instant(ofWallClock: seconds) * 1000 + (wall - seconds * 1000)
      }
    }
    let wall: EpochMilliseconds =
      switch bound {
      case .local(let wall): wall
      case .instant(let time): time + zone.offset(at: Day.floorDivision(time, 1000)) * 1000
      }
    // The first midnight at or after it.
    return -Day.floorDivision(-wall, Day.milliseconds) * Day.milliseconds
  }

  /// The epoch second that a bar time is for Yahoo.
  func epochSecond(of time: EpochMilliseconds) -> Int64 {
    interval.isIntraday ? Day.floorDivision(time, 1000) : zone.start(ofDay: Day.number(of: time))
  }
}
