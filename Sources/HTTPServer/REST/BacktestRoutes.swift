import BacktestService
import HTTPTypes
import Hummingbird
import JSONRPC
import MarketData
import PluginHost
import RunStore
import StrategyKit
import TradingModel

/// Starting runs: the older backend's `POST /api/v1/backtest/`, which waits for the result, and
/// `POST /api/v1/backtests/`, which does not.
struct BacktestRoutes: Sendable {
  let backend: Backend
  let work: BlockingWork
  let limits: ServerLimits

  var routes: [Route] {
    [
      Route(.post, "/api/v1/backtest", runAndWait),
      Route(.post, "/api/v1/backtests", start),
      Route(.post, "/api/v1/backtests/{id}/cancel", cancel),
    ]
  }

  /// Runs a backtest and answers with its result; a client that hangs up cancels it.
  @Sendable private func runAndWait(_ request: Request, _ context: ServerContext) async throws -> Response {
    let form = try await self.form(of: request)
    let watch = try await context.connectionWatch()
    let run = try await submit(form)
    let queue = backend.queue
    let outcome = await watch.watching(onHangUp: { queue.cancel(run.id) }) { await run.outcome() }
    if outcome.record.status == .cancelled { throw ReplyError.overloaded("The run was cancelled.", retryAfter: 5) }
    if let refusal = outcome.refusal { throw Self.reply(to: refusal, form) }
    guard var report = outcome.report, report.status == .completed else {
      throw ReplyError.sentence(
        Self.firstLine(outcome.record.failure?.message ?? "The run failed."),
        detail: "GET /api/v1/backtests/\(run.id)/ has what the run did until then.")
    }
    if report.saveFailure == nil { report.saveFailure = outcome.saveFailure }
    let reply = BacktestReply(report: report)
    return try await work.run { try Response.json { reply.write(to: &$0) } }
  }

  /// Starts a run and answers at once.
  @Sendable private func start(_ request: Request, _ context: ServerContext) async throws -> Response {
    let run = try await submit(try await form(of: request))
    return try Response.json(.accepted, headers: [.location: "/api/v1/backtests/\(run.id)/"]) { writer in
      writer.beginObject()
      writer.field("run_id", run.id)
      writer.field("status", run.status.rawValue)
      writer.endObject()
    }
  }

  /// Asks a run to stop.
  @Sendable private func cancel(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    if !backend.queue.cancel(id) {
      let store = backend.store
      let record = try await work.run { try RunReference.reading { try store.record(id) } }
      throw ReplyError.conflict(
        record.status.isFinal
          ? "The run is over; there is nothing to cancel."
          : "The run belongs to another program of this machine; cancel it there.")
    }
    return try Response.json(.accepted) { writer in
      writer.beginObject()
      writer.field("run_id", id)
      writer.field("status", "cancelling" as StaticString)
      writer.endObject()
    }
  }

  /// A failure without the traceback that a strategy may have put behind it.
  private static func firstLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
  }

  /// The column that a reply of Yahoo lacks altogether, as the older service wrote it (`Close`); its error is a text.
  private static func missingColumn(_ reason: String) -> String? {
    let words = reason.split(separator: " ", maxSplits: 4)
    guard words.count > 4, words[0] == "column", words[2...3] == ["has", "0"] else { return nil }
    return words[1].prefix(1).uppercased() + words[1].dropFirst()
  }

  private func form(of request: Request) async throws -> BacktestForm {
    var bytes: [UInt8] = []
    for try await piece in request.body {
      // The connection's guard ends longer ones; this holds should it ever not.
      if bytes.count + piece.readableBytes > limits.maximumBodyBytes {
        throw ReplyError.tooLarge(limit: limits.maximumBodyBytes)
      }
      bytes.append(contentsOf: piece.readableBytesView)
    }
    let fields: BodyFields
    do { fields = try BodyFields(bytes, contentType: request.headers[.contentType]) } catch { throw ReplyError(error) }
    return try BacktestForm(fields)
  }

  private func submit(_ form: BacktestForm) async throws -> QueuedRun {
    let queue = backend.queue
    let datasets = Datasets(backend.service.marketData)
    do {
      return try await work.run { try queue.submit(try form.request(datasets)) }
    } catch { throw Self.reply(to: error, form) }
  }

  /// What the client is told when a run is refused: the older service's sentence where it had one.
  private static func reply(to error: any Error, _ form: BacktestForm) -> any Error {
    switch error {
    case ServiceError.unknownStrategy:
      // No hint at commands: the client may be another machine's.
      ReplyError.sentence(
        "Strategy \"\(form.strategy)\" not found.", detail: "GET /api/v1/strategies/ lists the strategies there are.")
    case ServiceError.localOnly:
      ReplyError.sentence(
        "Strategy \"\(form.strategy)\" not found.", detail: "It reads a file and can only be run from the command line."
      )
    case ServiceError.unknownDataset(let id, let known):
      ReplyError.fields([
        ("dataset", ["There is no data set \(id)\(NearMiss.hint(id, among: known)); GET /api/v1/datasets/ lists them."])
      ])
    case ServiceError.data(let sentence):
      ReplyError.sentence("Could not retrieve data for \(form.subject).", detail: sentence)
    case ServiceError.marketData(.unreadable(_, let reason)) where missingColumn(reason) != nil:
      ReplyError.sentence("Incomplete data: missing column \(missingColumn(reason) ?? "")", detail: "\(error)")
    case ServiceError.noBarsInRange, ServiceError.marketData:
      ReplyError.sentence("Could not retrieve data for \(form.subject).", detail: "\(error)")
    case let error as ParameterError: ReplyError.fields([("parameters", ["\(error)"])])
    case let error as SettingsError: ReplyError.fields([(error.name, ["Must be \(error.rule)."])])
    case let error as PluginFailure: ReplyError.sentence(firstLine(error.description))
    case QueueError.full: ReplyError.overloaded("\(error)", retryAfter: 5)
    case QueueError.shuttingDown: ReplyError.overloaded("The server is stopping.", retryAfter: 10)
    default: error
    }
  }
}
