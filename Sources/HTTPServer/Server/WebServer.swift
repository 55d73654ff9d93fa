import BacktestService
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The HTTP server: REST for programs and the older front end, pages for people.
public struct WebServer: Sendable {
  private let backend: Backend
  private let options: ServerOptions
  private let logger: Logger

  /// Makes a server; ``run(onListening:)`` starts it.
  ///
  /// - Throws: ``ServerOptionsError`` when the options do not go together.
  public init(_ backend: Backend, options: ServerOptions, logger: Logger) throws(ServerOptionsError) {
    try options.validate()
    self.backend = backend
    self.options = options
    self.logger = logger
  }

  /// Serves until SIGINT or SIGTERM, then stops: no new connections, runs cancelled, answers finished.
  ///
  /// - Parameter onListening: Told the port once the server can be reached.
  /// - Throws: What keeps it from listening, an `IOError` for an address in use.
  public func run(onListening: @escaping @Sendable (_ port: Int) -> Void) async throws {
    let limits = options.limits
    let work = BlockingWork(threads: 4, maximumPending: limits.maximumDatabaseRequests)
    let plugins = BlockingWork(threads: 2, maximumPending: 16)
    let list = RouteList(routes: routes(work, plugins))
    let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestMiddleware(policy: AccessPolicy(options), routes: list))
    for route in list.routes {
      router.on(RouterPath(stringLiteral: route.path), method: route.method) { request, context in
        try await route.answer(request, context)
      }
    }
    let application = Application(
      router: router, server: .http1(configuration: channel(limits)), configuration: configuration(limits),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
    // Services are stopped last one first: the runs end, and with them the requests that wait for them, before the server.
    let stopper = RunStopper(queue: backend.queue)
    var group = ServiceGroupConfiguration(
      services: [.init(service: application), .init(service: stopper)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = Duration.seconds(limits.stopSeconds)
    do {
      try await ServiceGroup(configuration: group).run()
    } catch {
      try await stop(work, plugins)
      throw error
    }
    try await stop(work, plugins)
  }

  private func stop(_ work: BlockingWork, _ plugins: BlockingWork) async throws {
    await backend.queue.shutDown(cancelling: true)
    try await work.stop()
    try await plugins.stop()
  }

  private func routes(_ work: BlockingWork, _ plugins: BlockingWork) -> [Route] {
    let gate = RequestGate(
      maximum: options.limits.maximumLargeResponses,
      sentence: "The server is sending as many runs as it may; try again in a moment.")
    return BacktestRoutes(backend: backend, work: work, limits: options.limits).routes
      + RunRoutes(backend: backend, work: work, largeResponses: gate).routes
      + StrategyRoutes(backend: backend, work: work, plugins: plugins).routes
      + PageRoutes(backend: backend, work: work).routes
  }

  private func channel(_ limits: ServerLimits) -> HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(limits: limits)], idleTimeout: .seconds(limits.idleSeconds),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.maximumHeaderFieldBytes, maxHeaderListSize: limits.maximumHeaderBytes,
        maxHeaderFieldCount: limits.maximumHeaderFields))
  }

  private func configuration(_ limits: ServerLimits) -> ApplicationConfiguration {
    ApplicationConfiguration(
      address: .hostname(options.host, port: options.port), serverName: "backtester",
      availableConnectionsDelegate: .maximum(limits.maximumConnections, logger: logger))
  }
}

/// Cancels what is running as soon as the server is asked to stop, so that those who wait for it are answered.
private struct RunStopper: Service {
  let queue: RunQueue

  func run() async throws {
    try? await gracefulShutdown()
    await queue.shutDown(cancelling: true)
  }
}
