import StrategyProtocol
import Testing

/// The messages under `protocol/v1/examples`.
///
/// Tests of the plugin host can hold its hot-path writer against the same lines: a `bar/next`, `bars/next` or
/// `series/load` line of `examples/strategy` must come out of it byte for byte, and its scanner must read every answer.
@Suite struct ExampleTests {
  @Test(arguments: try ProtocolFiles.list("v1/examples/strategy", ending: ".jsonl"))
  func strategyMessagesAreWrittenAgainToTheSameBytes(_ path: String) throws {
    try roundTrip(path) { name in
      StrategyMethod(rawValue: name).map { ($0.params, $0.result) }
        ?? StrategyNotification(rawValue: name).map { ($0.params, nil) }
    }
  }

  @Test(arguments: try ProtocolFiles.list("v1/examples/host", ending: ".jsonl"))
  func clientMessagesAreWrittenAgainToTheSameBytes(_ path: String) throws {
    try roundTrip(path) { name in
      HostMethod(rawValue: name).map { ($0.params, $0.result) }
        ?? HostNotification(rawValue: name).map { ($0.params, nil) }
    }
  }

  @Test(arguments: try ProtocolFiles.list("v1/examples/errors", ending: ".jsonl"))
  func errorsAreWrittenAgainToTheSameBytes(_ path: String) throws {
    var count = 0
    for line in try ProtocolFiles.lines(path) {
      let message = try WireTree(line).value
      guard let error = message["error"] else { continue }
      let object = try error.decode(ErrorObject.self)
      let code = try #require(object.known, "\(path): \(object.code)")
      #expect(path.hasSuffix("/\(code.name).jsonl"))
      #expect(object.data?.kind == code.name)
      #expect(try WireTree(.encoding(object)).text() == (try WireTree(error).text()))
      count += 1
    }
    #expect(count > 0)
  }

  @Test(arguments: try ProtocolFiles.list("v1/transcripts", ending: ".jsonl"))
  func transcriptsAreWrittenAgainToTheSameBytes(_ path: String) throws {
    var asked: [WireValue: String] = [:]
    for (number, line) in try ProtocolFiles.lines(path).enumerated() {
      let item = try WireTree(line)
      #expect(item.value["seq"]?.integer == number)
      #expect(try item.text() == line)
      guard let message = item["msg"] else { continue }
      let written = try rewrite(message.value, &asked) { name in
        StrategyMethod(rawValue: name).map { ($0.params, $0.result) }
          ?? StrategyNotification(rawValue: name).map { ($0.params, nil) }
      }
      #expect(try WireTree(written).text() == (try message.text()), "\(path), line \(number + 1)")
    }
  }

  @Test(arguments: ["strategy", "host"])
  func wrongMessagesAreRefusedAtTheirPlace(_ side: String) throws {
    let lines = try ProtocolFiles.lines("v1/examples/invalid/\(side).jsonl")
    #expect(!lines.isEmpty)
    for line in lines {
      let item = try WireTree(line).value
      let why = try #require(item["why"]?.string)
      let message = try #require(item["message"])
      let answers = item["answers"]?.string
      let name = try #require(answers ?? message["method"]?.string)
      let shapes =
        side == "host"
        ? HostMethod(rawValue: name).map { ($0.params, $0.result) }
        : StrategyMethod(rawValue: name).map { ($0.params, $0.result) }
          ?? StrategyNotification(rawValue: name).map { ($0.params, nil) }
      guard let shape = answers == nil ? shapes?.0 : shapes?.1 else {
        Issue.record("\(side) has no method \(name)")
        continue
      }
      let value = try #require(message[answers == nil ? "params" : "result"])
      do {
        _ = try reencode(shape, value)
        Issue.record("\(side), \(name): taken as valid: \(why)")
      } catch let error as WireError {
        #expect(error.pointer == item["pointer"]?.string, "\(side), \(name): \(why): \(error)")
      }
    }
  }

  // MARK: Reading and writing again

  typealias MethodShapes = (params: any WireShape.Type, result: (any WireShape.Type)?)

  private func roundTrip(_ path: String, _ shapes: (String) -> MethodShapes?) throws {
    var asked: [WireValue: String] = [:]
    let lines = try ProtocolFiles.lines(path)
    #expect(!lines.isEmpty)
    for (number, line) in lines.enumerated() {
      let written = try WireTree(rewrite(try WireTree(line).value, &asked, shapes)).text()
      #expect(written == line, "\(path), line \(number + 1)")
    }
  }

  /// The message with its params, result or error read into its type and written again.
  private func rewrite(
    _ message: WireValue, _ asked: inout [WireValue: String], _ shapes: (String) -> MethodShapes?
  ) throws -> WireValue {
    let members = try #require(message.members)
    let id = message["id"]
    let method = try #require(message["method"]?.string ?? id.flatMap { asked[$0] })
    if message["method"] != nil, let id { asked[id] = method }
    let shape = try #require(shapes(method), "\(method)")
    let none: any WireShape.Type = Empty.self
    let result = shape.result ?? none
    return .object(
      try members.map { member in
        switch member.key {
        case "params": .init(member.key, try reencode(shape.params, member.value))
        case "result": .init(member.key, try reencode(result, member.value))
        case "error": .init(member.key, try reencode(ErrorObject.self, member.value))
        default: member
        }
      })
  }

  private func reencode<Shape: WireShape>(_ type: Shape.Type, _ value: WireValue) throws -> WireValue {
    try .encoding(try value.decode(type))
  }
}

extension WireValue: Hashable {
  /// Enough for ids, which are numbers or strings.
  public func hash(into hasher: inout Hasher) { hasher.combine("\(self)") }
}
