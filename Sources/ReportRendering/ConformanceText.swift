public import Conformance

/// The conformance report for people.
public enum ConformanceText {
  private static let markWidth = 4

  /// One check: a line for it, and for a failed one what was seen.
  ///
  /// - Parameter isVerbose: Whole claims, and whole messages, instead of as much as fits.
  public static func line(_ progress: ConformanceProgress, style: TextStyle, isVerbose: Bool = false) -> String {
    let check = progress.check
    let number = pad("\(progress.number)", "\(progress.total)".count, left: true)
    let id = pad(check.id, 27)
    let indent = number.count + 2 + markWidth + 2 + id.count
    let room = max(20, style.width - indent)
    let text = check.status == .skipped ? check.detail : check.claim
    let isShortened = !isVerbose && check.status != .failed
    let body = isShortened ? [shortened(text, room)] : wrapped(text, room)
    let margin = String(repeating: " ", count: indent)
    let shown = body.enumerated().map { line, words in
      (line == 0 ? "" : margin) + (check.status == .failed ? words : style.dim(words))
    }
    var lines = ["\(number)  \(mark(check.status, style))  \(id)\(shown[0])"] + shown.dropFirst()
    if check.status == .failed || check.status == .expected, !check.detail.isEmpty {
      for paragraph in check.detail.split(separator: "\n", omittingEmptySubsequences: false) {
        lines += wrapped(String(paragraph), max(20, style.width - 6)).map {
          "      \(check.status == .failed ? style.error($0) : style.warning($0))"
        }
      }
    }
    if check.status == .failed, let evidence = check.evidence {
      lines += section("Last messages", evidence.messages, style, isVerbose)
      lines += section("Text on stdout", evidence.output.split(separator: "\n").map(String.init), style, isVerbose)
      lines += section("stderr", evidence.errors.split(separator: "\n").map(String.init), style, isVerbose)
    }
    return lines.joined(separator: "\n")
  }

  /// The counts, after the last check.
  public static func summary(_ report: ConformanceReport, style: TextStyle) -> String {
    let counts = ConformanceReport.Status.allCases.compactMap { status -> String? in
      let count = report.count(status)
      guard count > 0 else { return nil }
      let text = "\(count) \(status.rawValue)"
      return status == .failed ? style.error(text) : text
    }
    let verdict = report.passed ? style.signed("The strategy keeps to the protocol", 1) : style.error("Not yet")
    return "\(verdict): \(counts.joined(separator: ", "))."
  }

  private static func mark(_ status: ConformanceReport.Status, _ style: TextStyle) -> String {
    switch status {
    case .passed: style.signed(pad("ok", markWidth), 1)
    case .failed: style.error(pad("FAIL", markWidth))
    case .expected: style.warning(pad("xfail", markWidth))
    case .skipped: style.dim(pad("skip", markWidth))
    }
  }

  private static func section(
    _ title: String, _ lines: [String], _ style: TextStyle, _ isVerbose: Bool
  ) -> [String] {
    if lines.isEmpty { return [] }
    let room = isVerbose ? Int.max : max(20, style.width - 8)
    let shown = isVerbose ? lines[...] : lines.suffix(8)
    let rest = lines.count > shown.count ? " (the last \(shown.count) of \(lines.count); --verbose shows all)" : ""
    let body = shown.enumerated().flatMap { place, line in
      // What was said last is what the check failed on.
      place == shown.count - 1 ? folded(printable(line), room) : [shortened(printable(line), room)]
    }
    return ["      \(style.bold(title))\(style.dim(rest))"] + body.map { "        \($0)" }
  }

  /// A long line in pieces, a few of them.
  private static func folded(_ text: String, _ room: Int) -> [String] {
    var rest = Substring(text)
    var pieces: [String] = []
    while rest.count > room, pieces.count < 7 {
      pieces.append(String(rest.prefix(room)))
      rest = rest.dropFirst(room)
    }
    return pieces + [shortened(String(rest), room)]
  }

  /// Text that does nothing to a terminal.
  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  private static func shortened(_ text: String, _ room: Int) -> String {
    text.count <= room ? text : "\(text.prefix(room - 1))…"
  }

  private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? space + text : text + space
  }

  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines = [""]
    for word in printable(text).split(separator: " ", omittingEmptySubsequences: false) {
      let last = lines.count - 1
      if lines[last].isEmpty {
        lines[last] = String(word)
      } else if lines[last].count + 1 + word.count <= width {
        lines[last] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
