import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps one connection within the limits, whatever its client sends: bodies that are too long or too slow, broken or
/// endless headers, answers nobody takes. Sits between the HTTP decoder and the server.
///
/// After a refusal in the middle of a request the connection is closed for writing and what still comes is thrown away for
/// a moment: a client that is still sending would otherwise never see the answer.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Tells those who work for the client whether it is still there.
  let watch = ConnectionWatch()

  private static let lingerTime = TimeAmount.seconds(2)
  /// Bytes of a refused request that are thrown away before the connection is closed all the same.
  private static let lingerBytes = 4 << 20
  private let limits: ServerLimits
  /// Whether a request is arriving: its header came, its end did not.
  private var isReceiving = false
  private var receivedBytes = 0
  /// Requests whose answers are not finished.
  private var unanswered = 0
  private var hasBegunAnswer = false
  /// Whether nothing more is read or written: a refusal was sent.
  private var isClosing = false
  private var requestTimer: Scheduled<Void>?
  private var stallTimer: Scheduled<Void>?

  init(limits: ServerLimits) { self.limits = limits }

  // MARK: From the client

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isClosing { return discard(context, unwrapInboundIn(data)) }
    switch unwrapInboundIn(data) {
    case .head(let head):
      isReceiving = true
      receivedBytes = 0
      unanswered += 1
      startRequestTimer(context)
      // A request that says it is too long need not be read at all.
      if let text = head.headerFields[.contentLength], let length = Int(text), length > limits.maximumBodyBytes {
        context.fireChannelRead(data)
        return refuse(context, .tooLarge(limit: limits.maximumBodyBytes))
      }
    case .body(let piece):
      receivedBytes += piece.readableBytes
      if receivedBytes > limits.maximumBodyBytes {
        return refuse(context, .tooLarge(limit: limits.maximumBodyBytes))
      }
    case .end:
      isReceiving = false
      requestTimer?.cancel()
      requestTimer = nil
    }
    context.fireChannelRead(data)
  }

  private func discard(_ context: ChannelHandlerContext, _ part: HTTPRequestPart) {
    guard case .body(let piece) = part else { return }
    receivedBytes += piece.readableBytes
    if receivedBytes > limits.maximumBodyBytes + Self.lingerBytes { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if isClosing { return }
    switch error {
    case HTTPParserError.headerOverflow:
      refuse(context, .malformed("The header of the request is too long."), status: .requestHeaderFieldsTooLarge)
    case is HTTPParserError: refuse(context, .malformed("The request is not valid HTTP."))
    case is ChannelError, is IOError:
      watch.hangUp()
      context.fireErrorCaught(error)
    default: refuse(context, .malformed("The header of the request is not valid."))
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A client that will send nothing more but still reads cannot be told from one that has gone, and is rare.
    if case .inputClosed? = event as? ChannelEvent { watch.hangUp() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    stopTimers()
    watch.hangUp()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { stopTimers() }

  // MARK: To the client

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if isClosing {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let head):
      hasBegunAnswer = head.status.kind != .informational
    case .body: break
    case .end:
      hasBegunAnswer = false
      unanswered -= 1
    }
    context.write(data, promise: promise)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      stallTimer?.cancel()
      stallTimer = nil
    } else if stallTimer == nil {
      stallTimer = schedule(context, in: .seconds(limits.stalledSeconds)) { _, context in context.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  // MARK: Refusals

  private func startRequestTimer(_ context: ChannelHandlerContext) {
    requestTimer?.cancel()
    requestTimer = schedule(context, in: .seconds(limits.requestSeconds)) { guarded, context in
      guarded.refuse(
        context, .malformed("The request did not arrive within \(guarded.limits.requestSeconds) seconds."),
        status: .requestTimeout)
    }
  }

  /// Answers for the server and closes the connection.
  private func refuse(_ context: ChannelHandlerContext, _ error: ReplyError, status: HTTPResponse.Status? = nil) {
    stopTimers()
    isClosing = true
    watch.hangUp()
    // An answer that has begun, or one to an earlier request, cannot be mixed with this one.
    guard !hasBegunAnswer, unanswered == (isReceiving ? 1 : 0) else { return context.close(promise: nil) }
    var writer = "{\"detail\":\"\(error.detail)\"}"
    let body = writer.withUTF8 { ByteBuffer(bytes: $0) }
    var headers = SecurityHeaders.all
    headers[.contentType] = "application/json"
    headers[.contentLength] = "\(body.readableBytes)"
    headers[.connection] = "close"
    let head = HTTPResponse(status: status ?? error.status, headerFields: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(mode: .output, promise: nil)
    requestTimer = schedule(context, in: Self.lingerTime) { _, context in context.close(promise: nil) }
  }

  private func schedule(
    _ context: ChannelHandlerContext, in time: TimeAmount,
    _ body: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
  ) -> Scheduled<Void> {
    let bound = NIOLoopBound((guarded: self, context: context, body: body), eventLoop: context.eventLoop)
    return context.eventLoop.scheduleTask(in: time) {
      let value = bound.value
      value.body(value.guarded, value.context)
    }
  }

  private func stopTimers() {
    requestTimer?.cancel()
    stallTimer?.cancel()
    requestTimer = nil
    stallTimer = nil
  }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
