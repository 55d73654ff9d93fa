/// The last run of a page, by the value it was sorted by and its id: the next page begins after it.
struct RunCursor: Equatable {
  var sort: RunSort
  var descending: Bool
  var value: SQLValue
  var id: RunID

  init(sort: RunSort, descending: Bool, value: SQLValue, id: RunID) {
    self.sort = sort
    self.descending = descending
    self.value = value
    self.id = id
  }

  /// The cursor as text: its parts in hexadecimal, joined by dots.
  var text: String {
    [sort.key, descending ? "d" : "a", value.text, id].map(Self.hex).joined(separator: ".")
  }

  /// Reads a cursor; `nil` when the text is none.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap(Self.unhex)
    guard parts.count == 4, parts[1] == "d" || parts[1] == "a" else { return nil }
    guard let sort = RunSort(key: parts[0]), let value = SQLValue(text: parts[2]) else { return nil }
    self.init(sort: sort, descending: parts[1] == "d", value: value, id: parts[3])
  }

  private static func hex(_ text: String) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: text.utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func unhex(_ text: Substring) -> String? {
    let digits = text.utf8.map { digit -> UInt8? in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension RunSort {
  private static let plain: [(sort: RunSort, key: String)] = [
    (.created, "created"), (.started, "started"), (.finished, "finished"), (.duration, "duration"), (.bars, "bars"),
    (.start, "start"), (.end, "end"), (.startingCapital, "starting_capital"), (.symbol, "symbol"),
    (.strategy, "strategy"), (.status, "status"), (.interval, "interval"),
  ]
  private static let metricPrefix = "metric:"

  /// A name for it.
  fileprivate var key: String {
    if case .metric(let name) = self { return Self.metricPrefix + name }
    return Self.plain.first { $0.sort == self }?.key ?? ""
  }

  fileprivate init?(key: String) {
    if let sort = Self.plain.first(where: { $0.key == key })?.sort {
      self = sort
    } else if key.hasPrefix(Self.metricPrefix) {
      self = .metric(String(key.dropFirst(Self.metricPrefix.count)))
    } else {
      return nil
    }
  }
}
