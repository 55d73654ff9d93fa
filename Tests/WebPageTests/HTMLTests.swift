import Testing
import WebPage

struct HTMLTests {
  @Test func textIsEscapedAndPiecesAreNot() {
    let name = "<b>\"Q&A\"</b> it's\u{0}"
    let piece: HTML = "<i title=\"\(name)\">\(name)</i>"
    let text = "&lt;b&gt;&quot;Q&amp;A&quot;&lt;/b&gt; it&#39;s\u{FFFD}"
    #expect(piece.text == "<i title=\"\(text)\">\(text)</i>")
    let twice: HTML = "<p>\(piece)\([piece, piece])\(7)</p>"
    #expect(twice.text == "<p>\(piece.text)\(piece.text)\n\(piece.text)7</p>")
  }
}
