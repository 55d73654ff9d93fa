import ArgumentParser
import BacktestService
import RunStore
import WebPage

/// `backtester report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a saved run as a web page in one file, or its chart as a picture.",
    discussion: """
      The page needs no network and no other file. A run's bars are read again from where they came from; when they are
      not to be had, or are other bars now, the page says so and shows the equity.

      Examples:
        backtester report latest
        backtester report 20261122-160256-k3f9 -o run.html
        backtester report latest --svg -o chart.svg
      """)

  @Argument(help: "The run's id, its beginning, or `latest`, which leaves trials of sweeps out.") var id = "latest"
  @OptionGroup(title: "Database") var database: DatabaseOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write, - for standard output; ID.html or ID.svg.", valueName: "file"),
    completion: .file())
  var output: String?
  @Flag(help: "Write the chart alone, as an SVG picture.") var svg = false

  func run() throws {
    let record: RunRecord
    let result: RunResult
    do {
      let store = try database.open(readOnly: true)
      record = try store.record(store.resolve(id))
      result = try store.result(of: record.id)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.failed(error) }
    let bars = StoredBars.load(record)
    let bytes =
      svg
      ? RunReport.svg(record, result, bars: bars) : RunReport.html(record, result, bars: bars, version: Version.text)
    try OutputFile.write(bytes, to: output ?? "\(record.id).\(svg ? "svg" : "html")")
    if case .unavailable(let sentence) = bars { Terminal.note("Note: \(sentence)") }
  }
}
