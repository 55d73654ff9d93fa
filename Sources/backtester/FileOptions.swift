import ArgumentParser
import MarketData
import TradingModel

/// Options that say how a CSV file is read where it leaves that open.
struct FileOptions: ParsableArguments {
  @Flag(help: "Multiply prices by the file's adjusted close / close.")
  var adjust = false

  @Flag(help: "Sort rows that are in no order of time.")
  var sort = false

  @Option(help: "How dates like 3/4/2020 are meant, day-first or month-first.")
  var dateOrder: CSVOptions.DateOrder?

  @Flag(inversion: .prefixedNo, help: "Whether 1,612 means 1.612.")
  var decimalComma: Bool?

  @Option(
    parsing: .unconditional, help: "Divide prices by this number, above 0; LEAN's equity files need 10000.")
  var priceDivisor: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far the clock of times without an offset is ahead of UTC, e.g. -05:00 for New York in winter.",
      valueName: "±hh:mm"))
  var utcOffset: String?

  func validate() throws {
    if let priceDivisor, !(priceDivisor > 0 && priceDivisor.isFinite) {
      throw ValidationError("--price-divisor was \(priceDivisor); it must be a number above 0, for example 10000.")
    }
    _ = try utcOffset.map(Self.minutes)
  }

  /// The option that was given, for a sentence; `nil` when none was.
  var given: String? {
    adjust
      ? "--adjust"
      : sort
        ? "--sort"
        : dateOrder != nil
          ? "--date-order"
          : decimalComma != nil
            ? "--decimal-comma" : priceDivisor != nil ? "--price-divisor" : utcOffset != nil ? "--utc-offset" : nil
  }

  /// The importer's options, for one symbol of a file of several.
  func options(symbol: String?) throws -> CSVOptions {
    var options = CSVOptions()
    options.adjust = adjust
    options.sort = sort
    options.symbol = symbol
    options.dateOrder = dateOrder
    options.decimalComma = decimalComma
    options.priceDivisor = priceDivisor
    options.utcOffsetMinutes = try utcOffset.map(Self.minutes) ?? 0
    return options
  }

  /// Minutes of `-05:00`, `+0530`, `-5` or `Z`.
  private static func minutes(_ text: String) throws -> Int32 {
    if text.uppercased() == "Z" { return 0 }
    let refusal = ValidationError(
      "--utc-offset was \(text); it must be like -05:00 or +05:30, from -14:00 to +14:00.")
    let isNegative = text.hasPrefix("-")
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    let parts =
      digits.contains(":")
      ? digits.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      : digits.count == 4 ? [String(digits.prefix(2)), String(digits.suffix(2))] : [digits, "0"]
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isNumber) }),
      let hours = Int32(parts[0]), let rest = Int32(parts[1]), rest < 60, hours * 60 + rest <= 840
    else { throw refusal }
    return (isNegative ? -1 : 1) * (hours * 60 + rest)
  }
}
