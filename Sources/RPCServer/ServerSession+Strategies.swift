import BacktestService
import Conformance
import JSONRPC
import PerformanceMetrics
import PluginHost
import StrategyKit
import StrategyProtocol
import Synchronization
import WireText

/// `strategies/…`: built-in ones, installed plugins, programs given by path.
extension ServerSession {
  func listStrategies(_ request: StrategiesListRequest) throws -> StrategiesListResponse {
    let page = try Page(cursor: request.cursor, limit: request.limit)
    let catalog = queue.service.catalog
    let entries = catalog.directory.entries()
    let plugins = entries.map { PluginCards.Subject($0) }
    let cards = page.items(
      of: catalog.descriptors.map { Listed.builtIn($0) } + plugins.map { Listed.plugin($0) })
    let asked = plugins.filter { plugin in cards.contains { $0.subject == plugin } }
    let found = self.plugins.records(of: asked, options: queue.service.pluginOptions)
    return StrategiesListResponse(
      items: cards.compactMap { card in
        switch card {
        case .builtIn(let descriptor): StrategyRecord(descriptor)
        case .plugin(let plugin): found[plugin]
        }
      }, nextCursor: page.next(total: catalog.descriptors.count + plugins.count))
  }

  private enum Listed {
    case builtIn(StrategyDescriptor)
    case plugin(PluginCards.Subject)

    var subject: PluginCards.Subject? { if case .plugin(let subject) = self { subject } else { nil } }
  }

  func describe(_ request: StrategiesDescribeRequest) throws -> StrategyRecord {
    let catalog = queue.service.catalog
    guard let command = try catalog.command(of: request.strategy) else {
      return StrategyRecord(try catalog.describe(request.strategy, options: queue.service.pluginOptions))
    }
    for case .plugin(let manifest) in catalog.directory.entries() where manifest.name == request.strategy {
      return try PluginCards.ask(manifest, options: queue.service.pluginOptions)
    }
    let plugin = try Plugin(command, options: queue.service.pluginOptions)
    defer { plugin.close() }
    return try StrategyRecord(plugin, name: request.strategy, source: .file, language: nil, command: command)
  }

  func check(_ request: StrategiesCheckRequest, _ id: JSONRPCID) throws -> StrategiesCheckResponse {
    let command: PluginCommand
    switch request.strategy {
    case .name(let name):
      guard let found = try queue.service.catalog.command(of: name) else {
        throw RPCError(
          .capabilityMissing, "\(name) is compiled into the host; only strategy processes can be checked.",
          pointer: "/strategy", hint: "Give a plugin's name, a path or a command.")
      }
      command = found
    case .command(let given):
      command = PluginCommand(
        arguments: given.command, folder: given.workingDirectory,
        environment: Dictionary((given.environment?.entries ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
      )
    }
    let level = request.level ?? .all
    var options = ConformanceOptions()
    options.timeoutScale = request.timeoutScale ?? 1
    options.hostVersion = configuration.version
    let token = wantsProgress ? request.progressToken : nil
    let report: ConformanceReport
    do {
      report = try Conformance.check(
        command: command, level: ConformanceLevel(rawValue: level.rawValue) ?? .all, options: options,
        cancellation: { [self] in isCancelled(id) }
      ) { progress in
        guard let token else { return }
        let value = RunProgress(
          kind: .report, message: "\(progress.check.id): \(progress.check.status.rawValue)",
          percentage: Double(progress.number) / Double(max(progress.total, 1)) * 100)
        self.notify(.progress, RunProgressNotification(token: token, value: value))
      }
    } catch {
      if isCancelled(id) { throw RPCError(.requestCancelled, "The checks were given up, as asked.") }
      throw RPCError(.invalidParams, "\(error)")
    }
    return StrategiesCheckResponse(
      passed: report.passed, level: level,
      checks: report.checks.map { check in
        CheckResult(
          id: check.id, level: CheckLevel(rawValue: check.level.rawValue) ?? .core,
          status: CheckStatus(rawValue: check.status.rawValue) ?? .skipped, detail: check.detail)
      })
  }
}

extension StrategyRecord {
  /// A strategy compiled into the host; it sees every bar in the loop itself, which is lock-step without a pipe.
  init(_ descriptor: StrategyDescriptor) {
    let schema = (try? JSONValue(parsing: descriptor.jsonSchema)).map { WireValue($0) } ?? .emptyObject
    self.init(
      name: descriptor.name, source: .builtin, description: descriptor.summary, language: "swift",
      modes: [ExecutionMode.lockstep.rawValue], parameters: schema)
  }

  /// A strategy process that has introduced itself.
  init(
    _ plugin: Plugin, name: String, source: StrategySource, language: String?, command: PluginCommand
  ) throws {
    let introduction = plugin.introduction
    self.init(
      name: name, source: source, description: introduction.strategy.description,
      version: introduction.strategy.version, language: language ?? introduction.strategy.language,
      modes: plugin.capabilities.resolvedModes.map(\.rawValue), parameters: introduction.parameters ?? .emptyObject,
      command: command.arguments, workingDirectory: command.folder,
      environment: command.environment.isEmpty
        ? nil : OrderedMap(command.environment.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }))
  }
}

/// What installed plugins said about themselves. Each is asked once, all at the same time.
final class PluginCards: Sendable {
  /// A plugin as it was found; one that changes is another one.
  enum Subject: Hashable, Sendable {
    case manifest(String, PluginCommandKey, String)
    case broken(path: String, fault: String)

    init(_ entry: PluginDirectory.Entry) {
      switch entry {
      case .plugin(let manifest): self = .manifest(manifest.name, PluginCommandKey(manifest), manifest.version)
      case .broken(let path, let fault): self = .broken(path: path, fault: fault)
      }
    }
  }

  /// A manifest by everything that decides how its strategy is started.
  struct PluginCommandKey: Hashable, Sendable {
    let manifest: PluginManifest

    init(_ manifest: PluginManifest) { self.manifest = manifest }
    static func == (left: Self, right: Self) -> Bool { left.manifest == right.manifest }
    func hash(into hasher: inout Hasher) { hasher.combine(manifest.name) }
  }

  private let known = Mutex<[Subject: StrategyRecord]>([:])

  /// The records of plugins; one that cannot be asked has its fault.
  func records(of subjects: [Subject], options: Plugin.Options) -> [Subject: StrategyRecord] {
    let unknown = known.withLock { known in subjects.filter { known[$0] == nil } }
    let answers = Mutex<[Subject: StrategyRecord]>([:])
    let pending = Monitor(unknown.count)
    for subject in unknown {
      let ask: @Sendable () -> Void = {
        let record = Self.record(of: subject, options)
        answers.withLock { $0[subject] = record }
        pending.change { $0 -= 1 }
      }
      if !ServiceThread.start(ask) { ask() }
    }
    pending.wait(until: { $0 == 0 })
    let new = answers.withLock { $0 }
    return known.withLock { known in
      // A fault may be gone the next time.
      known.merge(new.filter { $0.value.fault == nil }) { $1 }
      return known.merging(new) { $1 }
    }
  }

  private static func record(of subject: Subject, _ options: Plugin.Options) -> StrategyRecord {
    switch subject {
    case .broken(let path, let fault):
      let folder = path.split(separator: "/").dropLast().last.map(String.init) ?? path
      return StrategyRecord(
        name: folder, source: .plugin, modes: [], parameters: .emptyObject, fault: "\(path) \(fault)")
    case .manifest(_, let key, _):
      do {
        return try ask(key.manifest, options: options)
      } catch {
        var record = StrategyRecord(
          name: key.manifest.name, source: .plugin, version: key.manifest.version, language: key.manifest.language,
          modes: key.manifest.modes, parameters: .emptyObject, command: key.manifest.command.arguments)
        record.workingDirectory = key.manifest.command.folder
        record.fault = "\(error)"
        return record
      }
    }
  }

  /// Starts an installed plugin to hear what it says about itself.
  static func ask(_ manifest: PluginManifest, options: Plugin.Options) throws -> StrategyRecord {
    let plugin = try Plugin(manifest.command, options: options)
    defer { plugin.close() }
    return try StrategyRecord(
      plugin, name: manifest.name, source: .plugin, language: manifest.language, command: manifest.command)
  }
}

extension ServiceCapabilities {
  /// What this host can do.
  static let standard = ServiceCapabilities(
    modes: ExecutionMode.allCases.map(\.rawValue),
    encodings: [ColumnEncoding.json, .f64leBase64].map(\.rawValue), profiles: RuleBook.allCases.map(\.rawValue),
    metrics: MetricDefinition.all.map(\.key.rawValue))
}
