/// One array of numbers: of a field of the bars, of positions to hold, of an equity curve.
///
/// ``data`` is there in the encodings `json` (an array) and `f64le+base64` (a string), the last three in `f64le+file`.
package struct Column: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// How the values are written.
  package var encoding: ColumnEncoding
  /// Type of the values.
  package var dtype: ColumnType
  /// Number of values.
  package var count: Int
  /// The values, as an array or as base64.
  package var data: WireValue?
  /// Absolute path of the file with the values.
  package var path: String?
  /// Where they begin in the file, bytes.
  package var offset: Int?
  /// SHA-256 of their bytes.
  package var sha256: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case encoding
    case dtype
    case count
    case data
    case path
    case offset
    case sha256
  }

  /// A column written as a JSON array or as base64.
  package init(encoding: ColumnEncoding, dtype: ColumnType, count: Int, data: WireValue) {
    self.encoding = encoding
    self.dtype = dtype
    self.count = count
    self.data = data
  }

  /// A column in a file.
  package init(file path: String, offset: Int, dtype: ColumnType, count: Int, sha256: String) {
    encoding = .f64leFile
    self.dtype = dtype
    self.count = count
    self.path = path
    self.offset = offset
    self.sha256 = sha256
  }

  /// Checks that the fields of the encoding are there and agree with ``count``.
  package func check(_ path: WirePath) throws {
    try path.member("count").check(count, minimum: 0)
    switch encoding {
    case .json:
      guard let elements = data?.elements else { throw path.error("lacks \"data\", an array") }
      try path.member("data").check(length: elements.count, is: count)
      for (index, element) in elements.enumerated() where !dtype.allows(element) {
        throw path.member("data").element(index).error("is \(element.noun), which is no \(dtype.rawValue)")
      }
    case .f64leBase64:
      guard let text = data?.string else { throw path.error("lacks \"data\", a base64 string") }
      // Compared without multiplying, as the count comes from outside.
      let length = Base64.decodedLength(
        ofText: text.utf8.count, padding: text.utf8.suffix(2).filter { $0 == 0x3D }.count)
      guard let length, length % dtype.size == 0, length / dtype.size == count else {
        throw path.member("data").error("does not hold \(count) values of \(dtype.size) bytes in padded base64")
      }
    case .f64leFile:
      guard let file = self.path, let offset, let sha256 else {
        throw path.error("lacks \"path\", \"offset\" or \"sha256\"")
      }
      try path.member("path").check(length: file, minimum: 1)
      try path.member("offset").check(offset, minimum: 0)
      try path.member("sha256").check(sha256: sha256)
    }
  }
}

extension ColumnType {
  /// Bytes of one value.
  package var size: Int { self == .u8 ? 1 : 8 }

  /// Whether a JSON value can stand in a column of this type.
  fileprivate func allows(_ value: WireValue) -> Bool {
    switch (self, value) {
    case (_, .null), (.f64, .int), (.f64, .double), (.i64, .int), (.u8, .bool): true
    case (.u8, .int(let number)): number == 0 || number == 1
    default: false
    }
  }
}
