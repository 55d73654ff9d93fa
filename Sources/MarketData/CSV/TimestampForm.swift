/// The ways of writing dates that are told apart by a file's first row.
enum TimestampForm: Equatable {
  /// `2020-12-31`, `2020/12/31`, `2020.12.31`, padded or not; a time may follow.
  case yearFirst(separator: UInt8)
  /// `20201231`; a time may follow.
  case compact
  /// `12/31/2020` or `31.12.2020`, padded or not, with two digits for the year if `isShort`; a time may follow.
  case yearLast(separator: UInt8, isShort: Bool)
  /// `31-Dec-2020`, `31 December 2020` or `Dec 31, 2020`; a time may follow.
  case named
  /// Seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00:00Z, told apart by their digits.
  case epoch

  /// The form of a text, by its digits and its first separators; `nil` when it is no date.
  ///
  /// - Parameter allowsSmallEpoch: Whether a number of six to eight digits, and a negative one, may be epoch seconds
  ///   (1970 and before); otherwise only nine digits or more are taken for a time.
  static func detect(_ text: String, allowsSmallEpoch: Bool) -> TimestampForm? {
    let bytes = Array(text.utf8)
    let first = bytes.prefix { isDigit($0) }
    if first.isEmpty {
      if let letter = bytes.first, letter | 0x20 >= UInt8(ascii: "a"), letter | 0x20 <= UInt8(ascii: "z") {
        return TimestampReader.month(named: bytes[...]) == nil ? nil : .named
      }
      guard allowsSmallEpoch, bytes.first == UInt8(ascii: "-") else { return nil }
      return isEpoch(bytes.dropFirst()) ? .epoch : nil
    }
    let rest = bytes.dropFirst(first.count)
    switch first.count {
    case 8 where isCompactDate(first), 12 where isCompactDate(first), 14 where isCompactDate(first): return .compact
    case 6...8: return allowsSmallEpoch && isEpoch(bytes[...]) ? .epoch : nil
    case 9...19: return isEpoch(bytes[...]) ? .epoch : nil
    case 4:
      guard let separator = rest.first, isSeparator(separator) else { return nil }
      return .yearFirst(separator: separator)
    case 1, 2:
      guard let separator = rest.first else { return nil }
      let second = rest.dropFirst().prefix { isDigit($0) }
      let behind = rest.dropFirst(1 + second.count)
      if (1...2).contains(second.count), isSeparator(separator), behind.first == separator {
        let year = behind.dropFirst().prefix { isDigit($0) }
        return [2, 4].contains(year.count) ? .yearLast(separator: separator, isShort: year.count == 2) : nil
      }
      let month = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") }
      return TimestampReader.month(named: month) == nil ? nil : .named
    default: return nil
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
  }

  /// Whether the text is a number, decimals allowed.
  private static func isEpoch(_ text: ArraySlice<UInt8>) -> Bool {
    let rest = text.drop { isDigit($0) }
    return text.count - rest.count >= 6
      && (rest.isEmpty || rest.first == UInt8(ascii: ".") && rest.dropFirst().allSatisfy { isDigit($0) })
  }

  /// Whether digits begin with a year from 1800 to 2199, a month and a day.
  private static func isCompactDate(_ digits: ArraySlice<UInt8>) -> Bool {
    let number = digits.prefix(8).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return (1800...2199).contains(number / 10_000) && (1...12).contains(number / 100 % 100)
      && (1...31).contains(number % 100)
  }
}
