import Foundation

/// Runs the built program as a user would.
enum Program {
  struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  /// The checkout's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of the test's own executable, where the build puts every program.
  private static let builds: URL = {
    let executable = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return executable.deletingLastPathComponent()
  }()

  /// The program itself.
  static var path: String {
    let beside = builds.appending(path: "backtester").path()
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    return root.appending(path: ".build/debug/backtester").path()
  }

  static func run(
    _ arguments: [String], environment: [String: String] = [:], interruptAfter delay: Double? = nil
  ) throws -> Outcome {
    try run(tool: [path] + arguments, in: root, environment: environment, interruptAfter: delay)
  }

  /// Runs a program, given by path or found in the search path, with its arguments.
  static func run(
    tool command: [String], in directory: URL, environment: [String: String] = [:], interruptAfter delay: Double? = nil
  ) throws -> Outcome {
    let process = Process()
    let isPath = command.first?.contains("/") == true
    process.executableURL = URL(filePath: isPath ? command[0] : "/usr/bin/env")
    process.arguments = isPath ? Array(command.dropFirst()) : command
    process.currentDirectoryURL = directory
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["NO_COLOR": "1", "XDG_DATA_HOME": "/nonexistent-\(UUID().uuidString)"].merging(environment) { $1 }
    ) { $1 }
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files rather than pipes: nothing can fill up while nobody reads.
    let files = ["out", "err"].map { folder.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    if let delay {
      Thread.sleep(forTimeInterval: delay)
      process.interrupt()
    }
    process.waitUntilExit()
    return Outcome(
      exitCode: process.terminationStatus, output: try String(contentsOf: files[0], encoding: .utf8),
      errors: try String(contentsOf: files[1], encoding: .utf8))
  }

  /// Runs with `--json --no-save` and reads the object.
  static func json(_ arguments: [String], environment: [String: String] = [:]) throws -> [String: Any] {
    let outcome = try run(arguments + ["--json", "--no-save"], environment: environment)
    guard let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] else {
      throw CocoaError(.coderReadCorrupt)
    }
    return object
  }

  /// Whether a tool can be started.
  static func has(_ tool: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  /// A folder that is removed afterwards.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backtester-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
