import Foundation
import Testing

/// The server as its clients see it: Python programs start the built one and talk to it over real connections.
struct ServerTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python")
  /// The folder of the test's own executable, where the build puts every program.
  private static let builds = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent()

  private static var server: String {
    let beside = builds.appending(path: "backtester-http").path()
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    return folder.appending(path: "../../../.build/debug/backtester-http").standardized.path()
  }

  private static let hasRequests = (try? run(["-c", "import requests"]))?.exitCode == 0

  @Test(
    .enabled(if: hasRequests, "python3 with the package requests is not installed"),
    arguments: ["contract", "abuse", "security", "openapi", "schema", "market"])
  func serverKeepsItsPromises(file: String) throws {
    let outcome = try Self.run([Self.folder.appending(path: "\(file).py").path()])
    #expect(outcome.exitCode == 0, "\(outcome.text)")
    // A program that found no test would end well too.
    #expect(outcome.text.contains("Ran ") && !outcome.text.contains("Ran 0 "), "\(outcome.text)")
  }

  private static func run(_ arguments: [String]) throws -> (exitCode: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["BACKTESTER_HTTP": server, "PYTHONDONTWRITEBYTECODE": "1"]
    ) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
