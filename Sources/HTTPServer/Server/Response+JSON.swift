import HTTPTypes
import Hummingbird
import JSONRPC
import NIOCore

extension Response {
  /// Largest piece of a body handed to the connection at once: a client that does not read then holds back the rest.
  private static let pieceBytes = 64 << 10

  /// A response of bytes.
  init(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], contentType: String, bytes: [UInt8]) {
    var headers = headers
    headers[.contentType] = contentType
    self.init(status: status, headers: headers, body: Self.body(ByteBuffer(bytes: bytes)))
  }

  /// A response of one JSON value.
  ///
  /// - Throws: `JSONWriteError` when `write` wrote none.
  static func json(
    _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], _ write: (inout JSONWriter) throws -> Void
  ) throws -> Response {
    var writer = JSONWriter(capacity: 1 << 12)
    try write(&writer)
    let buffer = try writer.withMessage { ByteBuffer(bytes: $0) }
    var headers = headers
    headers[.contentType] = "application/json"
    return Response(status: status, headers: headers, body: body(buffer))
  }

  /// The response to a request that was not done.
  init(_ error: ReplyError) {
    var writer = JSONWriter()
    writer.beginObject()
    switch error {
    case .fields(let faults):
      for name in faults.reduce(into: [String](), { if !$0.contains($1.field) { $0.append($1.field) } }) {
        writer.key(name)
        writer.beginArray()
        for message in faults.filter({ $0.field == name }).flatMap(\.messages) { writer.value(message) }
        writer.endArray()
      }
    case .sentence(let sentence, let detail):
      writer.field("error", sentence)
      writer.field("detail", ifPresent: detail)
    default: writer.field("detail", error.detail)
    }
    writer.endObject()
    // Texts alone can always be written.
    self.init(error.status, headers: error.headers, contentType: "application/json", bytes: (try? writer.bytes()) ?? [])
  }

  private static func body(_ buffer: ByteBuffer) -> ResponseBody {
    if buffer.readableBytes <= pieceBytes { return ResponseBody(byteBuffer: buffer) }
    return ResponseBody(contentLength: buffer.readableBytes) { writer in
      var rest = buffer
      while let piece = rest.readSlice(length: min(pieceBytes, rest.readableBytes)), piece.readableBytes > 0 {
        try await writer.write(piece)
      }
      try await writer.finish(nil)
    }
  }
}
