/// Reads the numbers of price files in all the ways they are written: with currency signs, commas between thousands or
/// for decimals, and K, M, B, T behind volumes.
enum CSVNumber {
  enum Reading: Equatable {
    case number(Double)
    /// The cell says that there is no value.
    case missing
    /// The cell holds something else.
    case text
  }

  /// The longest text that is taken for a number, in bytes.
  private static let lengthLimit = 64

  /// - Parameters:
  ///   - cell: A cell's text without quotes and spaces around it.
  ///   - allowsMultiple: Whether K, M, B or T may follow, for thousand to trillion.
  ///   - decimalComma: Whether the comma separates decimals and the point thousands.
  static func read(_ cell: UnsafeBufferPointer<UInt8>, allowsMultiple: Bool, decimalComma: Bool) -> Reading {
    if isMissing(cell) { return .missing }
    if cell.count > lengthLimit { return .text }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: lengthLimit + 4) { plain in
      var rest = cell[...]
      var length = 0
      func append(_ byte: UInt8) {
        plain[length] = byte
        length += 1
      }
      stripCurrency(&rest)
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        append(sign)
        rest.removeFirst()
        stripCurrency(&rest)
      }
      let power = allowsMultiple ? multiple(rest.last) : nil
      if power != nil { rest.removeLast() }
      guard copyDecimal(rest, decimalComma: decimalComma, append: append) else { return .text }
      if let power {
        // Into the exponent, so that 1.1M is the double nearest to 1100000 and not a rounded product.
        append(UInt8(ascii: "e"))
        if power > 9 { append(UInt8(ascii: "1")) }
        append(UInt8(ascii: "0") + power % 10)
      }
      append(0)
      guard let base = plain.baseAddress else { return .text }
      var value = Double.nan
      guard let end = DecimalText.scan(base, into: &value), end - UnsafePointer(base) == length - 1 else {
        return .text
      }
      return .number(value)
    }
  }

  /// Copies a number with a point for its decimals and nothing between its thousands.
  /// - Returns: whether every separator stands where it may.
  private static func copyDecimal(
    _ text: Slice<UnsafeBufferPointer<UInt8>>, decimalComma: Bool, append: (UInt8) -> Void
  ) -> Bool {
    let decimal = UInt8(ascii: decimalComma ? "," : ".")
    let thousands = UInt8(ascii: decimalComma ? "." : ",")
    var hasThousands = false
    var isBehindPoint = false
    var digits = 0
    for byte in text {
      switch byte {
      case thousands:
        // India writes 12,34,567.
        if isBehindPoint || !(hasThousands ? 2...3 : 1...3).contains(digits) { return false }
        hasThousands = true
        digits = 0
      case decimal:
        if isBehindPoint || hasThousands && digits != 3 { return false }
        isBehindPoint = true
        append(UInt8(ascii: "."))
      default:
        digits += 1
        append(byte)
      }
    }
    return !hasThousands || isBehindPoint || digits == 3
  }

  private static func multiple(_ last: UInt8?) -> UInt8? {
    switch last.map({ $0 | 0x20 }) {
    case UInt8(ascii: "k"): 3
    case UInt8(ascii: "m"): 6
    case UInt8(ascii: "b"): 9
    case UInt8(ascii: "t"): 12
    default: nil
    }
  }

  private static func isMissing(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    if cell.count > 4 { return false }
    let word = cell.reduce(UInt32(0)) { $0 << 8 | UInt32($1 | 0x20) }
    return cell.isEmpty || missingWords.contains(word)
  }

  /// The words for a missing value, one byte after the other in a number.
  private static let missingWords: [UInt32] = [
    "-", ".", "--", "na", "nan", "n/a", "null", "none", "#n/a", "n.a.", "nil",
  ].map { $0.utf8.reduce(0) { $0 << 8 | UInt32($1) } }

  private static func stripCurrency(_ text: inout Slice<UnsafeBufferPointer<UInt8>>) {
    for sign in currencySigns {
      if text.starts(with: sign) {
        text.removeFirst(sign.count)
        while let first = text.first, first == UInt8(ascii: " ") { text.removeFirst() }
        if text.starts(with: noBreakSpace) { text.removeFirst(2) }
        return
      }
      if text.count > sign.count, text.suffix(sign.count).elementsEqual(sign) {
        text.removeLast(sign.count)
        while let last = text.last, last == UInt8(ascii: " ") { text.removeLast() }
        if text.count > 2, text.suffix(2).elementsEqual(noBreakSpace) { text.removeLast(2) }
        return
      }
    }
  }

  private static let currencySigns = ["$", "€", "£", "¥", "₹"].map { Array($0.utf8) }
  private static let noBreakSpace: [UInt8] = [0xC2, 0xA0]

  /// What a comma in a number tells of its use.
  enum CommaReading: Equatable {
    /// Nothing: it has neither comma nor point.
    case none
    /// The point separates decimals.
    case point
    /// The comma separates decimals.
    case comma
    /// It may be read in both ways: `1,612`.
    case either
  }

  /// Tells from one number whether a comma separates decimals or thousands.
  static func commaReading(_ text: String) -> CommaReading {
    let digits = text.drop { !$0.isNumber && $0 != "," && $0 != "." }
    guard let comma = digits.lastIndex(of: ",") else {
      let points = digits.count { $0 == "." }
      return points == 0 ? .none : points == 1 ? .point : .comma
    }
    if let point = digits.lastIndex(of: ".") { return point > comma ? .point : .comma }
    if digits.count(where: { $0 == "," }) > 1 { return .point }
    let before = digits[..<comma]
    let after = digits[digits.index(after: comma)...].prefix { $0.isNumber }
    return after.count == 3 && (1...3).contains(before.count) && !before.hasPrefix("0") ? .either : .comma
  }
}
