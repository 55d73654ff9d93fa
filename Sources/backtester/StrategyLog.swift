import Synchronization

/// What strategy processes say, shown on standard error as it comes.
///
/// The last lines are remembered, so that the sentence about a failed run need not repeat them below.
final class StrategyLog: Sendable {
  private static let remembered = 200
  private let lines = Mutex<[String]>([])

  /// Shows a line; any thread.
  func show(_ line: String) {
    Terminal.note("[strategy] \(line)")
    lines.withLock { lines in
      if lines.count == Self.remembered { lines.removeFirst() }
      lines.append(line.trimmed)
    }
  }

  /// A failure's text without the traceback or the lines of standard error below its first line, if they were shown.
  func withoutRepetition(_ message: String) -> String {
    let parts = message.split(separator: "\n", maxSplits: 1)
    guard parts.count == 2, let last = parts[1].split(separator: "\n").last.map({ String($0).trimmed }) else {
      return message
    }
    return lines.withLock { $0.contains(last) } ? String(parts[0]) : message
  }
}

extension String {
  /// Without the white space around it.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
