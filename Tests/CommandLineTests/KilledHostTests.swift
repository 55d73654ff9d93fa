import Foundation
import Testing

/// What is left when the program itself is killed, which it cannot prevent.
@Suite(.enabled(if: Program.has("python3"), "python3 is not installed"))
struct KilledHostTests {
  /// A strategy that works, and one that hears nothing any more and has a child; each writes its numbers to a file.
  static let behaviours = [
    "obedient": "answer(m, hello if method == 'initialize' else {}); time.sleep(0.01)",
    "deaf": """
    if method == 'bar/next':
            for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
            time.sleep(600)
        answer(m, hello if method == 'initialize' else {})
    """,
  ]

  @Test(arguments: ["obedient", "deaf"])
  func killingTheHostLeavesNoStrategyAndLosesNoRun(name: String) throws {
    try Program.withFolder { folder in
      let numbers = folder.appending(path: "numbers")
      let start = """
        import signal, subprocess
        child = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL)
        with open("numbers.new", "w") as file: file.write(f"{os.getpid()} {child.pid}")
        os.rename("numbers.new", "numbers")
        for line in sys.stdin:
        """
      let code = PluginTests.harness.replacing("for line in sys.stdin:", with: start)
        .replacing("CODE", with: Self.behaviours[name] ?? "")
      try code.write(to: folder.appending(path: "plugin.py"), atomically: true, encoding: .utf8)
      let manifest = """
        {"name": "slow", "version": "1", "protocol_version": "1.0", "language": "python",
         "argv": ["python3", "-u", "plugin.py"], "modes": ["lockstep"]}
        """
      try manifest.write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let database = folder.appending(path: "runs.sqlite").path()
      #expect(try Program.run(["run", "sma_cross", "--sample", "FB", "--db", database]).exitCode == 0)

      let host = Process()
      host.executableURL = URL(filePath: Program.path)
      host.arguments = ["run", folder.path(), "--sample", "GOOG", "--db", database]
      host.currentDirectoryURL = Program.root
      host.standardInput = FileHandle.nullDevice
      host.standardOutput = FileHandle.nullDevice
      host.standardError = FileHandle.nullDevice
      try host.run()
      #expect(Self.waits { FileManager.default.fileExists(atPath: numbers.path()) })
      let processes = try String(contentsOf: numbers, encoding: .utf8).split(separator: " ").compactMap { Int32($0) }
      #expect(processes.count == 2)
      // Some bars go by.
      Thread.sleep(forTimeInterval: 0.3)
      kill(host.processIdentifier, SIGKILL)
      host.waitUntilExit()
      for process in name == "deaf" ? processes : [processes[0]] {
        #expect(Self.waits { Self.isGone(process) }, "process \(process) of the strategy is left")
      }
      if name != "deaf" { kill(processes[1], SIGKILL) }

      let list = try Program.run(["runs", "--db", database])
      #expect(list.exitCode == 0 && list.output.contains("sma_cross"), "\(list.output)\(list.errors)")
      #expect(try Program.run(["run", "la_bomba", "--sample", "FB", "--db", database]).exitCode == 0)
    }
  }

  /// Waits up to a minute for something that takes seconds.
  private static func waits(_ condition: () -> Bool) -> Bool {
    for _ in 0..<1200 {
      if condition() { return true }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return false
  }

  private static func isGone(_ process: Int32) -> Bool {
    if kill(process, 0) != 0 { return true }
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = status.lastIndex(of: ")")
    else { return false }
    return status[name...].dropFirst(2).first == "Z"
  }
}
