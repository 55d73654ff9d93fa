import ArgumentParser
import BacktestService
import MarketData
import StrategyKit

/// `backtester data clear`.
struct DataClearCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Delete data sets from the cache.",
    discussion: """
      Named data sets are deleted at once; all of them only after a question, or with --yes. The bars that stored runs
      used are kept apart and stay.

      Examples:
        backtester data clear AAPL
        backtester data clear AAPL --interval 5m
        backtester data clear import:my_bars
        backtester data clear --yes
      """)

  @Argument(help: "Symbols, names of imported sets, or ids of `backtester data list`; all when none is given.")
  var names: [String] = []
  @OptionGroup var interval: IntervalOptions
  @Flag(help: "Do not ask before everything is deleted.") var yes = false

  func validate() throws {
    if names.isEmpty, interval.interval != nil {
      throw ValidationError("--interval goes with a symbol, for example: backtester data clear AAPL --interval 5m")
    }
  }

  func run() throws {
    try DataCommand.perform {
      let market = try Composition.marketData.service()
      let all = try market.dataSetsBlocking()
      if all.isEmpty {
        if !names.isEmpty { throw CommandFailure.usage("The cache is empty, there is no \(names[0]) to delete.") }
        Terminal.note("The cache is empty.")
        return
      }
      var doomed: [DataSetSummary] = []
      if names.isEmpty {
        try confirm(all)
        doomed = all
      } else {
        // All names are looked up before the first set goes: a slip in the last one then deletes nothing.
        for name in names { doomed += try find(name, all) }
      }
      for summary in doomed where try market.deleteBlocking(summary) {
        Terminal.note("Deleted \(Datasets.id(summary)), \(summary.barCount) bars.")
      }
      if names.isEmpty { try market.clearSnapshotsBlocking() }
    }
  }

  private func find(_ name: String, _ all: [DataSetSummary]) throws -> [DataSetSummary] {
    let wanted = try interval.parsed()?.source.rawValue
    let found = all.filter { summary in
      (Datasets.isID(name, summary) || name.uppercased() == summary.symbol && summary.source == "yahoo")
        && (wanted == nil || summary.interval == wanted) && (!interval.extendedHours || summary.extendedHours)
    }
    if found.isEmpty {
      let known = all.map(\.symbol) + all.map(Datasets.id)
      throw CommandFailure.usage(
        "There is no data set \(name)\(wanted.map { " of \($0) bars" } ?? "") in the cache"
          + "\(NearMiss.hint(name, among: known)); `backtester data list` shows those there are.")
    }
    return found
  }

  private func confirm(_ all: [DataSetSummary]) throws {
    if yes { return }
    let imports = all.filter { $0.source == "import" }.count
    let what =
      "all \(all.count) data set\(all.count == 1 ? "" : "s") of the cache"
      + (imports > 0 ? ", \(imports) of them imported, which cannot be fetched again" : "")
    guard Terminal.canAsk else {
      throw CommandFailure.usage("This deletes \(what); say --yes, or name the ones to delete.")
    }
    guard Terminal.ask("Delete \(what)? [y/N] ") else {
      throw CommandFailure(message: "Nothing was deleted.", exitCode: 1)
    }
  }
}
