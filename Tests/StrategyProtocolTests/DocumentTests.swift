import Foundation
import Testing

/// The documents against each other: done by the scripts beside them, so that authors without Swift can do it too.
@Suite struct DocumentTests {
  @Test(
    .enabled(
      if: Python.withSchemas != nil,
      "no Python with the package jsonschema; install it, or name one that has it in BACKTESTER_TEST_PYTHON"))
  func examplesTranscriptsAndPageValidate() throws {
    let result = try Python.run(
      try #require(Python.withSchemas), [ProtocolFiles.root.appending(path: "validate.py").path])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("; 0 faults"))
  }

  @Test(.enabled(if: Python.plain != nil, "there is no python3"))
  func derivedFilesAreUpToDate() throws {
    let result = try Python.run(
      try #require(Python.plain), [ProtocolFiles.root.appending(path: "generate.py").path, "--check"])
    #expect(result.status == 0, "\(result.output)")
  }
}
