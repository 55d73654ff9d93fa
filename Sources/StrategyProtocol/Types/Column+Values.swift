extension Column {
  /// Numbers as a column; NaN is a missing value, infinities are refused.
  ///
  /// - Throws: ``WireError`` for an infinity, which no encoding of this protocol may carry.
  package init(_ numbers: [Double], encoding: ColumnEncoding) throws(WireError) {
    if let index = numbers.firstIndex(where: \.isInfinite) {
      throw WireError(pointer: "/data/\(index)", problem: "is \(numbers[index]); a column holds finite numbers")
    }
    switch encoding {
    case .json:
      let data = numbers.map { $0.isNaN ? WireValue.null : WireValue(number: $0) }
      self.init(encoding: .json, dtype: .f64, count: numbers.count, data: .array(data))
    case .f64leBase64, .f64leFile:
      let text = numbers.map { $0.bitPattern.littleEndian }.withUnsafeBytes(Base64.encode)
      self.init(encoding: .f64leBase64, dtype: .f64, count: numbers.count, data: .string(text))
    }
  }

  /// Integers (times, for one) as a column.
  package init(_ integers: [Int64], encoding: ColumnEncoding) {
    switch encoding {
    case .json:
      self.init(encoding: .json, dtype: .i64, count: integers.count, data: .array(integers.map(WireValue.int)))
    case .f64leBase64, .f64leFile:
      let text = integers.map { $0.littleEndian }.withUnsafeBytes(Base64.encode)
      self.init(encoding: .f64leBase64, dtype: .i64, count: integers.count, data: .string(text))
    }
  }

  /// The values as numbers: missing ones NaN, true 1 and false 0; `nil` for a column in a file or one that is damaged.
  package var numbers: [Double]? {
    switch encoding {
    case .json:
      return data?.elements?.map { value in
        if case .bool(let flag) = value { flag ? 1 : 0 } else { value.number ?? .nan }
      }
    case .f64leBase64:
      guard let bytes = data?.string.flatMap(Base64.decode), bytes.count % dtype.size == 0 else { return nil }
      return Self.numbers(bytes, dtype)
    case .f64leFile: return nil
    }
  }

  /// The numbers in little-endian bytes whose count is a multiple of the type's size, as in a file.
  package static func numbers(_ bytes: [UInt8], _ dtype: ColumnType) -> [Double] {
    switch dtype {
    case .u8: return bytes.map(Double.init)
    case .f64, .i64:
      return bytes.withUnsafeBytes { raw in
        (0..<raw.count / 8).map { index in
          let pattern = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
          return dtype == .f64 ? Double(bitPattern: pattern) : Double(Int64(bitPattern: pattern))
        }
      }
    }
  }
}
