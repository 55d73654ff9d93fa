import Foundation
import StrategyProtocol
import Testing

/// The conformance kit on strategies that are right, and on one that is wrong in as many ways as there are checks.
@Suite(.enabled(if: Python.plain != nil, "there is no python3"), .serialized)
struct ConformanceKitTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func faults() throws -> [(fault: String, check: String)] {
    let text = try String(contentsOf: fixtures.appending(path: "faults.json"), encoding: .utf8)
    return try #require(try WireTree(text).value.members).map { ($0.key, $0.value.string ?? "") }
  }

  @Test func scriptHasTheChecksOfTheTable() throws {
    let listed = try kit(["--list"]).output.split(separator: "\n").map { line in
      line.split(separator: "\t", maxSplits: 1).map(String.init)
    }
    let rows = try #require(try ProtocolFiles.json("v1/checks.json").value["checks"]?.elements)
    #expect(listed == rows.map { [$0["id"]?.string ?? "", $0["claim"]?.string ?? ""] })
    #expect(Set(try Self.faults().map(\.check)) == Set(listed.compactMap(\.first)), "each check has its fault")
  }

  @Test(arguments: ["", "needs"])
  func rightStrategyPasses(_ variant: String) throws {
    let result = try kit(["--json", "--timeout-scale", "5", "--"] + Self.strategy(variant))
    try expectPassed(result)
  }

  @Test func programOfThePagePasses() throws {
    let page = try ProtocolFiles.text("README.md")
    let program = try #require(page.firstMatch(of: /<!-- program: python3 -->\n```python\n(?<text>(?:.|\n)*?)```/))
    let file = FileManager.default.temporaryDirectory.appending(path: "up-down-\(UUID().uuidString).py")
    defer { try? FileManager.default.removeItem(at: file) }
    try String(program.output.text).write(to: file, atomically: true, encoding: .utf8)
    try expectPassed(
      try kit(["--json", "--timeout-scale", "5", "--", try #require(Python.plain), file.path]))
  }

  @Test(arguments: try faults())
  func faultIsFoundByItsCheck(_ fault: String, _ check: String) throws {
    let result = try kit(["--json", "--timeout-scale", "0.2", "--only", check, "--"] + Self.strategy(fault))
    #expect(result.status == 1)
    let report = try WireTree(result.output).value
    let entry = try #require(report["checks"]?.elements?.first)
    #expect(entry["status"] == "failed", "\(fault)")
    #expect(entry["detail"]?.string?.isEmpty == false)
    // The evidence an author needs: what was said last. A process that ends at once has said nothing.
    #expect(fault == "starts" || fault == "banner" || entry["messages"]?.elements?.isEmpty == false, "\(fault)")
  }

  /// The kit's own messages are held against the schemas, but for those that are wrong on purpose.
  @Test(
    .enabled(if: Python.withSchemas != nil, "no Python with the package jsonschema"),
    arguments: [
      ("", ["core.bar_next", "core.many_symbols", "core.preload", "streamed.two_in_flight", "vectorized.encodings"]),
      ("needs", ["core.bar_next", "core.events", "core.account_unchanged", "core.preload"]),
    ])
  func kitSpeaksTheProtocol(_ variant: String, _ checks: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let only = checks.flatMap { ["--only", $0] }
    try expectPassed(
      try kit(["--json", "--timeout-scale", "5", "--record", folder.path] + only + ["--"] + Self.strategy(variant)))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).map { folder.appending(path: $0).path }
    #expect(!files.isEmpty)
    let result = try Python.run(
      try #require(Python.withSchemas), [ProtocolFiles.root.appending(path: "validate.py").path] + files)
    #expect(result.status == 0, "\(result.output)")
  }

  private static func strategy(_ fault: String) throws -> [String] {
    [try #require(Python.plain), fixtures.appending(path: "strategy.py").path, fault]
  }

  private func kit(_ arguments: [String]) throws -> Python.Outcome {
    try Python.run(
      try #require(Python.plain), [ProtocolFiles.root.appending(path: "check_strategy.py").path] + arguments)
  }

  private func expectPassed(_ result: Python.Outcome) throws {
    #expect(result.status == 0)
    let report = try WireTree(result.output).value
    let checks = try #require(report["checks"]?.elements)
    let failed = checks.filter { $0["status"] != "passed" && $0["status"] != "skipped" }
    #expect(failed.isEmpty, "\(failed.map { "\($0["id"]?.string ?? ""): \($0["detail"]?.string ?? "")" })")
    #expect(checks.contains { $0["status"] == "passed" })
  }
}
