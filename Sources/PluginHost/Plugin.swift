import JSONRPC
public import StrategyKit
package import StrategyProtocol
import TradingModel
import WireText

/// A started strategy process that has introduced itself and can serve runs, one after another.
///
/// It belongs to one thread at a time.
public final class Plugin {
  /// The settings of a host that a strategy is told, or that limit it.
  public struct Options: Sendable {
    /// The host's version.
    public var hostVersion: String
    /// Multiplies every time limit.
    public var timeoutScale: Double
    /// The process number told to strategies that want to watch their host.
    public var hostProcessID: Int

    /// The time limits before they are scaled.
    package var timeouts = Limits.standard.timeoutsMilliseconds

    /// Makes options.
    public init(hostVersion: String, timeoutScale: Double = 1, hostProcessID: Int) {
      self.hostVersion = hostVersion
      self.timeoutScale = timeoutScale
      self.hostProcessID = hostProcessID
    }

    var limits: Limits {
      var limits = Limits.standard
      limits.timeoutsMilliseconds = timeouts.scaled(by: timeoutScale)
      return limits
    }
  }

  /// How it was started.
  public let command: PluginCommand
  /// What it said about itself.
  package let introduction: InitializeResponse
  /// The conversation with it.
  public let connection: PluginConnection
  let limits: Limits
  private var runCount = 0
  /// The columns of the last run, for the next one on the same bars.
  private var columnFile: ColumnFile?

  /// Starts a process and shakes hands.
  ///
  /// - Throws: ``PluginFailure``; nothing is left of the process then.
  public init(
    _ command: PluginCommand, options: Options, hooks: PluginConnection.Hooks = .init(),
    recorder: TranscriptRecorder? = nil, datasetHash: String? = nil
  ) throws(PluginFailure) {
    // A strategy that dies while it is written to is a failure of its run, not the end of this program.
    DescriptorIO.ignoreBrokenPipeSignal()
    self.command = command
    limits = options.limits
    recorder?.begin(command: command.arguments, hostVersion: options.hostVersion, datasetHash: datasetHash)
    let connection = try PluginConnection(command, limits: limits, hooks: hooks, recorder: recorder)
    self.connection = connection
    do throws(PluginFailure) {
      introduction = try Self.shakeHands(connection, limits, options)
    } catch {
      connection.close(isGraceful: false)
      throw Self.handshakeFailure(error)
    }
    connection.readsCancellations = capabilities.resolvedCancel
  }

  deinit { connection.close() }

  private static func shakeHands(
    _ connection: PluginConnection, _ limits: Limits, _ options: Options
  ) throws(PluginFailure) -> InitializeResponse {
    let body = try connection.call("initialize", allowance: limits.timeoutsMilliseconds.initialize) { writer in
      writer.value(
        message: InitializeRequest(
          protocolVersion: ProtocolVersion.current.description,
          host: Peer(name: "backtester", version: options.hostVersion), hostProcessID: options.hostProcessID,
          capabilities: .standard, limits: limits))
    }
    let answer = try InitializeResponse.decode(body, answerTo: "initialize")
    guard let version = ProtocolVersion(answer.protocolVersion), ProtocolVersion.accepts(version) else {
      throw PluginFailure(
        .handshakeFailed,
        "The strategy speaks protocol \(answer.protocolVersion), this host \(ProtocolVersion.supported.map(\.description).joined(separator: ", "))",
        hint: "Update the side with the older version.", pointer: "/protocol_version")
    }
    try connection.notify("initialized") { writer in
      writer.beginObject()
      writer.endObject()
    }
    return answer
  }

  /// A time-out or wrong form of the first answer is a failed handshake; a process that ended is told as it is.
  private static func handshakeFailure(_ failure: PluginFailure) -> PluginFailure {
    guard [.timeout, .protocolError, .strategyError, .limitExceeded].contains(failure.kind) else { return failure }
    var failure = failure
    failure.kind = .handshakeFailed
    return failure
  }

  /// What the strategy can do, defaults filled in.
  package var capabilities: StrategyCapabilities { introduction.capabilities ?? StrategyCapabilities() }

  /// The strategy as the host lists it, with the name it was asked for.
  public func descriptor(named name: String) throws(PluginFailure) -> StrategyDescriptor {
    StrategyDescriptor(
      name: name, summary: introduction.strategy.description ?? "",
      parameters: try ParameterDefinition.definitions(ofSchema: introduction.parameters))
  }

  /// Chooses the mode of a run: the one asked for, else the first of lock-step and preload in the strategy's own order.
  ///
  /// Streamed and vectorized are only chosen by themselves when the strategy offers nothing else. A strategy that works on
  /// arrays names preload first, as that is what it was written for; its runs are labelled as able to look ahead.
  package func mode(for wish: ExecutionMode?) throws(PluginFailure) -> ExecutionMode {
    let offered = capabilities.resolvedModes
    if let wish {
      if let obstacle = capabilities.obstacle(to: wish) {
        throw PluginFailure(
          .handshakeFailed, fault: .user, "The strategy cannot run in mode \(wish.rawValue): \(obstacle)",
          hint: "Use --mode \(offered.first?.rawValue ?? "auto").")
      }
      return wish
    }
    let byPreference = offered.filter { $0 == .lockstep || $0 == .preload } + [.streamed, .vectorized]
    for mode in byPreference where capabilities.obstacle(to: mode) == nil { return mode }
    throw PluginFailure(
      .handshakeFailed,
      "The strategy offers no mode this host knows (it offers \(offered.map(\.rawValue).joined(separator: ", ")))",
      hint: "A strategy needs at least lockstep.")
  }

  /// Whether a run in this mode is possible.
  package func offers(_ mode: ExecutionMode) -> Bool { capabilities.obstacle(to: mode) == nil }

  /// The columns of a run's bars in a file; `nil` where the mode has no columns, the strategy does not read files, or a
  /// file would cost more than it saves. A recorded session is to be played again later, so it holds the columns itself.
  func columnFile(for mode: ExecutionMode, _ run: RunDescription) -> ColumnFile? {
    let encodings = capabilities.resolvedEncodings
    let bytes = run.series.reduce(0) { $0 + $1.count } * ColumnFile.bytesPerBar
    guard mode == .preload || mode == .vectorized, encodings.contains(.f64leFile), connection.recorder == nil,
      bytes >= ColumnFile.worthwhile || encodings == [.f64leFile] && bytes > 0
    else { return nil }
    columnFile = ColumnFile.of(run.series)
    return columnFile
  }

  /// A new run's name on the wire.
  func nextRunID() -> String {
    runCount += 1
    return "r-\(runCount)"
  }

  /// Whether it can serve another run.
  public var isReusable: Bool { capabilities.resolvedReuse && connection.isInStep }

  /// Whether it can serve a run now: it is in step, and either fresh or made for several runs.
  public var isReady: Bool { connection.isInStep && (runCount == 0 || capabilities.resolvedReuse) }

  /// Ends the process; see ``PluginConnection/close(isGraceful:)``.
  public func close() { connection.close(isGraceful: connection.isInStep) }
}
