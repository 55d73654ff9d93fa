/// How the values of a column are written.
package enum ColumnEncoding: String, WireName {
  /// A JSON array; null is a missing value.
  case json
  /// Little-endian values of the dtype, in base64 (RFC 4648, with padding); NaN is a missing number.
  case f64leBase64 = "f64le+base64"
  /// Little-endian values of the dtype in a read-only file of this machine.
  case f64leFile = "f64le+file"
}

/// Type of a column's values.
package enum ColumnType: String, WireName {
  /// 64-bit IEEE 754 numbers.
  case f64
  /// 64-bit signed integers.
  case i64
  /// Bytes, 0 for false and 1 for true.
  case u8
}
