import ArgumentParser
import BacktestService
import JSONRPC
import MarketData
import ReportRendering
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `backtester data import`.
struct DataImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Keep the bars of a CSV file under a name.",
    discussion: """
      Shows what was recognised in the file. The bars are copied: the file may go. A saved reply of Yahoo's chart API
      (JSON) can be imported too.

      Examples:
        backtester data import bars.csv --name my_bars
        backtester data import export.csv.gz --name spx --date-order day-first --adjust
        backtester data import all_stocks.csv --symbol IBM --name ibm --replace
        backtester run sma_cross --dataset my_bars
      """)

  @Argument(help: "The file; gzip is accepted.", completion: .file(extensions: ["csv", "gz", "txt", "json"]))
  var path: String

  @Option(help: "The name to keep the bars under; by default the file's, without its endings.") var name: String?
  @Option(help: ArgumentHelp("The symbol to take from a file of several.", valueName: "symbol")) var symbol: String?
  @Option(help: ArgumentHelp("Currency of the prices, e.g. USD.", valueName: "code")) var currency: String?
  @Flag(help: "Replace an imported set of that name.") var replace = false
  @OptionGroup(title: "How the file is read") var file: FileOptions

  func run() throws {
    Interrupt.watch()
    try DataCommand.perform {
      let market = try Composition.marketData.service()
      let name = name ?? Self.name(ofFile: path)
      if !replace, try market.dataSetsBlocking().contains(where: { $0.source == "import" && $0.symbol == name }) {
        throw CommandFailure.usage(
          "There is an imported data set \(name) already; give another --name, or --replace to put this one in its place."
        )
      }
      if let body = try Self.yahooReply(path) {
        let count = try market.importYahooReplyBlocking(body, name: name, origin: path)
        Terminal.print("\(path): a reply of Yahoo's chart API, \(NumberText.count(Double(count))) bars")
      } else {
        let bars = try read()
        try market.importBlocking(
          bars.series, name: name, interval: BarInterval(rawValue: Timeframe.name(of: bars.series.times)),
          currency: currency, origin: path)
        Terminal.print(bars.report.description)
      }
      Terminal.print("Imported as \(name); run it with --dataset \(Self.quoted(name)).")
    }
  }

  private func read() throws -> ImportedBars {
    let bar = ProgressBar(title: "Reading \(path)", unit: "MB")
    defer { bar.finish() }
    let importer = CSVImporter(
      options: try file.options(symbol: symbol),
      progress: { progress in
        if let total = progress.bytesTotal { bar.update(progress.bytesDone / 1_000_000, total / 1_000_000) }
      }, isCancelled: { Interrupt.isRequested })
    return try importer.read(path: path)
  }

  /// The bytes of a file that begins as a JSON object does; `nil` for others, which the CSV importer judges.
  private static func yahooReply(_ path: String) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while let count = buffer.withUnsafeMutableBytes({ try? DescriptorIO.read(descriptor, into: $0) }), count > 0 {
      bytes.append(contentsOf: buffer[..<count])
      // A CSV file of prices never begins with a brace.
      guard bytes[0] == UInt8(ascii: "{") else { return nil }
      guard bytes.count <= replyLimit else {
        throw CommandFailure(message: "\(path) is longer than a reply of Yahoo's can be.", exitCode: 1)
      }
    }
    return bytes.isEmpty ? nil : bytes
  }

  private static let replyLimit = 256 << 20

  private static func name(ofFile path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? "data"
    let stem = String(last.prefix { $0 != "." })
    return stem.isEmpty ? last : stem
  }

  private static func quoted(_ name: String) -> String {
    name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) } ? name : "'\(name)'"
  }
}
