import BacktestService
import Foundation
import JSONRPC
import PluginHost
import RPCServer
import RunStore
import StrategyKit
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A client with a server of its own on the other side of two pipes.
final class Client: Sendable {
  enum Framing { case lines, contentLength }

  let store: SQLiteRunStore
  /// Where its server keeps bars; not where whoever runs the tests does.
  private let cacheFolder = FileManager.default.temporaryDirectory.appending(path: "rpc-\(UUID().uuidString)").path()
  private let framing: Framing
  private let toServer: Int32
  private let fromServer: Int32
  private let exitCode = Monitor<Int32?>(nil)
  private let buffer = Mutex<[UInt8]>([])
  private let isOpen = Mutex((writing: true, reading: true))

  init(
    _ framing: Framing = .lines, workers: Int = 2, maximumQueued: Int = 1000, store: SQLiteRunStore? = nil,
    maximumMessageBytes: Int = 1 << 20
  ) throws {
    self.framing = framing
    let cacheFolder = cacheFolder
    self.store = try store ?? SQLiteRunStore.inMemory(program: "tests")
    let (serverInput, clientOutput) = try Self.pipe()
    let (clientInput, serverOutput) = try Self.pipe()
    toServer = clientOutput
    fromServer = clientInput
    let service = BacktestService(
      catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
      pluginOptions: Plugin.Options(hostVersion: "0", timeoutScale: 10_000, hostProcessID: 1),
      marketData: MarketDataProvider(environment: { $0 == "BACKTESTER_CACHE" ? cacheFolder : nil }))
    let queue = try RunQueue(
      service: service, store: self.store,
      configuration: .init(workers: workers, maximumQueued: maximumQueued, engineVersion: "0"))
    var configuration = RPCServer.Configuration(version: "0.0")
    configuration.maximumMessageBytes = maximumMessageBytes
    let server = RPCServer(queue: queue, input: serverInput, output: serverOutput, configuration: configuration)
    let exitCode = exitCode
    ServiceThread.start {
      let code = server.run()
      close(serverInput)
      close(serverOutput)
      exitCode.change { $0 = code }
    }
  }

  deinit {
    closeWriting()
    closeReading()
    try? FileManager.default.removeItem(atPath: cacheFolder)
  }

  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    let result = systemPipe(&ends)
    try #require(result == 0)
    // A strategy's process must not hold these ends open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  func closeWriting() {
    isOpen.withLock {
      if $0.writing { close(toServer) }; $0.writing = false
    }
  }

  func closeReading() {
    isOpen.withLock {
      if $0.reading { close(fromServer) }; $0.reading = false
    }
  }

  /// The exit code, once the server has ended.
  func waitForEnd() -> Int32 { exitCode.wait { $0 } }

  /// Sends a text as one message.
  func send(_ text: String) throws {
    var bytes = Array(text.utf8)
    switch framing {
    case .lines: bytes.append(0x0A)
    case .contentLength: bytes = Array("Content-Length: \(bytes.count)\r\n\r\n".utf8) + bytes
    }
    try bytes.withUnsafeBufferPointer { try DescriptorWriter(toServer).write($0) }
  }

  func request(_ id: Int, _ method: String, _ params: String = "{}") throws {
    try send(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
  }

  /// Says initialize and waits for the answer.
  func initialize(_ capabilities: String = "{}") throws {
    let params = #"{"protocol_version":"1.0","client":{"name":"t","version":"1"},"capabilities":\#(capabilities)}"#
    try request(0, "initialize", params)
    _ = try answer(0)
    try send(#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#)
  }

  /// The next message.
  func next() throws -> JSONValue {
    while true {
      if let message = buffer.withLock({ takeMessage(&$0) }) { return try JSONValue(parsing: message) }
      var room = [UInt8](repeating: 0, count: 65_536)
      let count = read(fromServer, &room, room.count)
      try #require(count > 0, "the server closed its end")
      buffer.withLock { $0 += room[..<count] }
    }
  }

  private func takeMessage(_ bytes: inout [UInt8]) -> [UInt8]? {
    switch framing {
    case .lines:
      guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
      defer { bytes.removeFirst(end + 1) }
      return Array(bytes[..<end])
    case .contentLength:
      let text = Array("\r\n\r\n".utf8)
      guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: text) }) else { return nil }
      let header = String(decoding: bytes[..<end], as: UTF8.self)
      guard let length = Int(header.dropFirst("Content-Length: ".count)), bytes.count >= end + 4 + length else {
        return nil
      }
      defer { bytes.removeFirst(end + 4 + length) }
      return Array(bytes[(end + 4)..<(end + 4 + length)])
    }
  }

  /// The answer to a request; what comes before it is passed to `others`.
  func answer(_ id: Int, others: (JSONValue) -> Void = { _ in }) throws -> JSONValue {
    while true {
      let message = try next()
      if message["id"]?.intValue == id, message["method"] == nil { return message }
      others(message)
    }
  }

  /// Asks and waits for the answer.
  func call(_ id: Int, _ method: String, _ params: String = "{}") throws -> JSONValue {
    try request(id, method, params)
    return try answer(id)
  }
}

/// The system's call, whose name the client's own method hides.
private func systemPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
