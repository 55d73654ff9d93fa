/// At most a thousand lines a second: what is written faster is left out, and that is said once a second.
struct LogThrottle {
  static let longestLine = 8 * 1024
  static let linesPerSecond = 1000

  private var second = Int64.min
  private var lines = 0

  /// Counts a line.
  ///
  /// - Parameter second: The present second of a clock.
  /// - Returns: Whether it may be handed on.
  mutating func admits(_ second: Int64) -> Bool {
    if second != self.second { (self.second, lines) = (second, 0) }
    lines += 1
    return lines <= Self.linesPerSecond
  }

  /// What to say after the line just counted, if it was the first to be left out.
  var note: String? {
    lines == Self.linesPerSecond + 1 ? "(more than \(Self.linesPerSecond) lines a second; the rest is left out)" : nil
  }

  /// Whether lines are being left out in this second.
  func isSilent(in second: Int64) -> Bool { second == self.second && lines > Self.linesPerSecond }
}
