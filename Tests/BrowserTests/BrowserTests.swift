import Foundation
import Testing

/// The served page in a real browser. The tests themselves are in `browser_tests.py`.
struct BrowserTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  /// Why the tests cannot be run; `nil` when they can.
  private static let obstacle: Comment? = {
    let environment = ProcessInfo.processInfo.environment
    // A machine that is to run them shall fail, not skip, where something is missing.
    if environment["BACKTESTER_REQUIRE_BROWSER"] == "1" { return nil }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    let hasChromium =
      environment["CHROMIUM"] != nil
      || folders.contains { folder in
        ["chromium", "chromium-browser"].contains { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
      }
    if !hasChromium { return "Chromium is not installed; on Debian: apt-get install chromium" }
    if (try? run(["-c", "import playwright"]).code) != 0 {
      return "Playwright is not installed: python3 -m pip install playwright"
    }
    return nil
  }()

  @Test(.enabled(if: obstacle == nil, obstacle))
  func thePageDoesWhatItSaysInABrowser() throws {
    let programs = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let built = FileManager.default.isExecutableFile(atPath: programs.appending(path: "backtester-http").path())
    let place = built ? programs : Self.folder.appending(path: "../../.build/debug")
    let outcome = try Self.run([Self.folder.appending(path: "browser_tests.py").path(), place.path()])
    #expect(outcome.code == 0, "\(outcome.output)")
  }

  private static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    // A file rather than a pipe: the browser's own processes may hold it open longer than the tests last.
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }
}
