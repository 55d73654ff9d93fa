import Foundation
import Testing

/// The client libraries' own tests that need the program: `plugins/*/…with_host`.
///
/// They run here, after the build, because the libraries' other tests (`.ci/plugin-tests`) run before it.
struct ClientLibraryTests {
  private static let plugins = Program.root.appending(path: "plugins")

  @Test(
    .enabled(if: Program.has("python3"), "python3 is not installed"),
    arguments: ["test_client_pages", "test_client_sweep", "test_client_with_host", "test_openrpc", "test_stress"])
  func pythonClient(module: String) throws {
    let folder = Self.plugins.appending(path: "python/tests_with_host")
    let outcome = try Program.run(
      tool: ["python3", "-m", "unittest", module], in: folder, environment: ["BACKTESTER_EXECUTABLE": Program.path])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("Ran "), "\(outcome.errors)")
    #expect(!outcome.errors.contains("skipped"), "the program was not found: \(outcome.errors)")
  }

  @Test(
    .enabled(if: Program.has("node"), "node is not installed"),
    arguments: ["test_with_host/pages.test.js", "test_with_host/sweep.test.js"])
  func javascriptClient(file: String) throws {
    let outcome = try Program.run(
      tool: ["node", "--test", "--test-reporter=tap", file],
      in: Self.plugins.appending(path: "javascript"),
      environment: ["BACKTESTER_EXECUTABLE": Program.path])
    #expect(outcome.exitCode == 0, "\(outcome.output)")
    #expect(outcome.output.contains("# skipped 0"), "the program was not found: \(outcome.output)")
  }
}
