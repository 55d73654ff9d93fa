/// The page shown in place of one that cannot be.
public struct ErrorPage {
  private let title: String
  private let sentence: String

  /// Prepares the page.
  public init(title: String, sentence: String) {
    self.title = title
    self.sentence = sentence
  }

  /// The page as HTML.
  public var bytes: [UInt8] {
    PageLayout(title: title, assets: .linked, scripts: []).page(
      """
      <section class="failure" role="alert"><h1>\(title)</h1><p class="message">\(sentence)</p>
      <p><a href="/">All runs</a></p></section>
      """)
  }
}
