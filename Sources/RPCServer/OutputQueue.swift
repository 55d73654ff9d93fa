import BacktestService
import JSONRPC
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is to be written to the client, in order, by a thread of its own: no run ever waits for a slow reader.
///
/// Progress is not queued but replaced: of a token only the newest value is written, once what was queued before is out.
final class OutputQueue: Sendable {
  /// Bytes that may wait to be written before a client counts as gone.
  static let maximumUnreadBytes = 8 << 20
  /// How long a client may read nothing at all while something waits for it.
  static let stallLimit = Duration.seconds(120)

  private struct State {
    var messages: [[UInt8]] = []
    var bytes = 0
    var progress: [(token: String, message: [UInt8])] = []
    var isEnding = false
    var isBroken = false
  }
  private let state = Monitor(State())
  private let writer: DescriptorWriter
  private let style: Mutex<FrameStyle> = Mutex(.lines)
  private let onBreak: @Sendable () -> Void

  /// Prepares writing to a descriptor.
  ///
  /// - Parameter onBreak: Called once, from the writing thread or a sender's, when the client is gone.
  init(_ descriptor: Int32, onBreak: @escaping @Sendable () -> Void) {
    writer = DescriptorWriter(descriptor, stallLimit: Self.stallLimit)
    self.onBreak = onBreak
  }

  /// How messages are told apart; the client's first byte decides.
  func setStyle(_ style: FrameStyle) { self.style.withLock { $0 = style } }

  /// Whether the client is gone.
  var isBroken: Bool { state.read { $0.isBroken } }

  /// Whether somebody has the other end of the pipe.
  var hasReader: Bool {
    var poller = pollfd(fd: writer.descriptor, events: 0, revents: 0)
    return poll(&poller, 1, 0) <= 0 || poller.revents & Int16(POLLERR | POLLHUP | POLLNVAL) == 0
  }

  /// Queues a message, an object without line feed.
  func send(_ message: [UInt8]) {
    let isTooMuch = state.change { state in
      if state.isBroken { return false }
      // One message may be of any size; a pile of them means that nobody reads.
      if !state.messages.isEmpty, state.bytes + message.count > Self.maximumUnreadBytes { return true }
      state.messages.append(message)
      state.bytes += message.count
      return false
    }
    if isTooMuch { breakOff() }
  }

  /// Replaces what waits to be told about `token`.
  func sendProgress(token: String, _ message: [UInt8]) {
    state.change { state in
      if state.isBroken { return }
      if let place = state.progress.firstIndex(where: { $0.token == token }) {
        state.progress[place].message = message
      } else {
        state.progress.append((token, message))
      }
    }
  }

  /// Forgets progress that was not written yet: what comes after it must not be followed by it.
  func dropProgress(token: String) { state.change { $0.progress.removeAll { $0.token == token } } }

  /// Waits until there is room for an answer that the client asked for, so that one that asks for much and reads slowly
  /// is not taken for gone.
  func waitForRoom() { state.wait(until: { $0.isBroken || $0.bytes <= Self.maximumUnreadBytes / 4 }) }

  /// Writes until ``end()`` was called and everything is out, or the client is gone.
  func writeAll() {
    while let message = next() {
      do throws(DescriptorError) {
        try write(message)
      } catch {
        breakOff()
        return
      }
    }
  }

  /// No more will be sent.
  func end() { state.change { $0.isEnding = true } }

  private func write(_ message: [UInt8]) throws(DescriptorError) {
    var framed: [UInt8]
    switch style.withLock({ $0 }) {
    case .lines:
      framed = message
      framed.append(0x0A)
    case .contentLength:
      framed = Array("Content-Length: \(message.count)\r\n\r\n".utf8) + message
    }
    let failure = framed.withUnsafeBufferPointer { bytes -> DescriptorError? in
      do throws(DescriptorError) { try writer.write(bytes) } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  /// The next message; waits for one. `nil` when there will be no more.
  private func next() -> [UInt8]? {
    state.wait { state -> [UInt8]?? in
      if state.isBroken { return .some(nil) }
      if !state.messages.isEmpty {
        let message = state.messages.removeFirst()
        state.bytes -= message.count
        return message
      }
      if !state.progress.isEmpty { return state.progress.removeFirst().message }
      return state.isEnding ? .some(nil) : nil
    }
  }

  private func breakOff() {
    let isFirst = state.change { state in
      defer {
        state.isBroken = true
        state.messages = []
        state.progress = []
        state.bytes = 0
      }
      return !state.isBroken
    }
    if isFirst { onBreak() }
  }
}
