import ContentDigest
import StrategyProtocol

/// The frame of every page: head, navigation, styles and scripts.
struct PageLayout {
  /// How styles and scripts come to the page.
  enum Assets {
    /// From the server that sent the page.
    case linked
    /// Inside the page, which then needs no network; a content-security policy allows them by their hash and nothing else.
    case inline
  }

  var title: String
  var assets: Assets
  /// The navigation's current page.
  var current: Navigation?
  /// The scripts the page needs, by asset name, in the order they are run.
  var scripts: [String]
  /// JSON for the scripts.
  var data: HTML = .nothing
  /// Seconds after which a browser without scripts asks again.
  var refresh: Int?

  enum Navigation {
    case runs, start
  }

  func page(_ content: HTML) -> [UInt8] {
    let body: HTML = """
      <a class="skip" href="#content">Skip to content</a>
      \(header)
      <main id="content" tabindex="-1">
      \(content)
      </main>
      \(data)
      """
    let document: HTML =
      switch assets {
      case .linked: linked(body)
      case .inline: inline(body)
      }
    return Array(document.text.utf8)
  }

  private var header: HTML {
    guard case .linked = assets else { return .nothing }
    func link(_ page: Navigation, _ path: String, _ name: String) -> HTML {
      current == page ? "<a href=\"\(path)\" aria-current=\"page\">\(name)</a>" : "<a href=\"\(path)\">\(name)</a>"
    }
    return """
      <header class="bar"><nav aria-label="Main">
      <a class="brand" href="/">\(Self.mark)<span>backtester</span></a>
      \(link(.runs, "/", "Runs"))
      \(link(.start, "/new", "New run"))
      </nav></header>
      """
  }

  private static let mark: HTML = """
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d="M3 15 8 8l4 4 5-8" fill="none" \
    stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>
    """

  private func linked(_ body: HTML) -> HTML {
    let scripts = scripts.map { name -> HTML in "<script defer src=\"\(WebAsset.path(name))\"></script>" }
    let refresh: HTML =
      self.refresh.map { "<noscript><meta http-equiv=\"refresh\" content=\"\($0)\"></noscript>" } ?? .nothing
    return """
      <!doctype html>
      <html lang="en">
      <head>
      \(Self.meta)
      <title>\(title) · backtester</title>
      \(refresh)
      <link rel="icon" href="\(WebAsset.path("icon.svg"))" type="image/svg+xml">
      <link rel="stylesheet" href="\(WebAsset.path("page.css"))">
      \(scripts)
      </head>
      <body>
      \(body)
      </body>
      </html>

      """
  }

  private func inline(_ body: HTML) -> HTML {
    let style = WebAsset.text("page.css")
    let script = scripts.map { WebAsset.text($0) }.joined(separator: "\n")
    let policy =
      "default-src 'none'; style-src 'sha256-\(Self.digest(style))'; script-src 'sha256-\(Self.digest(script))'; "
      + "img-src data:; base-uri 'none'; form-action 'none'"
    return """
      <!doctype html>
      <html lang="en" class="report">
      <head>
      \(Self.meta)
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <title>\(title)</title>
      <style>\(HTML(trusted: style))</style>
      </head>
      <body>
      \(body)
      <script>\(HTML(trusted: script))</script>
      </body>
      </html>

      """
  }

  private static let meta: HTML = """
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    """

  /// SHA-256 in base64, as a content-security policy wants it.
  private static func digest(_ text: String) -> String {
    var hash = SHA256()
    hash.update(Array(text.utf8))
    let digits = Array(hash.finalize().utf8).map { $0 > 0x39 ? $0 - 0x57 : $0 - 0x30 }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    return bytes.withUnsafeBytes { Base64.encode($0) }
  }
}
