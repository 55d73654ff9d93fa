/// Reads `multipart/form-data` (RFC 7578), the form that browsers send with `FormData`.
enum MultipartForm {
  /// Largest header of one part in bytes.
  private static let maximumHeaderBytes = 8 << 10

  /// The fields in their order.
  ///
  /// - Throws: ``BodyError/malformed(_:)``.
  static func fields(_ body: [UInt8], boundary: String) throws(BodyError) -> [(name: String, value: BodyFields.Value)] {
    guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw fault("the boundary must be 1 to 70 printable ASCII characters")
    }
    let delimiter = Array("--\(boundary)".utf8)
    guard var position = firstDelimiter(delimiter, in: body) else { throw fault("the body has no boundary line") }
    var fields: [(name: String, value: BodyFields.Value)] = []
    while true {
      position += delimiter.count
      if body[position...].starts(with: Array("--".utf8)) { return fields }
      while position < body.count, body[position] == 0x20 || body[position] == 0x09 { position += 1 }
      guard body[position...].starts(with: lineEnd) else { throw fault("a boundary line is not ended") }
      position += 2
      guard let next = find(lineEnd + delimiter, in: body, from: position - 2) else {
        throw fault("the last part is not ended")
      }
      fields.append(try part(body[position..<max(position, next)]))
      if fields.count > BodyFields.maximumCount { throw fault("it has more than \(BodyFields.maximumCount) parts") }
      position = next + 2
    }
  }

  private static let lineEnd: [UInt8] = [0x0D, 0x0A]

  private static func part(_ bytes: ArraySlice<UInt8>) throws(BodyError) -> (name: String, value: BodyFields.Value) {
    var rest = bytes
    var disposition: MediaTypeHeader?
    while true {
      guard let end = find(lineEnd, in: rest, from: rest.startIndex) else {
        throw fault("the header of a part is not ended")
      }
      let line = rest[rest.startIndex..<end]
      rest = rest[(end + 2)...]
      if line.isEmpty { break }
      guard end - bytes.startIndex <= maximumHeaderBytes else { throw fault("the header of a part is too long") }
      guard let text = String(validating: line, as: UTF8.self), let colon = text.firstIndex(of: ":") else {
        throw fault("the header of a part is not valid")
      }
      if text[..<colon].lowercased() == "content-disposition" {
        disposition = MediaTypeHeader(String(text[text.index(after: colon)...]))
      }
    }
    guard let disposition, disposition.essence == "form-data", let name = disposition.parameters["name"] else {
      throw fault("a part has no name")
    }
    if disposition.parameters["filename"] != nil { return (name, .file) }
    guard let value = String(validating: rest, as: UTF8.self) else {
      throw fault("the field \(name.prefix(100)) is not valid UTF-8")
    }
    return (name, .text(value))
  }

  /// The first boundary line: at the start of the body or of a line.
  private static func firstDelimiter(_ delimiter: [UInt8], in body: [UInt8]) -> Int? {
    if body.starts(with: delimiter) { return 0 }
    return find(lineEnd + delimiter, in: body[...], from: 0).map { $0 + 2 }
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    find(pattern, in: bytes[...], from: start)
  }

  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    let last = bytes.endIndex - pattern.count
    guard start <= last else { return nil }
    return bytes.withUnsafeBufferPointer { buffer in
      let offset = bytes.startIndex
      var index = start - offset
      while index <= last - offset {
        if buffer[index] == pattern[0], pattern.indices.allSatisfy({ buffer[index + $0] == pattern[$0] }) {
          return index + offset
        }
        index += 1
      }
      return nil
    }
  }

  private static func fault(_ text: String) -> BodyError { .malformed("Multipart form parse error - \(text).") }
}
