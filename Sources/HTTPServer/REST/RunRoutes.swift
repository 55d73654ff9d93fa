import BacktestService
import HTTPTypes
import Hummingbird
import JSONRPC
import RunStore
import TradingModel

/// Stored runs: the list, one of them, its progress, and deleting it.
struct RunRoutes: Sendable {
  let backend: Backend
  let work: BlockingWork
  /// Bounds the whole runs that are on their way at once.
  let largeResponses: RequestGate

  var routes: [Route] {
    [
      Route(.get, "/api/v1/backtests", list),
      Route(.get, "/api/v1/backtests/{id}", show),
      Route(.delete, "/api/v1/backtests/{id}", delete),
      Route(.get, "/api/v1/backtests/{id}/progress", progress),
    ]
  }

  @Sendable private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
    let parsed = try RunListQuery(request.uri.query ?? "")
    let address = "http://\(request.head.authority ?? "")/api/v1/backtests/"
    let store = backend.store
    return try await work.run {
      let page = try RunReference.reading { try store.list(parsed.query) }
      let total = page.total ?? 0
      if page.runs.isEmpty, parsed.page > 1 { throw ReplyError.notFound("Invalid page.") }
      return try Response.json { writer in
        writer.beginObject()
        writer.field("count", total)
        let hasNext = parsed.query.offset + page.runs.count < total
        writer.key("next")
        writer.text(hasNext ? "\(address)?\(parsed.link(toPage: parsed.page + 1))" : nil)
        writer.key("previous")
        writer.text(parsed.page > 1 ? "\(address)?\(parsed.link(toPage: parsed.page - 1))" : nil)
        writer.key("results")
        writer.beginArray()
        for run in page.runs {
          writer.beginObject()
          run.writeSummary(to: &writer, isListed: true)
          writer.endObject()
        }
        writer.endArray()
        writer.endObject()
      }
    }
  }

  @Sendable private func show(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    let store = backend.store
    let pass = try largeResponses.enter()
    var response = try await work.run { () -> Response in
      let run = try RunReference.reading { try RunDetail(id, in: store) }
      return try Response.json { run.write(to: &$0) }
    }
    let body = response.body
    response.body = ResponseBody(contentLength: body.contentLength) { writer in
      // Held until the client has the answer or the answer is dropped.
      try await body.write(writer)
      withExtendedLifetime(pass) {}
    }
    return response
  }

  @Sendable private func delete(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    if backend.queue.run(id) != nil {
      throw ReplyError.conflict("The run is not over; cancel it first with POST /api/v1/backtests/\(id)/cancel/.")
    }
    let store = backend.store
    let existed = try await work.run { try RunReference.reading { try store.delete(id) } }
    if !existed { throw ReplyError.notFound() }
    return Response(status: .noContent)
  }

  @Sendable private func progress(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    if let run = backend.queue.run(id) { return try Response.json { RunProgress(run).write(to: &$0) } }
    let store = backend.store
    let record = try await work.run { try RunReference.reading { try store.record(id) } }
    return try Response.json { RunProgress(record).write(to: &$0) }
  }
}

/// How far a run is.
struct RunProgress {
  var id: RunID
  var status: RunStatus
  var barsDone: Int?
  var barsTotal: Int?
  var barsPerSecond: Double?
  var failure: String?

  init(_ run: QueuedRun) {
    (id, status) = (run.id, run.status)
    let progress = run.progress
    (barsDone, barsTotal, barsPerSecond) = (progress?.barsDone, progress?.barsTotal, progress?.barsPerSecond)
  }

  init(_ record: RunRecord) {
    (id, status, failure) = (record.id, record.status, record.failure?.message)
    (barsDone, barsTotal) = (record.bars, record.bars)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("run_id", id)
    writer.field("status", status.rawValue)
    writer.field("finished", status.isFinal)
    writer.key("bars_done")
    if let barsDone { writer.value(barsDone) } else { writer.null() }
    writer.key("bars_total")
    if let barsTotal { writer.value(barsTotal) } else { writer.null() }
    writer.key("bars_per_second")
    writer.finite(barsPerSecond)
    writer.key("failure")
    writer.text(failure)
    writer.endObject()
  }
}
