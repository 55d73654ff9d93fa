package import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A recorded session: what host and strategy said, in its order.
public struct Transcript: Sendable {
  /// Who wrote a line.
  public enum Direction: String, Sendable {
    case toStrategy = "h>s"
    case fromStrategy = "s>h"
  }

  /// One line of the wire.
  package struct Entry: Sendable {
    /// Its line in the file, from 1 on.
    package let line: Int
    package let direction: Direction
    /// The line as it was on the wire.
    package let bytes: [UInt8]
    /// What it says; `nil` for text that is no message.
    package let message: JSONValue?

    /// The method of a request or notification.
    package var method: String? { message?["method"]?.stringValue }
    /// Whether it asks for an answer.
    package var isRequest: Bool { method != nil && message?["id"] != nil }
    /// Whether it answers a request.
    package var isAnswer: Bool { message != nil && method == nil }
  }

  /// The file.
  public let path: String
  /// The command of the strategy that was recorded.
  public let command: [String]
  /// The lines of the wire; standard error and remarks are left out.
  package let entries: [Entry]

  /// Where the recording ends in the middle of a run, as a sentence: the strategy did not answer, or was gone.
  var breakingOff: String? {
    guard let asked = entries.lastIndex(where: { $0.direction == .toStrategy && $0.isRequest }),
      let method = entries[asked].method,
      !entries[asked...].contains(where: { $0.direction == .fromStrategy && $0.isAnswer })
    else { return nil }
    let last = entries[asked]
    let place = last.message?["params"]?["index"]?.intValue.map { " about bar \($0)" } ?? ""
    return "The recording breaks off with \(method)\(place), which was not answered"
  }

  /// Longest file that is read.
  private static let maximumBytes = 1 << 31

  /// Reads a file that `backtester run --record` wrote.
  ///
  /// - Throws: ``TranscriptError``.
  public init(path: String) throws(TranscriptError) {
    self.path = path
    var command: [String] = []
    var entries: [Entry] = []
    let bytes = try Self.read(path)
    let failure = bytes.withUnsafeBufferPointer { buffer -> TranscriptError? in
      var number = 0
      var start = 0
      while start < buffer.count {
        let end = buffer[start...].firstIndex(of: 0x0A) ?? buffer.count
        number += 1
        let line = UnsafeBufferPointer(rebasing: buffer[start..<end])
        start = end + 1
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
        do {
          if number == 1 {
            command = try Self.header(line)
          } else if let entry = try Self.entry(line, number) {
            entries.append(entry)
          }
        } catch {
          return TranscriptError(path: path, line: number, problem: "\(error)")
        }
      }
      return number == 0 ? TranscriptError(path: path, line: 1, problem: "is empty; nothing was recorded") : nil
    }
    if let failure { throw failure }
    self.command = command
    self.entries = entries
  }

  private struct Problem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  private static func header(_ line: UnsafeBufferPointer<UInt8>) throws(Problem) -> [String] {
    guard let value = try? JSONValue(parsing: line, maximumBytes: .max), let header = value["header"] else {
      throw Problem("is no header of a transcript; give a file that `backtester run --record FILE` wrote")
    }
    guard header["transcript"]?.intValue == 1 else {
      throw Problem(
        "is of transcript version \(header["transcript"].flatMap { try? $0.text() } ?? "?"); this program reads 1")
    }
    return header["argv"]?.arrayValue?.compactMap(\.stringValue) ?? []
  }

  private static func entry(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws(Problem) -> Entry? {
    var direction: String?
    var raw: [UInt8]?
    var text: String?
    do {
      var scanner = try JSONScanner(line, maximumBytes: .max)
      try scanner.beginObject()
      while try scanner.nextKey() {
        switch scanner.key {
        case "dir": direction = try scanner.readString()
        case "msg": raw = Array(try scanner.readSource())
        case "text": text = try scanner.readString()
        default: try scanner.skipValue()
        }
      }
      try scanner.finish()
    } catch {
      throw Problem("is no entry of a transcript: \(error)")
    }
    guard let direction = direction.flatMap(Direction.init(rawValue:)) else { return nil }
    if let raw {
      guard let message = try? JSONValue(parsing: raw, maximumBytes: .max) else { throw Problem("holds no message") }
      return Entry(line: number, direction: direction, bytes: raw, message: message)
    }
    return text.map { Entry(line: number, direction: direction, bytes: Array($0.utf8), message: nil) }
  }

  private static func read(_ path: String) throws(TranscriptError) -> [UInt8] {
    func failure(_ reason: String) -> TranscriptError { TranscriptError(path: path, line: nil, problem: reason) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { throw failure("is a folder") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(clamping: status.st_size))
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      guard let count = buffer.withUnsafeMutableBytes({ try? DescriptorIO.read(descriptor, into: $0) }) else {
        throw failure("cannot be read")
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > maximumBytes { throw failure("is larger than \(maximumBytes) bytes") }
    }
  }
}

/// Why a transcript cannot be used.
public struct TranscriptError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line that is wrong, from 1 on.
  public let line: Int?
  /// What is wrong with it.
  public let problem: String

  init(path: String, line: Int?, problem: String) {
    self.path = path
    self.line = line
    self.problem = problem
  }

  /// One sentence.
  public var description: String {
    let end = problem.hasSuffix(".") ? "" : "."
    if let line { return "Line \(line) of the transcript \(path) \(problem)\(end)" }
    return "The transcript \(path) \(problem)\(end)"
  }
}
