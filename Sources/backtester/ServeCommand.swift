import ArgumentParser
import BacktestService
import RPCServer
import RunStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `backtester serve`.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve JSON-RPC on standard input and output, for editors, notebooks, scripts and agents.",
    discussion: """
      One message a line, or Content-Length frames as in the Language Server Protocol; the first byte decides.
      protocol/v1/host.openrpc.json, which rpc.discover answers too, describes every method.

      Example:
        printf '%s\\n' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","client":{"name":"shell","version":"1"}}}' \\
          '{"jsonrpc":"2.0","id":2,"method":"backtest/run","params":{"strategy":"sma_cross","dataset":"GOOG"}}' | backtester serve

      Exit codes: 0 after shutdown; 1 when the client ended without; 2 wrong usage.
      """)

  @OptionGroup(title: "Database") var database: DatabaseOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Option(help: "Runs at the same time; one a core when left out.")
  var jobs: Int?

  @Option(help: "Runs that may wait for their turn.")
  var maxQueued = 1000

  @Flag(help: "Keep no runs.")
  var noSave = false

  func validate() throws {
    if noSave, database.db != nil {
      throw ValidationError("--no-save and --db exclude each other; leave one of them out.")
    }
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs was \(jobs); it must be a number from 1 to 1024.")
    }
    if !(1...1_000_000).contains(maxQueued) {
      throw ValidationError("--max-queued was \(maxQueued); it must be a number from 1 to 1000000.")
    }
  }

  func run() throws {
    Interrupt.watch()
    if isatty(STDIN_FILENO) != 0 {
      Terminal.note("backtester serve reads JSON-RPC messages, one a line; Ctrl-D ends it, --help says more.")
    }
    var store: SQLiteRunStore?
    if !noSave {
      do {
        var options = SQLiteRunStore.Options()
        options.readers = 2
        store = try SQLiteRunStore(file: database.file(), program: "backtester \(Version.text)", options: options)
      } catch { throw CommandFailure.failed(error) }
    }
    var configuration = RPCServer.Configuration(version: Version.text)
    configuration.isInterrupted = { Interrupt.isRequested }
    configuration.transcriptFolder = store.map { "\($0.file).transcripts" }
    let server: RPCServer
    do {
      let queue = try RunQueue(
        service: plugins.service(), store: store,
        configuration: .init(workers: jobs, maximumQueued: maxQueued, engineVersion: Version.text))
      server = RPCServer(
        queue: queue, input: STDIN_FILENO, output: STDOUT_FILENO, configuration: configuration)
    } catch { throw CommandFailure.failed(error) }
    let code = server.run()
    try? store?.close()
    if code != 0 { throw CommandFailure(message: "", exitCode: code) }
  }
}
