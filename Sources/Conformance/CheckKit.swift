import JSONRPC
import PluginHost
import StrategyProtocol
import WireText

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Performs checks on one strategy: starts its processes, keeps one for as long as it serves, ends all of them.
final class CheckKit {
  let command: PluginCommand
  let options: ConformanceOptions
  /// The bars most checks use.
  let bars = PracticeBars(PracticeBars.make(260))
  private let terms: StrategyProbe.Terms
  /// Processes of the check under way.
  private var probes: [StrategyProbe] = []
  /// The session kept from one check to the next.
  private var free: CheckSession?
  private var file: ColumnFile?
  private var lockstep: [PlacedAction]?

  init(command: PluginCommand, options: ConformanceOptions, cancellation: (@Sendable () -> Bool)?) {
    self.command = command
    self.options = options
    terms = StrategyProbe.Terms(
      timeouts: Timeouts.standard.scaled(by: options.timeoutScale), cancellation: cancellation)
  }

  /// Ends everything.
  func close() {
    clean(keepingFree: false)
    free?.probe.close()
    free = nil
    file = nil
  }

  // MARK: Performing

  func perform(
    _ level: ConformanceLevel, _ progress: ((ConformanceProgress) -> Void)?
  ) throws(ConformanceError) -> ConformanceReport {
    let selected = CheckCatalog.checks.filter {
      options.only.isEmpty ? level.includes($0.level) : options.only.contains($0.id)
    }
    var report = ConformanceReport(level: level, command: command.arguments, checks: [])
    var broken: String?
    for (number, check) in selected.enumerated() {
      var result: ConformanceReport.Check
      if let broken {
        result = Self.result(check, .skipped, "not tried, as \(broken) failed")
      } else {
        result = try perform(check)
        clean(keepingFree: result.status != .failed)
      }
      if result.status == .failed, ["core.starts", "core.initialize"].contains(check.id) {
        // Nothing else can work, and every check would wait for its time to pass.
        broken = check.id
      }
      if options.expectedFailures.contains(check.id) {
        switch result.status {
        case .failed: result.status = .expected
        case .passed:
          result.status = .failed
          result.detail = "was expected to fail and passed"
        default: break
        }
      }
      report.checks.append(result)
      progress?(ConformanceProgress(number: number + 1, total: selected.count, check: result))
    }
    return report
  }

  private static func result(
    _ check: ConformanceCheck, _ status: ConformanceReport.Status, _ detail: String = "",
    _ evidence: ConformanceReport.Evidence? = nil
  ) -> ConformanceReport.Check {
    ConformanceReport.Check(
      id: check.id, level: check.level, claim: check.claim, status: status, detail: detail, evidence: evidence)
  }

  private func perform(_ check: ConformanceCheck) throws(ConformanceError) -> ConformanceReport.Check {
    do {
      try check.perform(self)
      if let stray = probes.lazy.flatMap(\.stray).first {
        throw CheckFailure("stdout held \"\(stray.prefix(200))\", which is no message; print to stderr instead")
      }
      return Self.result(check, .passed)
    } catch let error as ConformanceError {
      throw error
    } catch let skipped as CheckSkipped {
      return Self.result(check, .skipped, skipped.reason)
    } catch {
      // Output on stderr may still be on its way.
      for probe in probes { probe.linger(.milliseconds(50)) }
      let detail = (error as? CheckFailure)?.detail ?? "an answer could not be worked with: \(error)"
      return Self.result(check, .failed, detail, evidence)
    }
  }

  private var evidence: ConformanceReport.Evidence {
    ConformanceReport.Evidence(
      messages: Array(probes.flatMap(\.lastMessages).suffix(20)),
      output: probes.flatMap { $0.stray.suffix(20) }.map { "\($0)\n" }.joined(),
      errors: probes.map(\.errorTail).joined())
  }

  /// Ends the processes of a check, but for the one kept for the next.
  private func clean(keepingFree: Bool) {
    for probe in probes {
      let isFree = probe === free?.probe
      if isFree, keepingFree, free?.isFree == true { continue }
      probe.close()
      if isFree { free = nil }
    }
    probes = []
  }

  // MARK: Processes

  /// A process that was not initialized.
  func start() throws -> StrategyProbe {
    let probe = try StrategyProbe(command, terms)
    probe.observer = options.observer
    probes.append(probe)
    return probe
  }

  /// An initialized process in which a run can begin; one is kept for as long as it serves.
  func session(fresh: Bool = false, options: JSONValue? = nil) throws -> CheckSession {
    if fresh || options != nil { return try CheckSession(self, options: options ?? .object([])) }
    if let free, free.isFree {
      // So that its traffic is shown when this check fails.
      if !probes.contains(where: { $0 === free.probe }) { probes.append(free.probe) }
      return free
    }
    let session = try CheckSession(self)
    free = session
    return session
  }

  func run(
    _ bars: PracticeBars? = nil, fresh: Bool = false, _ options: CheckRun.Options = .init()
  ) throws -> CheckRun {
    try CheckRun(session(fresh: fresh), bars ?? self.bars, options)
  }

  /// The params of `initialize`.
  func initializeParams(
    version: String = ProtocolVersion.current.description, options: JSONValue = .object([]),
    offersNextIndex: Bool = true
  ) throws -> JSONValue {
    var capabilities = HostCapabilities.standard
    if !offersNextIndex { capabilities.nextIndex = nil }
    var limits = Limits.standard
    limits.timeoutsMilliseconds = terms.timeouts
    let request = InitializeRequest(
      protocolVersion: version, host: Peer(name: "backtester", version: self.options.hostVersion),
      hostProcessID: Int(getpid()), capabilities: capabilities, limits: limits, options: WireValue(options))
    return try WireValue.encoding(request).json
  }

  func columnFile() throws -> ColumnFile {
    if let file { return file }
    let made = try ColumnFile()
    file = made
    return made
  }

  // MARK: What the strategy offers

  func capabilities() throws -> JSONValue { try session().capabilities }

  @discardableResult func require(_ mode: ExecutionMode) throws -> CheckSession {
    let session = try session()
    if !session.modes.contains(mode.rawValue) {
      throw CheckSkipped("the strategy does not declare the mode \(mode.rawValue)")
    }
    return session
  }

  func offersLockstep() throws -> Bool { try session().modes.contains(ExecutionMode.lockstep.rawValue) }

  /// The actions of a whole run in lock-step, played once and remembered.
  func lockstepActions() throws -> [PlacedAction] {
    if let lockstep { return lockstep }
    let actions = try run().play().end().actions.map(\.comparable)
    lockstep = actions
    return actions
  }

  /// Two seconds, scaled.
  var patience: Duration { .milliseconds(Int(2000 * options.timeoutScale)) }
}
