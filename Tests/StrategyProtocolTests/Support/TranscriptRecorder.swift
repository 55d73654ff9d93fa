import StrategyProtocol
import Testing

/// Writes a session down, message by message, as `--record` does.
final class TranscriptRecorder {
  private(set) var lines: [String] = []
  private var nextID = 1
  private var step: Int { lines.count }

  /// Begins with the header.
  init(program: String) throws {
    try add([
      .init("dir", "note"),
      .init(
        "header",
        .object([
          .init("transcript", .int(1)), .init("protocol_version", "1.0"),
          .init("host", .object([.init("name", "backtester"), .init("version", "0.1.0")])),
          .init("argv", .array([.string("./\(program)")])), .init("dataset_sha256", .null),
        ])),
    ])
  }

  /// A request of the host and the strategy's answer, which is given as JSON text.
  func exchange<Answer: WireShape>(
    _ method: StrategyMethod, _ params: some WireShape, answer: String, as type: Answer.Type
  ) throws -> Answer {
    let id = WireValue.int(Int64(nextID))
    nextID += 1
    try message(
      "h>s", [.init("id", id), .init("method", .string(method.rawValue)), .init("params", .encoding(params))])
    let result = try WireTree(answer).value
    try message("s>h", [.init("id", id), .init("result", result)])
    return try result.decode(Answer.self)
  }

  /// A request that is answered at once.
  func exchange(_ method: StrategyMethod, _ params: some WireShape) throws {
    _ = try exchange(method, params, answer: "{}", as: Empty.self)
  }

  /// A message that is not answered.
  func notify(_ method: StrategyMethod, _ params: some WireShape = Empty()) throws {
    try message("h>s", [.init("method", .string(method.rawValue)), .init("params", .encoding(params))])
  }

  private func message(_ direction: WireValue, _ members: [WireValue.Member]) throws {
    try add([
      .init("dir", direction), .init("msg", .object([WireValue.Member("jsonrpc", "2.0")] + members)),
    ])
  }

  /// Times are made up, evenly spaced, so that recording twice gives the same file.
  private func add(_ members: [WireValue.Member]) throws {
    let stamp: [WireValue.Member] = [.init("seq", .int(Int64(step))), .init("t_us", .int(Int64(step) * 100))]
    lines.append(try WireTree(.object(stamp + members)).text())
  }
}

extension WireValue: ExpressibleByStringLiteral {
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
}
