import JSONRPC
import PluginHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A `backtester serve` of the benchmark's own, spoken to a line at a time.
final class ServedHost {
  /// The program, built beside the benchmark.
  static func program() throws -> String {
    let path =
      PluginDirectory.absolute("/proc/self/exe").split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/") + "/backtester"
    guard access(path, X_OK) == 0 else { throw Missing(path: path) }
    return path
  }

  /// There is no program to start, or it has ended.
  struct Missing: Error, CustomStringConvertible {
    var path: String
    var description: String { "\(path) cannot be run; build it first with `swift build -c release`." }
  }

  private struct Unexpected: Error, CustomStringConvertible {
    var description: String
  }

  private let child: Child
  private let writer: DescriptorWriter
  private var number = 0
  private var unread: [UInt8] = []
  private var room = [UInt8](repeating: 0, count: 1 << 16)

  /// Starts it and says initialize.
  init(_ arguments: [String]) throws {
    child = Child(try ChildProcess(PluginCommand(arguments: [try Self.program(), "serve"] + arguments)))
    writer = DescriptorWriter(child.process.input, stallLimit: nil)
    let client = #""client":{"name":"bench","version":"1"},"capabilities":{"runs_changed":false}"#
    _ = try ask("initialize", #"{"protocol_version":"1.0",\#(client)}"#)
  }

  /// Its process, reaped when nobody needs it any more.
  private final class Child {
    var process: ChildProcess
    init(_ process: consuming ChildProcess) { self.process = process }
    deinit {
      process.closeInput()
      while !process.hasEnded() { usleep(1000) }
      process.closeOutput()
      process.closeErrors()
    }
  }

  /// Sends a request.
  ///
  /// - Returns: Its length in bytes.
  @discardableResult
  func send(_ method: String, _ params: String) throws -> Int {
    number += 1
    let line = Array(#"{"jsonrpc":"2.0","id":\#(number),"method":"\#(method)","params":\#(params)}"#.utf8) + [0x0A]
    try line.withUnsafeBufferPointer { try writer.write($0) }
    return line.count
  }

  /// The next answer.
  ///
  /// - Returns: Its length in bytes.
  @discardableResult
  func receive() throws -> Int {
    var searched = 0
    while true {
      if let end = unread[searched...].firstIndex(of: 0x0A) {
        // An answer's id is a small number, so that the word after it is near the beginning.
        if String(decoding: unread[..<min(end, 48)], as: UTF8.self).contains(#""error""#) {
          throw Unexpected(description: String(decoding: unread[..<end], as: UTF8.self))
        }
        unread.removeFirst(end + 1)
        return end + 1
      }
      searched = unread.count
      let count = try room.withUnsafeMutableBytes { try DescriptorIO.read(child.process.output, into: $0) }
      if count == 0 { throw Unexpected(description: "The host has ended.") }
      unread += room[..<count]
    }
  }

  /// Sends a request and waits for its answer.
  func ask(_ method: String, _ params: String) throws -> (request: Int, answer: Int) {
    (try send(method, params), try receive())
  }

  /// Sends many requests, at most `window` of them unanswered at a time, and waits for the last answer.
  func ask(_ method: String, _ params: [String], window: Int) throws {
    var answered = 0
    for (sent, one) in params.enumerated() {
      if sent - answered >= window {
        try receive()
        answered += 1
      }
      try send(method, one)
    }
    for _ in answered..<params.count { try receive() }
  }

  /// The largest resident memory of its process so far, in MB; `nil` where the system does not tell.
  var peakMegabytes: Double? {
    guard let file = fopen("/proc/\(child.process.id)/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let words = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\t" || $0 == "\n" }
      if words.first == "VmHWM:", words.count > 1 { return Double(words[1]).map { $0 / 1024 } }
    }
    return nil
  }
}
