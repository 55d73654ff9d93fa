import Hummingbird
public import Logging

/// A Hummingbird server that does nothing: what a load test holds the real one against.
public enum BareServer {
  /// Answers `GET /` with a few bytes until SIGINT or SIGTERM.
  public static func run(
    host: String, port: Int, logger: Logger, onListening: @escaping @Sendable (_ port: Int) -> Void
  ) async throws {
    let router = Router()
    router.get("/") { _, _ in "Hello" }
    try await Application(
      router: router, configuration: .init(address: .hostname(host, port: port)),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger
    ).runService()
  }
}
