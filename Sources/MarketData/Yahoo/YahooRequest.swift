/// One chart request.
struct YahooRequest: Sendable, Equatable {
  let symbol: String
  let interval: BarInterval
  /// First and last second asked for, epoch seconds; Yahoo includes a bar stamped exactly `end`.
  let start: Int64
  let end: Int64
  let extendedHours: Bool

  /// Yahoo refuses ranges of more than 100 years.
  static let longestRange: Int64 = 3_122_064_000

  /// The request's path and query.
  var target: String {
    "/v8/finance/chart/\(Self.encoded(symbol))?period1=\(start)&period2=\(end)&interval=\(interval.rawValue)"
      + "&events=div%2Csplits%2CcapitalGains&includePrePost=\(extendedHours)"
  }

  /// The symbol as Yahoo writes it: trimmed and in capitals.
  ///
  /// - Throws: ``MarketDataError/invalidSymbol(_:)`` for signs that no symbol has.
  static func symbol(_ text: String) throws(MarketDataError) -> String {
    let symbol = text.trimmed.uppercased()
    let signs = Array("^=.-&$_!".utf8)
    let isPlain = symbol.utf8.allSatisfy { byte in
      byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || signs.contains(byte)
    }
    guard isPlain, symbol.utf8.count <= 32, symbol.utf8.contains(where: { $0 >= 48 && !signs.contains($0) }) else {
      throw .invalidSymbol(text)
    }
    return symbol
  }

  /// Percent-encodes a path segment: all but letters, digits and `-._~`.
  static func encoded(_ segment: String) -> String {
    let digits = Array("0123456789ABCDEF".unicodeScalars)
    var result = ""
    for byte in segment.utf8 {
      let isPlain =
        byte >= 48 && byte <= 57 || (byte | 32) >= 97 && (byte | 32) <= 122 || "-._~".utf8.contains(byte)
      if isPlain {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += "%"
        result.unicodeScalars.append(digits[Int(byte >> 4)])
        result.unicodeScalars.append(digits[Int(byte & 15)])
      }
    }
    return result
  }

  /// The requests that a range takes, oldest first.
  static func chunks(
    symbol: String, interval: BarInterval, start: Int64, end: Int64, extendedHours: Bool
  ) -> [YahooRequest] {
    var requests: [YahooRequest] = []
    let step = interval.requestDays.map { $0 * 86_400 } ?? Int64.max
    var chunkStart = start
    repeat {
      let chunkEnd = end - chunkStart > step ? chunkStart + step : end
      requests.append(
        YahooRequest(
          symbol: symbol, interval: interval, start: chunkStart, end: chunkEnd, extendedHours: extendedHours))
      chunkStart = chunkEnd
    } while chunkStart < end
    return requests
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
