internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A zone of the IANA database, by whose rules an exchange's clock runs.
///
/// The rules are read from the system's zone files, not through Foundation, whose zones would bring in its whole
/// internationalisation library.
struct ExchangeTimeZone: Sendable, Equatable {
  /// The IANA name, e.g. `America/New_York`.
  let identifier: String
  private let file: TZifFile?

  /// UTC; needs no zone files.
  static let utc = ExchangeTimeZone(identifier: "UTC", file: nil)

  private init(identifier: String, file: TZifFile?) {
    self.identifier = identifier
    self.file = file
  }

  /// Looks a zone up.
  ///
  /// - Parameter directories: Where the zone files lie, first match wins.
  /// - Throws: ``MarketDataError/timeZoneUnknown(_:)`` when no file of that name is there or it is not sound.
  init(identifier: String, directories: [String] = Self.systemDirectories) throws(MarketDataError) {
    if ["UTC", "GMT", "Etc/UTC", "Etc/GMT"].contains(identifier) {
      self.init(identifier: identifier, file: nil)
      return
    }
    guard Self.isName(identifier) else { throw .timeZoneUnknown(identifier) }
    let known = Self.loaded.withLock { $0["\(directories)/\(identifier)"] }
    if let known {
      self.init(identifier: identifier, file: known)
      return
    }
    for directory in directories {
      guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(identifier)")),
        bytes.count < 1 << 20, let file = TZifFile(Array(bytes))
      else { continue }
      Self.loaded.withLock { $0["\(directories)/\(identifier)"] = file }
      self.init(identifier: identifier, file: file)
      return
    }
    throw .timeZoneUnknown(identifier)
  }

  /// Linux, then macOS.
  static let systemDirectories = ["/usr/share/zoneinfo", "/var/db/timezone/zoneinfo", "/usr/lib/zoneinfo"]

  private static let loaded = Mutex<[String: TZifFile]>([:])

  /// Names come from a server: letters, digits and a few signs, and no way out of the directory.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix("/")
      && text.utf8.allSatisfy { byte in
        (byte | 32) >= UInt8(ascii: "a") && (byte | 32) <= UInt8(ascii: "z") || byte >= 48 && byte <= 57
          || "/_+-".utf8.contains(byte)
      }
  }

  /// Seconds east of UTC at an instant, epoch seconds.
  func offset(at time: Int64) -> Int64 { Int64(file?.offset(at: time) ?? 0) }

  /// What the exchange's clock shows at an instant, as epoch seconds of a clock that shows UTC.
  func wallClock(at time: Int64) -> Int64 { time + offset(at: time) }

  /// The date, as a day number, at an instant.
  func day(at time: Int64) -> Int64 { Day.floorDivision(wallClock(at: time), 86_400) }

  /// The instant at which the clock shows `wall`: the earlier one where it does so twice, and where it never does
  /// (the hour is skipped) the instant of the skip.
  func instant(ofWallClock wall: Int64) -> Int64 {
    let before = offset(at: wall - 86_400 * 2)
    let after = offset(at: wall + 86_400 * 2)
    let candidates = [wall - max(before, after), wall - min(before, after)]
    if let match = candidates.first(where: { wallClock(at: $0) == wall }) { return match }
    // Skipped, or an offset in force for less than four days: the first instant that shows `wall` or later.
    var low = wall - 86_400 * 2
    var high = wall + 86_400 * 2
    while low < high {
      let middle = low + (high - low) / 2
      if wallClock(at: middle) >= wall { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The instant at which a day begins.
  func start(ofDay day: Int64) -> Int64 { instant(ofWallClock: day * 86_400) }
}

extension ExchangeTimeZone {
  /// The zone a symbol most likely trades in, by Yahoo's suffixes, for a first request made before any reply said.
  ///
  /// A wrong guess costs one more request, never a wrong bar.
  static func guess(forSymbol symbol: String) -> String {
    if symbol.hasSuffix("=X") { return "Europe/London" }
    if symbol.hasSuffix("=F") || symbol.hasPrefix("^") { return "America/New_York" }
    if let dot = symbol.lastIndex(of: "."), let zone = zoneBySuffix[String(symbol[symbol.index(after: dot)...])] {
      return zone
    }
    let quote = symbol.split(separator: "-").last.map(String.init) ?? ""
    if symbol.contains("-"), ["USD", "EUR", "GBP", "JPY", "BTC", "USDT", "CAD", "AUD"].contains(quote) { return "UTC" }
    return "America/New_York"
  }

  private static let zoneBySuffix: [String: String] = [
    "L": "Europe/London", "IL": "Europe/London", "DE": "Europe/Berlin", "F": "Europe/Berlin", "BE": "Europe/Berlin",
    "MU": "Europe/Berlin", "SG": "Europe/Berlin", "DU": "Europe/Berlin", "HM": "Europe/Berlin", "PA": "Europe/Paris",
    "AS": "Europe/Amsterdam", "BR": "Europe/Brussels", "MI": "Europe/Rome", "MC": "Europe/Madrid",
    "LS": "Europe/Lisbon", "SW": "Europe/Zurich", "VI": "Europe/Vienna", "ST": "Europe/Stockholm",
    "CO": "Europe/Copenhagen", "OL": "Europe/Oslo", "HE": "Europe/Helsinki", "IR": "Europe/Dublin",
    "AT": "Europe/Athens", "WA": "Europe/Warsaw", "PR": "Europe/Prague", "BD": "Europe/Budapest",
    "IS": "Europe/Istanbul", "TO": "America/Toronto", "V": "America/Toronto", "CN": "America/Toronto",
    "NE": "America/Toronto", "MX": "America/Mexico_City", "SA": "America/Sao_Paulo",
    "BA": "America/Argentina/Buenos_Aires", "SN": "America/Santiago", "T": "Asia/Tokyo", "HK": "Asia/Hong_Kong",
    "SS": "Asia/Shanghai", "SZ": "Asia/Shanghai", "TW": "Asia/Taipei", "TWO": "Asia/Taipei", "KS": "Asia/Seoul",
    "KQ": "Asia/Seoul", "SI": "Asia/Singapore", "KL": "Asia/Kuala_Lumpur", "BK": "Asia/Bangkok",
    "JK": "Asia/Jakarta", "NS": "Asia/Kolkata", "BO": "Asia/Kolkata", "AX": "Australia/Sydney",
    "NZ": "Pacific/Auckland", "TA": "Asia/Jerusalem", "SR": "Asia/Riyadh", "QA": "Asia/Qatar",
    "JO": "Africa/Johannesburg",
    "CA": "Africa/Cairo",
  ]
}
