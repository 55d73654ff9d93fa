import ArgumentParser
import BacktestService
import HTTPServer
import Logging
import ProgramSupport
import RunStore

/// The command's options.
struct HTTPCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtester http",
    abstract: "Serve runs over HTTP: REST, and a web page.",
    discussion: """
      Examples:
        backtester http
        backtester http --port 9000 --db runs.sqlite
        openssl rand -hex 24 > token && chmod 600 token
        backtester http --host 0.0.0.0 --token-file token

      Without a token only this machine is served. Stop it with Ctrl-C; runs under way are cancelled.
      """)

  @Option(help: ArgumentHelp("Address to listen on.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: "Port to listen on; 0 takes a free one.")
  var port = 8000

  @Option(
    help: ArgumentHelp("File with the token that clients must send; needed for other addresses.", valueName: "file"),
    completion: .file())
  var tokenFile: String?

  @Option(help: ArgumentHelp("A name this server may be reached by; may be repeated.", valueName: "name"))
  var allowHost: [String] = []

  @Option(help: ArgumentHelp("An origin whose pages may call this server; may be repeated.", valueName: "origin"))
  var allowOrigin: [String] = []

  @Option(
    help: ArgumentHelp("Database of runs; $BACKTESTER_DB, else the user's data directory.", valueName: "file"),
    completion: .file(extensions: ["sqlite", "db"]))
  var db: String?

  @Option(
    help: ArgumentHelp("Look for plugins here first; may be repeated.", valueName: "folder"), completion: .directory)
  var pluginPath: [String] = []

  @Option(help: "Runs at the same time; by default as many as there are cores.")
  var workers: Int?

  @Option(help: "Runs that may wait; further ones are refused with 503.")
  var maximumQueued = 100

  @Option(help: ArgumentHelp("In which a request must have arrived whole.", valueName: "seconds"))
  var requestTimeout: Int64 = 20

  @Option(help: ArgumentHelp("After which a connection without request is closed.", valueName: "seconds"))
  var idleTimeout: Int64 = 30

  @Option(help: ArgumentHelp("What is logged: trace, debug, info, warning, error.", valueName: "level"))
  var logLevel = LogLevel.warning

  @Flag(help: ArgumentHelp("Serve one word instead, for load tests to compare with.", visibility: .hidden))
  var bare = false

  func validate() throws {
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers was \(workers); it must be from 1 to 1024.")
    }
    for (name, seconds) in [("request-timeout", requestTimeout), ("idle-timeout", idleTimeout)]
    where !(1...86_400).contains(seconds) {
      throw ValidationError("--\(name) was \(seconds); it must be from 1 to 86400 seconds.")
    }
    if !(1...1_000_000).contains(maximumQueued) {
      throw ValidationError("--maximum-queued was \(maximumQueued); it must be from 1 to 1000000.")
    }
  }

  func run() async throws {
    if bare {
      return try await BareServer.run(host: "127.0.0.1", port: port, logger: makeLogger(), onListening: announce)
    }
    let server: WebServer
    do {
      server = try makeServer()
    } catch let error as ServerOptionsError {
      throw Failure(message: "\(error)", exitCode: 2)
    } catch {
      throw Failure(message: "\(error)", exitCode: 1)
    }
    do {
      try await server.run(onListening: announce)
    } catch {
      throw Failure(
        message:
          "\(host):\(port) cannot be listened on (\(error)); is another server running there? Choose another port "
          + "with --port.", exitCode: 1)
    }
  }

  /// Says where the server can be reached.
  private var announce: @Sendable (Int) -> Void {
    let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return { port in Message.write("Serving on http://\(name):\(port)/ (Ctrl-C stops it)") }
  }

  private func makeLogger() -> Logger {
    var logger = Logger(label: "backtester-http") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = Logger.Level(rawValue: logLevel.rawValue) ?? .warning
    return logger
  }

  private func makeServer() throws -> WebServer {
    var options = ServerOptions()
    options.host = host
    options.port = port
    options.hostNames = allowHost
    options.origins = allowOrigin
    options.limits.requestSeconds = requestTimeout
    options.limits.idleSeconds = idleTimeout
    options.token = try tokenFile.map { file throws(ServerOptionsError) in try AccessToken(file: file) }
    try options.validate()
    let logger = makeLogger()
    var service = ProgramEnvironment.service(pluginFolders: pluginPath, timeoutScale: 1).remote
    service.pluginLog = { line in logger.info("strategy: \(line)") }
    var storeOptions = SQLiteRunStore.Options()
    storeOptions.readers = 4
    let store = try SQLiteRunStore(
      file: ProgramEnvironment.databaseFile(named: db), program: "backtester \(ProgramVersion.text)",
      options: storeOptions)
    let queue = try RunQueue(
      service: service, store: store,
      configuration: .init(workers: workers, maximumQueued: maximumQueued, engineVersion: ProgramVersion.text))
    return try WebServer(
      Backend(queue: queue, service: service, store: store), options: options, logger: logger)
  }
}

/// What is logged.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, warning, error
}
