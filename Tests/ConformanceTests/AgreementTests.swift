import Conformance
import Foundation
import JSONRPC
import PluginHost
import Testing

/// The kit in the host and the kit in one Python file.
@Suite(.enabled(if: Checkout.has("python3"), "python3 is not installed"))
struct AgreementTests {
  /// Checks that tell the faults below apart, and are quick.
  static let ids = [
    "core.initialize", "core.version_mismatch", "core.warmup", "core.id_echo", "core.unknown_method",
    "core.many_symbols", "core.events", "core.preload", "core.shutdown", "streamed.chunks",
    "streamed.equals_lockstep", "vectorized.encodings", "vectorized.truncation", "robust.bad_line", "robust.cancel",
    "robust.strategy_error",
  ]

  static let strategies = [
    Checkout.hostile().arguments, Checkout.hostile("skips").arguments, Checkout.hostile("skips_too_far").arguments,
    Checkout.hostile("acts_in_warmup").arguments,
    Checkout.hostile("chunk_differs").arguments, Checkout.hostile("exit_code").arguments,
    Checkout.hostile("normalises").arguments, ["sh", Checkout.path("plugins/shell/la_bomba/la_bomba.sh")],
  ]

  @Test(arguments: strategies) func bothKitsSayTheSame(_ command: [String]) throws {
    let options = ConformanceOptions(timeoutScale: 2, only: Set(Self.ids))
    let ours = try Conformance.check(command: PluginCommand(arguments: command), options: options)
    let theirs = try script(command)
    #expect(ours.checks.map(\.id) == theirs.map(\.id))
    for (left, right) in zip(ours.checks, theirs) {
      #expect(left.status.rawValue == right.status, "\(left.id): \(left.detail) | \(right.detail)")
    }
  }

  private struct Result {
    let id: String
    let status: String
    let detail: String
  }

  private func script(_ command: [String]) throws -> [Result] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["python3", Checkout.path("protocol/check_strategy.py"), "--json", "--timeout-scale", "2"]
      + Self.ids.flatMap { ["--only", $0] } + ["--"] + command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let report = try JSONValue(parsing: [UInt8](data))
    return try #require(report["checks"]?.arrayValue).map { entry in
      Result(
        id: entry["id"]?.stringValue ?? "", status: entry["status"]?.stringValue ?? "",
        detail: entry["detail"]?.stringValue ?? "")
    }
  }
}
