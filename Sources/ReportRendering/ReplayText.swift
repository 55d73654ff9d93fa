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
      let (expected, received) = shortened(difference.expected, difference.received, room)
      lines.append("  expected  \(expected)")
      lines.append("  received  \(style.error(received))")
    }
    if report.differing > shown.count {
      lines.append(style.dim("and \(NumberText.count(Double(report.differing - shown.count))) more"))
    }
    if let ending = report.ending {
      lines.append("\(style.error("Ended early:")) \(ending).")
    }
    if let remark = report.remark { lines.append(style.dim("\(remark).")) }
    let count = NumberText.count(Double(report.compared))
    let what = subject == "host" ? "messages of the host" : "answers of the strategy"
    lines.append(
      report.isSame
        ? "\(style.signed("As recorded", 1)): \(count) \(what)."
        : "\(style.error("Not as recorded")): \(NumberText.count(Double(report.differing))) of \(count) \(what) differ."
    )
    return lines.joined(separator: "\n")
  }

  /// Both texts cut to the room there is, from a little before the first place where they differ on.
  static func shortened(_ expected: String, _ received: String, _ room: Int) -> (String, String) {
    let common = zip(expected, received).prefix { $0 == $1 }.count
    // A difference near the beginning needs no cut there.
    let start = max(expected.count, received.count) <= room || common < room / 2 ? 0 : common - room / 4
    func part(_ text: String) -> String {
      let rest = start == 0 ? text : "…\(text.dropFirst(start + 1))"
      return rest.count <= room ? rest : "\(rest.prefix(room - 1))…"
    }
    return (part(expected), part(received))
  }
}
