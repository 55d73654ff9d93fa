import ReportRendering
public import RunStore

/// The page of a run that has not ended: how far it is, and how to stop it. Scripts keep it up to date.
public struct WaitingPage {
  private let record: RunRecord
  private let progress: RunsPage.Progress?

  /// Prepares the page.
  public init(_ record: RunRecord, progress: RunsPage.Progress?) {
    self.record = record
    self.progress = progress
  }

  /// The page as HTML.
  public var bytes: [UInt8] {
    var layout = PageLayout(
      title: "\(record.strategy) on \(record.ticker)", assets: .linked, scripts: ["format.js", "page.js"])
    layout.refresh = 2
    let id = URLText.encode(record.id)
    let known: HTML =
      progress.map { "max=\"\($0.total)\" value=\"\($0.done)\"" } ?? "max=\"1\""
    let text =
      progress.map { "\(NumberText.count(Double($0.done))) of \(NumberText.count(Double($0.total))) bars" }
      ?? (record.status == .queued ? "Waiting for its turn." : "Loading bars and starting the strategy.")
    return layout.page(
      """
      <article class="run">
      \(RunHeader(record, links: true).html)
      <section class="waiting" data-progress="/api/v1/backtests/\(id)/progress/" aria-labelledby="waiting-title">
      <h2 id="waiting-title">In progress</h2>
      <progress \(known) aria-labelledby="waiting-title"></progress>
      <p aria-live="polite" data-progress-text>\(text)</p>
      <form method="post" action="/runs/\(id)/cancel"><button class="danger">Cancel</button></form>
      </section>
      </article>
      """)
  }
}
