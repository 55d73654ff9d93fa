/// How text for a terminal may look.
public struct TextStyle: Sendable {
  /// Whether escape sequences for colour are allowed.
  public var isColored: Bool
  /// Columns of the terminal.
  public var width: Int

  /// Makes a style.
  public init(isColored: Bool, width: Int) {
    self.isColored = isColored
    self.width = width
  }

  /// Text in bold.
  func bold(_ text: String) -> String { wrap(text, "1") }
  /// Text that matters less.
  func dim(_ text: String) -> String { wrap(text, "2") }
  /// Text in green for a gain, red for a loss, plain for neither.
  func signed(_ text: String, _ value: Double) -> String {
    value > 0 ? wrap(text, "32") : value < 0 ? wrap(text, "31") : text
  }
  /// Text in the colour of a warning.
  func warning(_ text: String) -> String { wrap(text, "33") }
  /// Text in the colour of an error.
  public func error(_ text: String) -> String { wrap(text, "31") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
