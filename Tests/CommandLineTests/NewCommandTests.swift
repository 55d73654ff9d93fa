import Foundation
import Testing

/// `backtester new`: what it writes works at once.
struct NewCommandTests {
  /// A language, what it needs, how it is built, and how its own test is run.
  struct Language: CustomTestStringConvertible, Sendable {
    let name: String
    let tool: String
    let build: [String]
    let test: [String]

    var testDescription: String { name }
    var isInstalled: Bool { Program.has(tool) }
  }

  static let languages = [
    Language(name: "python", tool: "python3", build: [], test: ["python3", "-m", "unittest"]),
    Language(name: "javascript", tool: "node", build: [], test: ["node", "--test"]),
    Language(name: "c", tool: "cc", build: ["make", "-s"], test: ["make", "-s", "test"]),
    Language(name: "shell", tool: "awk", build: [], test: ["sh", "test.sh"]),
  ].filter(\.isInstalled)

  @Test(arguments: languages) func whatIsWrittenIsCheckedTestedAndRun(_ language: Language) throws {
    try Program.withFolder { parent in
      let folder = parent.appending(path: "my_strategy").path()
      let written = try Program.run(["new", "--lang", language.name, "my_strategy", "--dir", folder])
      #expect(written.exitCode == 0, "\(written.errors)")
      #expect(FileManager.default.fileExists(atPath: "\(folder)/README.md"))
      if !language.build.isEmpty { try shell(language.build, in: folder) }
      // The endurance of the libraries is tested elsewhere; here it matters that nothing fails.
      let check = try Program.run(["check", folder, "--level", "vectorized"])
      #expect(check.exitCode == 0, "\(check.output)")
      try shell(language.test, in: folder)
      let report = try Program.json(["run", folder, "--sample", "FB", "--param", "n=10"])
      #expect(report["status"] as? String == "completed")
      #expect((report["trades"] as? [Any])?.isEmpty == false)
    }
  }

  @Test(arguments: ["python", "javascript", "c", "shell", "swift"])
  func nothingThatExistsIsChanged(_ language: String) throws {
    try Program.withFolder { folder in
      let readme = folder.appending(path: "README.md")
      try "mine".write(to: readme, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["new", "--lang", language, "name", "--dir", folder.path()])
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("README.md exists already, so nothing was written"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["README.md"])
      #expect(try String(contentsOf: readme, encoding: .utf8) == "mine")
    }
  }

  @Test func swiftNamesItsCheckout() throws {
    try Program.withFolder { folder in
      let outcome = try Program.run(
        ["new", "--lang", "swift", "name", "--dir", folder.path()], environment: ["BACKTESTER_PACKAGE": "/some/where"])
      #expect(outcome.exitCode == 0)
      let package = try String(contentsOf: folder.appending(path: "Package.swift"), encoding: .utf8)
      #expect(package.contains("?? \"/some/where\""))
      let source = folder.appending(path: "Sources/strategy/AverageCross.swift").path()
      #expect(FileManager.default.fileExists(atPath: source))
    }
  }

  @Test func slipsAreExplained() throws {
    let language = try Program.run(["new", "--lang", "pyhton", "x"])
    #expect(language.exitCode == 2)
    #expect(language.errors.contains("did you mean python?"))
    let name = try Program.run(["new", "--lang", "python", "a/b"])
    #expect(name.exitCode == 2)
    #expect(name.errors.contains("letters, digits, _ or -"))
  }

  private func shell(_ command: [String], in folder: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(filePath: folder)
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command): \(text)")
  }
}
