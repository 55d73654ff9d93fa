import CZlib

/// The decompressed bytes of a gzip source, one or several members one after the other.
final class GzipSource: ByteSource {
  private let file: String
  private let source: any ByteSource
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var isBetweenMembers = false
  private var isAtEnd = false

  var bytesRead: Int { source.bytesRead }
  var bytesTotal: Int? { source.bytesTotal }

  /// Whether these are the first bytes of a gzip file.
  static func isGzip(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// - Parameters:
  ///   - source: The compressed bytes behind `beginning`.
  ///   - beginning: The first compressed bytes, read already.
  init(file: String, source: any ByteSource, beginning: UnsafeBufferPointer<UInt8>) throws(CSVError) {
    self.file = file
    self.source = source
    input = .allocate(byteCount: max(beginning.count, 1 << 16), alignment: 16)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input.copyBytes(from: beginning)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(beginning.count)
    // 15 bits of window, and 16 for a gzip header; the macro inflateInit2 is not visible from Swift.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { throw .damagedGzip(file: file, reason: "zlib could not start (code \(status))") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CSVError) -> Int {
    if isAtEnd { return 0 }
    let room = min(buffer.count, Int(UInt32.max))
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    while true {
      if stream.pointee.avail_in == 0 {
        let count = try source.read(into: input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        if count == 0 {
          if !isBetweenMembers {
            throw .damagedGzip(file: file, reason: "the compressed data ends early, as after a torn download")
          }
          isAtEnd = true
          return 0
        }
      }
      if isBetweenMembers {
        // Archivers pad with zeros; anything else that is no further member is not ours to ignore.
        guard let next = stream.pointee.next_in else { return 0 }
        if next.pointee == 0 {
          stream.pointee.next_in = next + 1
          stream.pointee.avail_in -= 1
          continue
        }
        isBetweenMembers = false
        inflateReset(stream)
      }
      let status = inflate(stream, Z_NO_FLUSH)
      if status == Z_STREAM_END {
        isBetweenMembers = true
      } else if status != Z_OK && status != Z_BUF_ERROR {
        throw .damagedGzip(file: file, reason: stream.pointee.msg.map { String(cString: $0) } ?? "code \(status)")
      }
      let written = room - Int(stream.pointee.avail_out)
      if written > 0 { return written }
    }
  }
}
