import JSONRPC
package import StrategyKit
import StrategyProtocol
import WireText

/// One conversation with a host about one strategy type: a line in, at most one answer out.
package final class StrategySession {
  private let strategy: any NamedStrategy.Type
  private let needs: StrategyNeeds
  private let answer: StrategyAnswer
  private var isInitialized = false
  private var run: ServedRun?

  /// Makes a session.
  ///
  /// - Parameter output: Gets each message of this side with its line feed.
  package init(
    _ strategy: any NamedStrategy.Type, _ needs: StrategyNeeds,
    output: @escaping (UnsafeBufferPointer<UInt8>) throws -> Void
  ) {
    self.strategy = strategy
    self.needs = needs
    answer = StrategyAnswer(output)
  }

  /// Reads and answers lines until the host says goodbye or the input ends.
  package func serve(_ input: Int32) throws {
    var framer = LineFramer()
    while true {
      let count = try framer.fill { buffer throws(DescriptorError) in try DescriptorIO.read(input, into: buffer) }
      while true {
        do {
          guard let line = try framer.nextLine() else { break }
          if try !handle(line) { return }
        } catch let error as FramingError {
          try answer.refuse(.null, Refusal(.messageTooLarge, error.description))
        }
      }
      if count == 0 { return }
    }
  }

  /// Answers one line.
  ///
  /// - Returns: Whether the conversation goes on.
  /// - Throws: What writing the answer throws; everything else is answered.
  package func handle(_ line: UnsafeBufferPointer<UInt8>) throws -> Bool {
    let envelope: JSONRPCEnvelope
    do {
      envelope = try JSONRPCEnvelope(line)
    } catch {
      try answer.refuse(error.id, error.errorObject)
      return true
    }
    guard let method = envelope.method else { return true }
    if envelope.kind == .notification { return method != "exit" }
    do throws(Refusal) {
      try respond(method, envelope)
    } catch {
      if error.object.known == .strategyError {
        StandardStreams.complain(error.object.data?.traceback ?? error.object.message)
      }
      try answer.refuse(envelope.id, error)
      return true
    }
    try answer.send()
    return true
  }

  /// Writes the answer to a request.
  private func respond(_ method: JSONStringView, _ envelope: JSONRPCEnvelope) throws(Refusal) {
    answer.begin(envelope.id)
    let body = envelope.body
    switch method {
    case "bar/next": try activeRun(body, for: method, in: .lockstep, .preload).answerBar(body)
    case "bars/next": try activeRun(body, for: method, in: .streamed).answerChunk(body)
    case "initialize": try initialize(.read(body))
    case "run/start":
      try requireInitialized(method)
      try start(.read(body))
    case "series/load": try activeRun(body, for: method, in: .preload, .vectorized).load(.read(body))
    case "series/evaluate": try activeRun(body, for: method, in: .vectorized).evaluate(.read(body))
    case "run/end":
      let ended = try activeRun(body, for: method)
      run = nil
      try ended.end(.read(body))
    case "shutdown": StandardStreams.flush()
    default: throw Refusal(.methodNotFound, "There is no method \(method.string).")
    }
  }

  private func requireInitialized(_ method: JSONStringView) throws(Refusal) {
    if !isInitialized { throw Refusal(.notInitialized, "\(method.string) came before initialize.") }
  }

  /// The run that a request is about, which must be alive and of the right mode when modes are given.
  private func activeRun(
    _ body: UnsafeBufferPointer<UInt8>?, for method: JSONStringView, in modes: ExecutionMode...
  ) throws(Refusal) -> ServedRun {
    try requireInitialized(method)
    guard let run, run.isNamed(in: body) else {
      throw Refusal(.unknownRun, "\(method.string) names a run that was not started.")
    }
    if modes.isEmpty { return run }
    if run.hasFailed { throw Refusal(.invalidRequest, "\(method.string) came after the run failed.") }
    if !modes.contains(run.mode) {
      throw Refusal(.invalidRequest, "\(method.string) does not belong to a run in the mode \(run.mode.rawValue).")
    }
    return run
  }

  private func initialize(_ request: Initialize) throws(Refusal) {
    if isInitialized { throw Refusal(.alreadyInitialized, "initialize came twice.") }
    guard let offer = ProtocolVersion(request.protocolVersion), let version = ProtocolVersion.answer(to: offer) else {
      throw Refusal(ProtocolVersion.mismatch(offer: request.protocolVersion, side: "this strategy"))
    }
    isInitialized = true
    let descriptor = strategy.descriptor
    answer.write { writer in
      writer.field("protocol_version", version.description)
      writer.key("strategy")
      writer.beginObject()
      writer.field("name", descriptor.name)
      writer.field("description", descriptor.summary)
      writer.field("language", "swift")
      writer.field("sdk", "StrategyKit")
      writer.endObject()
      writer.key("capabilities")
      writer.value(
        message: StrategyCapabilities(
          modes: needs.modes.map(\.rawValue), needsAccount: needs.readsAccount, needsEvents: needs.readsAccount,
          encodings: [ColumnEncoding.f64leBase64.rawValue, ColumnEncoding.json.rawValue],
          maxMessageBytes: JSONLimits.maximumMessageBytes, reuse: true))
      writer.key("parameters")
      var schema = descriptor.jsonSchema
      schema.withUTF8 { writer.rawValue($0) }
    }
  }

  private func start(_ request: RunStartRequest) throws(Refusal) {
    run = nil
    if !needs.modes.contains(request.mode) {
      throw Refusal(
        .capabilityMissing,
        "\(strategy.descriptor.name) cannot run in the mode \(request.mode.rawValue); it offers "
          + "\(needs.modes.map(\.rawValue).joined(separator: ", ")).")
    }
    if request.symbols.count > 1 {
      throw Refusal(
        .capabilityMissing, "\(strategy.descriptor.name) trades one symbol; the run has \(request.symbols.count).")
    }
    let started = try ServedRun(strategy, needs, request, answer)
    run = started
    answer.write { writer in
      writer.field("mode", request.mode.rawValue)
      if let bars = started.warmUpBars { writer.field("warmup_bars", bars) }
    }
  }

  /// The part of `initialize` that matters here; the rest may have any form.
  private struct Initialize: WireShape {
    var protocolVersion: String

    enum CodingKeys: String, CodingKey, CaseIterable {
      case protocolVersion = "protocol_version"
    }
  }
}
