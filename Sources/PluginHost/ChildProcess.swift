import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A started process and the host's ends of its three pipes; all are gone after ``reap(within:)`` and ``closePipes()``.
package struct ChildProcess: ~Copyable {
  package let id: Int32
  package private(set) var input: Int32
  package private(set) var output: Int32
  package private(set) var errors: Int32
  /// The process as it was started, with the mark that all it starts have in their environment.
  private var started: cprocess_child
  /// The wait status, once the process has ended.
  private(set) var status: Int32?

  /// Starts a process.
  ///
  /// - Throws: ``PluginFailure`` of kind `start_failed`.
  package init(_ command: PluginCommand) throws(PluginFailure) {
    let name = command.arguments.first ?? ""
    guard !name.isEmpty else {
      throw PluginFailure(
        .startFailed, fault: .user, "The strategy's command is empty", hint: "Give the program to start.")
    }
    var child = cprocess_child()
    var step: UnsafePointer<CChar>?
    let error = Self.withStrings(command.arguments) { arguments in
      Self.withStrings(command.environmentList) { environment in
        cprocess_spawn(arguments, environment, command.folder, &child, &step)
      }
    }
    guard error == 0 else { throw Self.failure(error, step.map { String(cString: $0) } ?? "", command) }
    id = child.pid
    input = child.standard_input
    output = child.standard_output
    errors = child.standard_error
    started = child
    cprocess_guard(id)
  }

  private static func failure(_ error: Int32, _ step: String, _ command: PluginCommand) -> PluginFailure {
    let name = command.arguments.first ?? ""
    let reason = String(cString: strerror(error))
    switch (step, error) {
    case ("pipe", _):
      return PluginFailure(
        .hostError, fault: .host, "No pipes for \(name): \(reason)", hint: "Close other programs or raise `ulimit -n`.")
    case ("chdir", _):
      return PluginFailure(
        .startFailed, fault: .user, "The folder \(command.folder ?? "") of \(name) cannot be entered: \(reason)",
        hint: "Check the path.")
    case (_, ENOENT):
      return PluginFailure(
        .startFailed, fault: .user, "The program \(name) was not found",
        hint: "Check the path, the interpreter named in its first line, and that it is installed.")
    case (_, EACCES):
      return PluginFailure(
        .startFailed, fault: .user, "The program \(name) may not be run",
        hint: "Make it executable with `chmod +x \(name)`.")
    case (_, ENOEXEC):
      return PluginFailure(
        .startFailed, fault: .user, "The program \(name) is not executable as it is",
        hint: "A script needs a first line like #!/usr/bin/env python3.")
    default:
      return PluginFailure(
        .startFailed, fault: .user, "The program \(name) could not be started: \(reason)", hint: "Run it by hand.")
    }
  }

  /// Whether the process has ended; then kills what is left of its group, whose number is still ours, reaps it, and kills
  /// what it started outside the group.
  package mutating func hasEnded() -> Bool {
    if status != nil { return true }
    if cprocess_is_ending(id) == 1 {
      cprocess_signal_group(id, SIGKILL)
      cprocess_unguard(id)
    }
    var status: Int32 = 0
    switch cprocess_try_wait(id, &status) {
    case 1: self.status = status
    case -1: self.status = 0
    default: return false
    }
    cprocess_end_strays(&started)
    return true
  }

  /// The exit code and signal of a process that has ended.
  package var ending: (exitCode: Int32, signal: Int32) {
    let status = status ?? 0
    return (cprocess_exit_code(status), cprocess_signal(status))
  }

  /// Sends a signal to the whole process group; never after the process was reaped, when its number may be another's.
  package borrowing func signalGroup(_ number: Int32) {
    if status == nil { cprocess_signal_group(id, number) }
  }

  package mutating func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  package mutating func closeOutput() {
    if output >= 0 { close(output) }
    output = -1
  }

  package mutating func closeErrors() {
    if errors >= 0 { close(errors) }
    errors = -1
  }

  /// Puts this thread and the process on one core, where a round trip needs no wake-up of another one.
  package borrowing func shareCore() { _ = cprocess_share_core(id) }

  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
    return pointers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("the list has at least its terminator") }
      return body(base)
    }
  }
}
