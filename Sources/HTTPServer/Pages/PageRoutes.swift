import BacktestService
import HTTPTypes
import Hummingbird
import PluginHost
import RunStore
import StrategyKit
import TradingModel
import WebPage

/// The web page: table of runs, one run, the form to start one, and what they load.
///
/// What these routes answer is made by functions that know no HTTP; here they only get paths. Anything that blocks goes
/// through `work`; scripts and styles are files of their own, for ``SecurityHeaders/contentPolicy`` forbids inline ones.
struct PageRoutes: Sendable {
  let backend: Backend
  let work: BlockingWork
  private let charts = ChartCache()
  /// Bounds the whole runs that are on their way at once.
  private let largeResponses = RequestGate(
    maximum: 16, sentence: "The server is sending as many runs as it may; try again in a moment.")

  init(backend: Backend, work: BlockingWork) {
    self.backend = backend
    self.work = work
  }

  /// `/`, `/runs/{id}`, `/new`, `/assets/{name}` and the charts' data.
  var routes: [Route] {
    [
      page(.get, "/", list), page(.get, "/runs/{id}", show), page(.get, "/new", form), page(.post, "/runs", start),
      page(.post, "/runs/delete", delete), page(.post, "/runs/{id}/cancel", cancel),
      page(.get, "/new/parameters", parameters), page(.get, "/runs/{id}/report.html", report),
      page(.get, "/runs/{id}/chart.svg", picture),
      Route(.get, "/runs/{id}/data", data), Route(.get, "/runs/{id}/windows", window),
      Route(.get, "/runs/{id}/events", events),
      Route(.get, "/assets/{name}") { _, context in try Self.asset(context.parameters.get("name") ?? "") },
      Route(.get, "/favicon.ico") { _, _ in try Self.asset("icon.svg") },
    ]
  }

  /// A route whose errors are pages too.
  private func page(
    _ method: HTTPRequest.Method, _ path: String,
    _ answer: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) -> Route {
    Route(method, path) { request, context in
      do {
        return try await answer(request, context)
      } catch let error as ReplyError {
        return Response(page: error)
      }
    }
  }

  fileprivate static let htmlType = "text/html; charset=utf-8"

  private static func html(_ bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Response {
    Response(status, contentType: htmlType, bytes: bytes)
  }

  private static func seeOther(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }

  private static func asset(_ name: String) throws -> Response {
    guard let asset = WebAsset.named(name) else { throw ReplyError.notFound() }
    // Pages ask for assets by address and version, so another version has another address.
    return Response(
      headers: [.cacheControl: "public, max-age=604800", .eTag: "\"\(asset.version)\""], contentType: asset.contentType,
      bytes: asset.bytes)
  }

  private static func fields(of request: Request) throws -> [(name: String, value: String)] {
    do { return try URLEncodedForm.pairs(Array((request.uri.query ?? "").utf8)[...]) } catch { throw ReplyError(error) }
  }

  /// The fields of a posted form; its length is bounded by the connection's guard.
  private static func body(of request: Request) async throws -> [(name: String, value: String)] {
    let type = MediaTypeHeader(request.headers[.contentType] ?? "").essence
    guard type == "application/x-www-form-urlencoded" else { throw ReplyError.mediaType(String(type.prefix(100))) }
    let limit = 1 << 20
    var bytes: [UInt8] = []
    for try await piece in request.body {
      if bytes.count + piece.readableBytes > limit { throw ReplyError.tooLarge(limit: limit) }
      bytes.append(contentsOf: piece.readableBytesView)
    }
    do { return try URLEncodedForm.pairs(bytes[...]) } catch { throw ReplyError(error) }
  }

  // MARK: Table

  @Sendable private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
    let query = RunsPageQuery(try Self.fields(of: request))
    let store = backend.store
    let catalog = backend.service.catalog
    let queue = backend.queue
    return try await work.run {
      let page = try RunReference.reading { try store.list(query.query) }
      var progress: [RunID: RunsPage.Progress] = [:]
      for run in queue.active {
        progress[run.id] = run.progress.map { RunsPage.Progress(done: $0.barsDone, total: $0.barsTotal) }
      }
      return Self.html(
        RunsPage(page, query: query, strategies: Self.choices(catalog).map(\.name), progress: progress).bytes)
    }
  }

  @Sendable private func delete(_ request: Request, _ context: ServerContext) async throws -> Response {
    let fields = try await Self.body(of: request)
    let ids = fields.filter { $0.name == "id" }.map(\.value)
    if let id = ids.first(where: { backend.queue.run($0) != nil }) {
      throw ReplyError.conflict("The run \(id) is not over; cancel it first.")
    }
    let store = backend.store
    try await work.run {
      // A run that somebody else has deleted meanwhile is as gone as it was to be.
      for id in ids { _ = try RunReference.reading { try store.delete(id) } }
    }
    // Only a table of this server is gone back to, never an address that a form names.
    let back = fields.first { $0.name == "back" }?.value ?? ""
    let query = back.hasPrefix("/?") ? (try? URLEncodedForm.pairs(Array(back.dropFirst(2).utf8)[...])) ?? [] : []
    return Self.seeOther(RunsPageQuery(query).address)
  }

  // MARK: One run

  @Sendable private func show(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    let store = backend.store
    let charts = charts
    let active = backend.queue.run(id)
    return try await work.run {
      let record = try RunReference.reading { try store.record(id) }
      if !record.status.isFinal {
        let progress = active?.progress.map { RunsPage.Progress(done: $0.barsDone, total: $0.barsTotal) }
        return Self.html(WaitingPage(record, progress: progress).bytes)
      }
      let run = try charts.run(id, in: store)
      return Self.html(RunDetailPage(run.record, run.result, chart: run.chart, place: .served).bytes)
    }
  }

  @Sendable private func cancel(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    backend.queue.cancel(id)
    return Self.seeOther("/runs/\(id)")
  }

  @Sendable private func data(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    return try await large(id, type: "application/json") { run in
      RunData(
        run.record, run.result, chart: run.chart,
        source: .windows(url: "/runs/\(id)/windows", events: "/runs/\(id)/events")
      )
      .json
    }
  }

  @Sendable private func events(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    return try await large(id, type: "application/json") { run in
      RunData(run.record, run.result, chart: run.chart, source: .embedded).eventsJSON
    }
  }

  @Sendable private func window(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    let fields = try Self.fields(of: request)
    func number(_ name: String) throws -> Int {
      guard let text = fields.last(where: { $0.name == name })?.value, let value = Int(text), value >= 0 else {
        throw ReplyError.malformed("\(name) must be a whole number of 0 or more.")
      }
      return value
    }
    let (from, to, points) = (try number("from"), try number("to"), min(max(try number("points"), 1), 10_000))
    return try await large(id, type: "application/json") { run in
      ChartWindow(run.chart, from: from, to: to, points: points).json
    }
  }

  @Sendable private func report(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    let version = backend.queue.configuration.engineVersion
    return try await large(id, type: Self.htmlType, file: "\(id).html") { run in
      RunDetailPage(run.record, run.result, chart: run.chart, place: .file(version: version)).bytes
    }
  }

  @Sendable private func picture(_ request: Request, _ context: ServerContext) async throws -> Response {
    let id = try RunReference.id(in: context)
    var response = try await large(id, type: "image/svg+xml") { run in RunReport.svg(run.record, chart: run.chart) }
    // A picture carries its style with it, and can load nothing.
    response.headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'"
    return response
  }

  /// Something made of a whole run.
  private func large(
    _ id: RunID, type: String, file: String? = nil, _ make: @escaping @Sendable (ChartCache.Run) -> [UInt8]
  ) async throws -> Response {
    let store = backend.store
    let charts = charts
    let pass = try largeResponses.enter()
    let bytes = try await work.run { make(try charts.run(id, in: store)) }
    var headers: HTTPFields = [:]
    if let file { headers[.contentDisposition] = "attachment; filename=\"\(file.filter { $0 != "\"" })\"" }
    var response = Response(headers: headers, contentType: type, bytes: bytes)
    let body = response.body
    response.body = ResponseBody(contentLength: body.contentLength) { writer in
      // Held until the client has the answer or the answer is dropped.
      try await body.write(writer)
      withExtendedLifetime(pass) {}
    }
    return response
  }

  // MARK: Starting a run

  @Sendable private func form(_ request: Request, _ context: ServerContext) async throws -> Response {
    let fields = try Self.fields(of: request)
    let (service, store) = (backend.service, backend.store)
    return try await work.run {
      var form = StartForm(fields)
      if let id = fields.last(where: { $0.name == "run" })?.value {
        form = StartForm(try RunReference.reading { try store.record(id) })
      }
      return Self.html(
        StartPage(
          form, choices: Self.choices(service.catalog), datasets: Self.datasets(service),
          parameters: Self.parameters(of: form, service)
        ).bytes)
    }
  }

  @Sendable private func parameters(_ request: Request, _ context: ServerContext) async throws -> Response {
    let form = StartForm(try Self.fields(of: request))
    let service = backend.service
    return try await work.run {
      Self.html(
        StartPage(form, choices: [], datasets: [], parameters: Self.parameters(of: form, service)).parameterBytes)
    }
  }

  @Sendable private func start(_ request: Request, _ context: ServerContext) async throws -> Response {
    let form = StartForm(try await Self.body(of: request))
    let (service, queue) = (backend.service, backend.queue)
    return try await work.run {
      let parameters = Self.parameters(of: form, service)
      let datasets = Self.datasets(service)
      func refused(_ faults: [StartForm.Fault], _ status: HTTPResponse.Status = .badRequest) -> Response {
        let page = StartPage(
          form, choices: Self.choices(service.catalog), datasets: datasets, parameters: parameters, faults: faults)
        return Self.html(page.bytes, status)
      }
      guard case .known(let descriptor) = parameters else {
        if case .unknown(let sentence) = parameters { return refused([.init(field: "strategy", sentence: sentence)]) }
        return refused([])
      }
      let (checked, faults) = form.request(for: descriptor, datasets: datasets)
      guard let checked else { return refused(faults) }
      do {
        return Self.seeOther("/runs/\(try queue.submit(checked).id)")
      } catch let error as QueueError {
        return refused([.init(field: "", sentence: "\(error)")], .serviceUnavailable)
      } catch let error as RunStoreError {
        return refused([.init(field: "", sentence: "\(error)")], .serviceUnavailable)
      } catch
        where error is ServiceError || error is PluginFailure || error is ParameterError || error is SettingsError
      {
        return refused([.init(field: "", sentence: "\(error)")])
      }
    }
  }

  /// The strategies a client may choose.
  private static func choices(_ catalog: StrategyCatalog) -> [StartPage.Choice] {
    var choices = catalog.descriptors.map { StartPage.Choice(name: $0.name, isPlugin: false) }
    for case .plugin(let manifest) in catalog.directory.entries()
    where !choices.contains(where: { $0.name == manifest.name }) {
      choices.append(StartPage.Choice(name: manifest.name, isPlugin: true))
    }
    return choices
  }

  /// The data sets a client may choose; the samples alone where the cache cannot be read.
  private static func datasets(_ service: BacktestService) -> [Dataset] {
    let datasets = Datasets(service.marketData)
    return (try? datasets.outlines()) ?? datasets.samples
  }

  /// What is known of the form's strategy; a plugin is started to ask it.
  private static func parameters(of form: StartForm, _ service: BacktestService) -> StartPage.Parameters {
    let name = String(form["strategy"].prefix(100))
    do {
      return .known(try service.catalog.describe(name, options: service.pluginOptions))
    } catch ServiceError.unknownStrategy(_, let known) {
      return .unknown("There is no strategy \(name)\(NearMiss.hint(name, among: known)); choose one of the list.")
    } catch {
      return .unknown("\(error)")
    }
  }
}

extension Response {
  /// The page that tells people why a request was not done.
  init(page error: ReplyError) {
    var sentence = error.detail
    if case .notFound("Not found.") = error {
      sentence = "Nothing is at this address; a run there may have been deleted."
    }
    self.init(
      error.status, headers: error.headers, contentType: PageRoutes.htmlType,
      bytes: ErrorPage(title: error.status.reasonPhrase, sentence: sentence).bytes)
  }
}
