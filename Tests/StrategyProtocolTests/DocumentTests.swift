import Foundation
import Testing

/// The documents against each other: done by the scripts beside them, so that authors without Swift can do it too.
@Suite struct DocumentTests {
  /// The first Python that can import a module.
  static func python(importing module: String) -> String? {
    let candidates = [ProcessInfo.processInfo.environment["BACKTESTER_TEST_PYTHON"], "python3"].compactMap(\.self)
    return candidates.first { (try? run($0, ["-c", "import \(module)"]))?.status == 0 }
  }

  @Test(
    .enabled(
      if: python(importing: "jsonschema") != nil,
      "python3 has no package jsonschema; install it, or name a Python that has it in BACKTESTER_TEST_PYTHON"))
  func examplesTranscriptsAndPageValidate() throws {
    let python = try #require(Self.python(importing: "jsonschema"))
    let result = try Self.run(python, [ProtocolFiles.root.appending(path: "validate.py").path])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("0 faults"))
  }

  @Test(.enabled(if: python(importing: "json") != nil, "there is no python3"))
  func derivedFilesAreUpToDate() throws {
    let python = try #require(Self.python(importing: "json"))
    let result = try Self.run(python, [ProtocolFiles.root.appending(path: "generate.py").path, "--check"])
    #expect(result.status == 0, "\(result.output)")
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    // Python must not leave its byte code beside the documents.
    process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
