public import SessionReplay

/// A replay's report for people.
public enum ReplayText {
  private static let shownDifferences = 10

  /// The first differences and a verdict.
  ///
  /// - Parameters:
  ///   - subject: Who was compared: `strategy` or `host`.
  ///   - isVerbose: All differences that were kept, and whole messages.
  public static func render(
    _ report: ReplayReport, subject: String, style: TextStyle, isVerbose: Bool = false
  ) -> String {
    let room = isVerbose ? Int.max : max(40, style.width - 13)
    let shown = report.differences.prefix(isVerbose ? .max : shownDifferences)
    var lines: [String] = []
    for difference in shown {
      let place = difference.index.map { ", bar \($0)" } ?? ""
      lines.append(style.bold("Line \(difference.line), \(difference.method)\(place)"))
      lines.append("  expected  \(shortened(difference.expected, room))")
      lines.append("  received  \(style.error(shortened(difference.received, room)))")
    }
    if report.differing > shown.count {
      lines.append(style.dim("and \(NumberText.count(Double(report.differing - shown.count))) more"))
    }
    if let ending = report.ending {
      lines.append("\(style.error("Ended early:")) \(ending).")
    }
    let count = NumberText.count(Double(report.compared))
    let what = subject == "host" ? "messages of the host" : "answers of the strategy"
    lines.append(
      report.isSame
        ? "\(style.signed("As recorded", 1)): \(count) \(what)."
        : "\(style.error("Not as recorded")): \(NumberText.count(Double(report.differing))) of \(count) \(what) differ."
    )
    return lines.joined(separator: "\n")
  }

  private static func shortened(_ text: String, _ room: Int) -> String {
    text.count <= room ? text : "\(text.prefix(room - 1))…"
  }
}
