import CProcess
import Foundation
import StrategyProtocol
import Testing

@testable import PluginHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Many failing runs in one process. Each test has a process of its own, so that its descriptors and memory are its own.
///
/// `BACKTESTER_SOAK_RUNS=1000 swift test --filter SoakTests` runs the long form.
@Suite(.serialized)
struct SoakTests {
  @Test func crashingRunsLeaveNoMemoryDescriptorOrProcess() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) { soak(Soak.crash) }
    judge(result)
  }

  @Test(.enabled(if: Hostile.hasPython, "python3 is not installed"))
  func aFloodOfStandardErrorIsDrainedInBoundedMemory() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) { soak(Soak.flood) }
    judge(result)
  }

  /// Shows what the test's own process had to say; its last line is the verdict.
  private func judge(_ result: ExitTest.Result?) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.hasSuffix("as it should be\n"), "\(text)")
    print(text)
  }
}

private enum Soak {
  static func crash() throws {
    // Every way to end badly that a shell can show at once: before hello, at hello, in the run, by a signal.
    let hello = #"{"jsonrpc":"2.0","id":1,"result":{"protocol_version":"1.0","strategy":{"name":"x"}}}"#
    let programs = [
      "exit 3", "read -r line; kill -9 $$", "read -r line; echo '\(hello)'; read -r line; read -r line; kill -11 $$",
      "read -r line; echo '\(hello)'; read -r line; read -r line; printf '{\"jsonrpc\"'; exit 0",
      "read -r line; echo '\(hello)'; sleep 600 & exec 0<&-; exit 1",
    ]
    func run(_ number: Int) throws {
      let arguments = ["/bin/sh", "-c", programs[number % programs.count]]
      let outcome = try Hostile.run(PluginCommand(arguments: arguments), bars: 3)
      guard outcome.failure?.kind == .crashed else { throw SoakFault("run \(number): \(outcome)") }
      guard Hostile.isGone(outcome.processID) else { throw SoakFault("run \(number): its process is left") }
    }
    let runs = ProcessInfo.processInfo.environment["BACKTESTER_SOAK_RUNS"].flatMap { Int($0) } ?? 60
    // What is allocated once is there after some runs.
    for number in 0..<20 { try run(number) }
    let before = (descriptors: cprocess_open_descriptors(), kilobytes: residentKilobytes(), children: children())
    for number in 0..<runs { try run(number) }
    let after = (descriptors: cprocess_open_descriptors(), kilobytes: residentKilobytes(), children: children())
    report("\(runs) crashing runs: before \(before), after \(after)")
    guard after.descriptors == before.descriptors else { throw SoakFault("descriptors: \(before), \(after)") }
    guard after.children == before.children else { throw SoakFault("children: \(before), \(after)") }
    // One leaked ring of messages is 128 KiB; a thousand would be 128 MiB.
    guard after.kilobytes - before.kilobytes < 4096 + 8 * runs else { throw SoakFault("memory: \(before), \(after)") }
  }

  static func flood() throws {
    var timeouts = Hostile.patient
    timeouts.barNext = 600_000
    let megabytes = ProcessInfo.processInfo.environment["BACKTESTER_SOAK_MEGABYTES"].flatMap { Int($0) } ?? 200
    let code = """
      answer(m)
      if method == 'run/start':
          block = (b'x' * 99 + b'\\n') * 10486
          for _ in range(\(megabytes)):
              rest = memoryview(block)
              while rest: rest = rest[os.write(2, rest):]
      """
    let before = residentKilobytes()
    let outcome = try Hostile.run(Hostile.command(code), timeouts: timeouts)
    let after = residentKilobytes()
    report(
      "\(megabytes) MB of standard error in \(outcome.duration), \(outcome.log.count) lines kept; \(before), \(after) kB"
    )
    guard outcome.failure == nil else { throw SoakFault("\(outcome)") }
    guard after - before < 32 * 1024 else { throw SoakFault("memory: \(before) to \(after) kB") }
  }
}

/// Runs a test's body in a process of its own, whose only way to tell anything is its standard error.
private func soak(_ body: () throws -> Void) {
  do {
    try body()
    report("as it should be")
  } catch {
    report("\(error)")
  }
}

private func report(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

private struct SoakFault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Resident memory of this process now; 0 where it cannot be told.
private func residentKilobytes() -> Int {
  guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
  else { return 0 }
  return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
}

/// Number of processes whose parent this is, the dead ones included; 0 where it cannot be told.
private func children() -> Int {
  let folder = "/proc/self/task"
  let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return threads.reduce(0) { sum, thread in
    let text = (try? String(contentsOfFile: "\(folder)/\(thread)/children", encoding: .utf8)) ?? ""
    return sum + text.split(separator: " ").count
  }
}
