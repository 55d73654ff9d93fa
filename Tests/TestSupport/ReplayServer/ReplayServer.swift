import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a client asked of a replay server.
package struct ReplayRequest: Sendable, Equatable {
  /// The path and query as sent.
  package var target: String
  /// Header fields by lower-case name.
  package var headers: [String: String]

  package var path: String { String(target.prefix { $0 != "?" }) }

  /// A parameter of the query.
  package func parameter(_ name: String) -> String? {
    let query = target.drop { $0 != "?" }.dropFirst()
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.first.map(String.init) == name { return parts.count > 1 ? String(parts[1]) : "" }
    }
    return nil
  }
}

/// How a replay server answers.
package struct ReplayReply: Sendable {
  package enum Manner: Sendable {
    /// As a sound server does.
    case sound
    /// A few bytes at a time, with pauses.
    case dripping(bytes: Int, pause: Double)
    /// Resets the connection behind so many bytes of the body.
    case reset(after: Int)
    /// Closes the connection behind so many bytes of a body announced as longer.
    case cut(after: Int)
    /// Sends nothing, until the client hangs up.
    case silent
    /// Repeats the body until the client hangs up.
    case endless
  }

  package var status = 200
  package var headers: [(String, String)] = [("Content-Type", "application/json;charset=utf-8")]
  package var body: [UInt8] = []
  package var manner = Manner.sound
  /// The length announced in place of the body's own.
  package var announcedLength: Int?

  package init(
    status: Int = 200, headers: [(String, String)] = [("Content-Type", "application/json;charset=utf-8")],
    body: [UInt8] = [], manner: Manner = .sound, announcedLength: Int? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.manner = manner
    self.announcedLength = announcedLength
  }

  package static func json(_ text: String, status: Int = 200) -> ReplayReply {
    ReplayReply(status: status, body: Array(text.utf8))
  }

  package static func page(_ text: String, status: Int, type: String = "text/html") -> ReplayReply {
    ReplayReply(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
  }

  package static func redirect(to address: String) -> ReplayReply {
    ReplayReply(status: 302, headers: [("Location", address)])
  }
}

/// A web server on the loopback address that answers by a function, counts requests and misbehaves on demand.
package final class ReplayServer: Sendable {
  package let port: UInt16
  private let answer: @Sendable (ReplayRequest, Int) -> ReplayReply
  private let seen = Mutex<[ReplayRequest]>([])
  private let isStopping = Atomic(false)
  private let stopped = DispatchSemaphore(value: 0)

  /// Starts the server.
  ///
  /// - Parameter answer: Gets each request and its number, counted from 0; called on the connection's own thread.
  package init(_ answer: @escaping @Sendable (ReplayRequest, Int) -> ReplayReply) throws {
    self.answer = answer
    let socket = Self.tcpSocket()
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(socket, pointer, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, pointer, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    let me = self
    Thread.detachNewThread {
      while true {
        let connection = accept(socket, nil, nil)
        if connection < 0 || me.isStopping.load(ordering: .sequentiallyConsistent) {
          if connection >= 0 { close(connection) }
          // Only here, so that the number cannot be another server's while this thread still uses it.
          close(socket)
          me.stopped.signal()
          return
        }
        Thread.detachNewThread { me.serve(connection) }
      }
    }
  }

  /// The address to configure.
  package var base: String { "http://127.0.0.1:\(port)" }

  /// What was asked so far, in order of arrival.
  package var requests: [ReplayRequest] { seen.withLock { $0 } }

  /// Ends the server; later connections are refused.
  package func stop() {
    if isStopping.exchange(true, ordering: .sequentiallyConsistent) { return }
    // One more connection, to wake the thread that waits for the next.
    let waker = Self.tcpSocket()
    var address = Self.address(port: port)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = connect(waker, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    stopped.wait()
    close(waker)
  }

  private static func tcpSocket() -> Int32 {
    #if canImport(Darwin)
    Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #else
    Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    #if canImport(Darwin)
    var on: Int32 = 1
    setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
    guard let request = Self.read(connection) else { return }
    let number = seen.withLock { seen in
      seen.append(request)
      return seen.count - 1
    }
    send(answer(request, number), connection)
  }

  private static func read(_ connection: Int32) -> ReplayRequest? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      bytes += buffer[..<count]
      if String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") { break }
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return ReplayRequest(target: String(words[1]), headers: headers)
  }

  private func send(_ reply: ReplayReply, _ connection: Int32) {
    var length: Int? = reply.announcedLength ?? reply.body.count
    switch reply.manner {
    case .silent:
      _ = Self.waitForHangUp(connection)
      return
    case .endless: length = reply.announcedLength
    default: break
    }
    var head = "HTTP/1.1 \(reply.status) Replayed\r\nConnection: close\r\n"
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    if let length { head += "Content-Length: \(length)\r\n" }
    guard Self.write(Array((head + "\r\n").utf8)[...], connection) else { return }
    switch reply.manner {
    case .sound: _ = Self.write(reply.body[...], connection)
    case .dripping(let bytes, let pause):
      var rest = reply.body[...]
      while !rest.isEmpty, Self.write(rest.prefix(bytes), connection) {
        rest = rest.dropFirst(bytes)
        Thread.sleep(forTimeInterval: pause)
      }
    case .reset(let count):
      _ = Self.write(reply.body.prefix(count), connection)
      // Let the client read what was sent; a reset may overtake it.
      Thread.sleep(forTimeInterval: 0.05)
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    case .cut(let count): _ = Self.write(reply.body.prefix(count), connection)
    case .endless: while Self.write(reply.body[...], connection) {}
    case .silent: break
    }
  }

  private static func waitForHangUp(_ connection: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(connection, &byte, 1, 0) <= 0
  }

  private static func write(_ bytes: ArraySlice<UInt8>, _ connection: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        #if canImport(Darwin)
        Darwin.send(connection, bytes.baseAddress, bytes.count, 0)
        #else
        Glibc.send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #endif
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
