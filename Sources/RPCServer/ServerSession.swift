import BacktestService
import JSONRPC
import PluginHost
import RunStore
import StrategyKit
import StrategyProtocol
import Synchronization
import WireText

/// The conversation with one client: which state it is in, which requests are open, which runs are its own.
final class ServerSession: Sendable {
  let queue: RunQueue
  let output: OutputQueue
  let configuration: RPCServer.Configuration
  private let presence: ClientPresence
  let plugins = PluginCards()

  private enum Phase { case new, ready, shutDown, exited }

  /// A request that is being worked on.
  private struct OpenRequest {
    var isCancelled = false
    /// What `$/cancelRequest` does beside marking it.
    var cancel: (@Sendable () -> Void)?
  }

  private struct State {
    var phase = Phase.new
    var wasShutDown = false
    var open: [JSONRPCID: OpenRequest] = [:]
    var runs: Set<RunID> = []
    var capabilities = ClientCapabilities()
    var sweeps: [RunID: Sweep] = [:]
  }
  private let state = Mutex(State())
  private let busy = Monitor(0)

  init(queue: RunQueue, output: OutputQueue, presence: ClientPresence, configuration: RPCServer.Configuration) {
    self.queue = queue
    self.output = output
    self.presence = presence
    self.configuration = configuration
  }

  /// Whether `exit` was received.
  var hasExited: Bool { state.withLock { $0.phase == .exited } }
  /// Whether the client said `shutdown`.
  var wasShutDown: Bool { state.withLock { $0.wasShutDown } }
  /// Whether the client wants to hear of its runs.
  var wantsRunsChanged: Bool { state.withLock { $0.capabilities.runsChanged ?? true } }
  /// Whether the client wants progress.
  var wantsProgress: Bool { state.withLock { $0.capabilities.progress ?? true } }

  // MARK: Messages

  /// Takes one message.
  func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
    let message: JSONRPCMessage
    do {
      message = try JSONRPCMessage(decoding: bytes, maximumBytes: configuration.maximumMessageBytes)
    } catch {
      let object = error.errorObject
      let code = ErrorCode(rawValue: object.code) ?? .invalidRequest
      answer(error.id, RPCError(code, object.message))
      return
    }
    switch message {
    case .request(let id, let method, let params): begin(id, method, params)
    case .notification(let method, let params): note(method, params)
    // The server asks its clients nothing, so an answer can only be a mistake that harms nobody.
    case .response, .error: break
    }
  }

  /// Answers bytes that are not even a message.
  func refuse(_ error: FramingError) {
    let code: ErrorCode = if case .messageTooLong = error { .messageTooLarge } else { .parseError }
    answer(.null, RPCError(code, "\(error)"))
  }

  private func note(_ method: String, _ params: JSONValue?) {
    switch HostMethod(rawValue: method) {
    case .exit: state.withLock { $0.phase = .exited }
    case .cancelRequest:
      guard let request = try? decode(CancelRequestNotification.self, params), let id = JSONRPCID(request.id.json)
      else { return }
      let cancel = state.withLock { state in
        state.open[id]?.isCancelled = true
        return state.open[id]?.cancel
      }
      cancel?()
    default: break
    }
  }

  private func begin(_ id: JSONRPCID, _ name: String, _ params: JSONValue?) {
    let refusal = state.withLock { state -> RPCError? in
      if state.open[id] != nil {
        return RPCError(
          .invalidRequest, "The id \(id) belongs to a request that is not answered yet.",
          hint: "Give every request an id of its own.")
      }
      guard let method = HostMethod(rawValue: name), method.kind == .request else {
        let known = HostMethod.allCases.filter { $0.kind == .request }.map(\.rawValue)
        return RPCError(.methodNotFound, "There is no method \(name)\(NearMiss.hint(name, among: known)).")
      }
      switch (state.phase, method) {
      case (.new, .initialize): break
      case (.new, _): return RPCError(.notInitialized, "The request \(name) came before initialize.")
      case (.shutDown, _), (.exited, _):
        return RPCError(
          .invalidRequest, "The request \(name) came after shutdown.", hint: "Send exit, and start the host again.")
      case (.ready, .initialize): return RPCError(.alreadyInitialized, "initialize came twice.")
      case (.ready, _): break
      }
      state.open[id] = OpenRequest()
      return nil
    }
    if let refusal {
      answer(id, refusal)
      return
    }
    guard let method = HostMethod(rawValue: name) else { return }
    if method.takesTime {
      onThread(id) { self.perform(id, method, params) }
    } else {
      perform(id, method, params)
    }
  }

  private func perform(_ id: JSONRPCID, _ method: HostMethod, _ params: JSONValue?) {
    do {
      switch method {
      case .initialize: finish(id, try initialize(decode(ClientInitializeRequest.self, params)))
      case .discover: finish(id, json: try Self.ownDocument.get())
      case .strategiesList: finish(id, try listStrategies(decode(StrategiesListRequest.self, params)))
      case .strategiesDescribe: finish(id, try describe(decode(StrategiesDescribeRequest.self, params)))
      case .strategiesCheck: finish(id, try check(decode(StrategiesCheckRequest.self, params), id))
      case .datasetsList: finish(id, try listDatasets(decode(DatasetsListRequest.self, params)))
      case .datasetsDescribe: finish(id, try describe(decode(DatasetsDescribeRequest.self, params)))
      case .backtestRun: try run(decode(BacktestRunRequest.self, params), id)
      case .backtestSweep: try sweep(decode(BacktestSweepRequest.self, params), id)
      case .runsList: finish(id, try listRuns(decode(RunsListRequest.self, params)))
      case .runsGet: finish(id, try run(decode(RunsGetRequest.self, params)))
      case .runsSeries: finish(id, try series(decode(RunsSeriesRequest.self, params)), waitsForRoom: true)
      case .runsTrades: finish(id, try trades(decode(RunsTradesRequest.self, params)))
      case .runsEvents: finish(id, try events(decode(RunsEventsRequest.self, params)))
      case .runsCancel: try cancel(decode(RunsCancelRequest.self, params), id)
      case .runsDelete: finish(id, try delete(decode(RunsDeleteRequest.self, params)))
      case .shutdown:
        shutDown()
        finish(id, Empty())
      case .initialized, .exit, .cancelRequest: break
      }
    } catch {
      fail(id, RPCError(error))
    }
  }

  private func decode<Message: WireShape>(_ type: Message.Type, _ params: JSONValue?) throws -> Message {
    try WireValue(params ?? .object([])).decode(type)
  }

  // MARK: Answers

  /// This side's OpenRPC document on one line, read and written once a process.
  private static let ownDocument = Result {
    var writer = JSONWriter(capacity: 1 << 17)
    writer.value(try JSONValue(parsing: OpenRPCDocument.hostText))
    return try writer.bytes()
  }

  /// Answers a request with a result that is JSON already.
  private func finish(_ id: JSONRPCID, json: [UInt8]) {
    guard close(id) != nil else { return }
    var writer = JSONWriter(capacity: json.count + 64)
    writer.beginResult(id: id)
    json.withUnsafeBufferPointer { writer.rawValue($0) }
    writer.endResult()
    send(id, &writer)
  }

  /// Answers a request with a result.
  ///
  /// - Parameter waitsForRoom: Whether a client that reads slowly is waited for; only on a thread of the request's own.
  func finish(_ id: JSONRPCID, _ result: some Encodable, waitsForRoom: Bool = false) {
    guard close(id) != nil else { return }
    if waitsForRoom { output.waitForRoom() }
    var writer = JSONWriter(capacity: 1 << 10)
    writer.beginResult(id: id)
    if let tree = try? WireValue.encoding(result) { writer.value(tree.json) } else { writer.null() }
    writer.endResult()
    send(id, &writer)
  }

  private func send(_ id: JSONRPCID, _ writer: inout JSONWriter) {
    do {
      output.send(try writer.bytes())
    } catch {
      answer(id, RPCError(.internalError, "The result could not be written: \(error)"))
    }
  }

  /// Answers a request with an error.
  func fail(_ id: JSONRPCID, _ error: RPCError) {
    guard close(id) != nil else { return }
    answer(id, error)
  }

  private func answer(_ id: JSONRPCID, _ error: RPCError) {
    if let bytes = try? JSONRPCMessage.error(id: id, error.object).encoded() { output.send(bytes) }
  }

  /// Ends a request; the first one to do so may answer it.
  private func close(_ id: JSONRPCID) -> Bool? { state.withLock { $0.open.removeValue(forKey: id)?.isCancelled } }

  /// Whether the client has given up a request that is still open.
  func isCancelled(_ id: JSONRPCID) -> Bool { state.withLock { $0.open[id]?.isCancelled ?? false } }

  /// What to do when the client gives a request up; done at once if it has already.
  func onCancel(_ id: JSONRPCID, _ body: @escaping @Sendable () -> Void) {
    let isCancelled = state.withLock { state in
      state.open[id]?.cancel = body
      return state.open[id]?.isCancelled ?? false
    }
    if isCancelled { body() }
  }

  /// Sends a notification.
  func notify(_ method: HostNotification, _ params: some Encodable) {
    if let bytes = Self.notification(method, params) { output.send(bytes) }
  }

  /// The bytes of a notification.
  static func notification(_ method: HostNotification, _ params: some Encodable) -> [UInt8]? {
    guard let tree = try? WireValue.encoding(params) else { return nil }
    return try? JSONRPCMessage.notification(method: method.rawValue, params: tree.json).encoded()
  }

  // MARK: Beginning and end

  private func initialize(_ request: ClientInitializeRequest) throws -> ClientInitializeResponse {
    guard let version = ProtocolVersion(request.protocolVersion), ProtocolVersion.accepts(version) else {
      let supported = ProtocolVersion.supported.map(\.description)
      var error = RPCError(
        .unsupportedProtocolVersion,
        "The client speaks protocol \(request.protocolVersion), this host \(supported.joined(separator: ", ")).")
      error.data.supported = supported
      error.data.requested = request.protocolVersion
      throw error
    }
    state.withLock { state in
      state.phase = .ready
      state.capabilities = request.capabilities ?? ClientCapabilities()
    }
    if let id = request.processID { presence.watch(processID: id) }
    return ClientInitializeResponse(
      protocolVersion: ProtocolVersion.current.description,
      host: Peer(name: "backtester", version: configuration.version),
      capabilities: .standard,
      limits: ServiceLimits(
        maxMessageBytes: configuration.maximumMessageBytes, maxPageItems: 1000,
        maxConcurrentRuns: queue.configuration.workers, maxQueuedRuns: queue.configuration.maximumQueued,
        maxUnreadBytes: OutputQueue.maximumUnreadBytes, progressPerSecond: 10))
  }

  private func shutDown() {
    let (runs, sweeps, policy) = state.withLock { state in
      state.phase = .shutDown
      state.wasShutDown = true
      return (state.runs, Array(state.sweeps.values), state.capabilities.onDisconnect ?? .cancel)
    }
    guard policy == .cancel else { return }
    for run in runs { queue.cancel(run) }
    for sweep in sweeps { sweep.cancel() }
  }

  /// Ends everything: after `exit`, or when the client is gone.
  ///
  /// A client that has closed its end but still reads, as in `printf … | backtester serve | jq`, gets the answers it
  /// waits for first.
  func finish() {
    while !hasExited, !presence.isGone, !configuration.isInterrupted(), output.hasReader,
      state.withLock({ !$0.open.isEmpty })
    {
      ServiceThread.sleep(seconds: 0.02)
      presence.check()
    }
    let (requests, sweeps, policy) = state.withLock { state in
      (
        state.open.values.compactMap(\.cancel), Array(state.sweeps.values),
        state.capabilities.onDisconnect ?? .cancel
      )
    }
    let cancels = policy == .cancel || configuration.isInterrupted()
    if cancels {
      for cancel in requests { cancel() }
      for sweep in sweeps { sweep.cancel() }
    }
    let done = Monitor(false)
    queue.shutDown(cancelling: cancels) { done.change { $0 = true } }
    // Ctrl-C still counts while runs are let finish.
    if !cancels {
      ServiceThread.start { [queue, configuration] in
        while !queue.active.isEmpty {
          if configuration.isInterrupted() {
            for run in queue.active { queue.cancel(run.id) }
            for sweep in sweeps { sweep.cancel() }
          }
          ServiceThread.sleep(seconds: 0.1)
        }
      }
    }
    done.wait(until: { $0 })
    busy.wait(until: { $0 == 0 })
  }

  /// Notes that a sweep is under way.
  func adopt(_ sweep: Sweep) { state.withLock { $0.sweeps[sweep.id] = sweep } }
  /// Notes that a sweep is over.
  func release(_ sweep: Sweep) { _ = state.withLock { $0.sweeps.removeValue(forKey: sweep.id) } }
  /// A sweep that is under way.
  func sweep(_ id: RunID) -> Sweep? { state.withLock { $0.sweeps[id] } }

  /// Notes that a run is this client's own.
  func adopt(_ run: RunID) { _ = state.withLock { $0.runs.insert(run) } }
  /// Notes that a run is over.
  func release(_ run: RunID) { _ = state.withLock { $0.runs.remove(run) } }

  // MARK: Threads

  /// Requests that may take time at once; more of them are refused, as each has a thread.
  private static let maximumThreads = 64

  private func onThread(_ id: JSONRPCID, _ body: @escaping @Sendable () -> Void) {
    let isAllowed = busy.change { busy in
      if busy >= Self.maximumThreads { return false }
      busy += 1
      return true
    }
    guard isAllowed else {
      fail(id, RPCError(.rateLimited, "\(Self.maximumThreads) requests that take time are open already."))
      return
    }
    let isStarted = ServiceThread.start { [self] in
      body()
      busy.change { $0 -= 1 }
    }
    if !isStarted {
      busy.change { $0 -= 1 }
      fail(id, RPCError(.internalError, "No thread could be started for the request."))
    }
  }
}

extension HostMethod {
  /// Whether it waits for more than the database.
  fileprivate var takesTime: Bool {
    switch self {
    case .strategiesList, .strategiesDescribe, .strategiesCheck, .datasetsList, .datasetsDescribe, .backtestSweep,
      .runsSeries:
      true
    default: false
    }
  }
}
