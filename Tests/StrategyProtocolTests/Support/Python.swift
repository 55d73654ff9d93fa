import Foundation

/// Python, as far as this machine has it; `BACKTESTER_TEST_PYTHON` names one that has the package jsonschema.
enum Python {
  /// The first Python that can import a module; `nil` when there is none.
  static func importing(_ module: String) -> String? {
    let candidates = [ProcessInfo.processInfo.environment["BACKTESTER_TEST_PYTHON"], "python3"].compactMap(\.self)
    return candidates.first { (try? run($0, ["-c", "import \(module)"]))?.status == 0 }
  }

  /// A Python with the standard library only.
  static let plain = importing("json")
  /// A Python with the package jsonschema.
  static let withSchemas = importing("jsonschema")

  /// What a finished program left behind.
  struct Outcome {
    var status: Int32
    var output: String
  }

  /// Runs a program to its end; stderr and stdout together.
  static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    // Python must not leave its byte code beside the documents.
    process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: output)
  }
}
