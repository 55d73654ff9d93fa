/// A line of column names.
struct CSVHeader {
  private let delimiter: UInt8
  private var names: [String]

  /// The line as a header, cut by the delimiter that gives most known names.
  /// - Returns: `nil` when the line is no header: it names fewer than two prices, or only one and no date.
  static func best(_ line: [UInt8]) -> CSVHeader? {
    var best: (header: CSVHeader, score: Int)?
    for delimiter in CSVLayout.delimiters {
      guard var names = CSVCell.split(line, delimiter: delimiter), names.count > 1 else { continue }
      // A delimiter at the end of the line opens no column.
      while names.count > 1, names.last == "" { names.removeLast() }
      let known = Set(names.compactMap { name in knownFields[CSVField.normalize(name)]?.field })
      let prices = known.intersection([.open, .high, .low, .close]).count
      guard prices >= 2 || (prices == 1 && known.contains(.date)) else { continue }
      if known.count > best?.score ?? 0 { best = (CSVHeader(delimiter: delimiter, names: names), known.count) }
    }
    return best?.header
  }

  /// Every known name with its field and its rank among the field's names.
  private static let knownFields: [String: (field: CSVField, rank: Int)] = Dictionary(
    CSVField.knownNames.flatMap { field, names in
      names.enumerated().map { rank, name in (name, (field, rank)) }
    }, uniquingKeysWith: { first, _ in first })

  /// Says what each column holds.
  ///
  /// - Parameters:
  ///   - index: The header's place among `lines`, the first lines of the file.
  func layout(
    at index: Int, in lines: [[UInt8]], file: String, options: CSVOptions
  ) throws(CSVError) -> CSVLayout {
    let block = HeaderBlock(names: names, delimiter: delimiter, at: index, in: lines)
    var names = names
    // Whatever the index is called, it is the first column.
    if let dateName = block?.dateName {
      names[0] = Self.knownFields[CSVField.normalize(dateName)]?.field == .date ? dateName : ""
    }
    let columns = try block?.columns(of: options.symbol, file: file) ?? Array(names.indices)
    var fields = Array(repeating: CSVField.ignored, count: names.count)
    var adjustedCloseName: String?
    for field in [CSVField.date, .open, .high, .low, .close, .volume, .adjustedClose, .symbol] {
      guard let column = try column(of: field, names: names, among: columns, line: index + 1, file: file) else {
        if [.date, .open, .high, .low, .close].contains(field) {
          throw .missingColumn(file: file, line: index + 1, field: field.name, columns: names)
        }
        continue
      }
      if field == .adjustedClose {
        adjustedCloseName = names[column]
        if !options.adjust { continue }
      }
      fields[column] = field
    }
    if options.adjust, adjustedCloseName == nil { throw .noAdjustedClose(file: file, columns: names) }
    let normalized = names.map(CSVField.normalize)
    if let date = fields.firstIndex(of: .date), ["date", "day", "tradedate"].contains(normalized[date]),
      let clock = normalized.firstIndex(of: "time")
    {
      fields[clock] = .clock
    }
    if let volume = fields.firstIndex(of: .volume), !normalized[volume].hasPrefix("tick"),
      let ticks = normalized.firstIndex(where: { $0 == "tickvol" || $0 == "tickvolume" })
    {
      fields[ticks] = .tickVolume
    }
    var layout = CSVLayout(
      delimiter: delimiter, names: names, fields: fields, headerLine: index + 1,
      firstRowLine: (block?.lastLine ?? index) + 2, dialect: Self.dialect(names, block: block))
    layout.symbol = block?.symbol(of: options.symbol)
    layout.adjustedCloseName = adjustedCloseName
    return layout
  }

  private func column(
    of field: CSVField, names: [String], among columns: [Int], line: Int, file: String
  ) throws(CSVError) -> Int? {
    var best: (column: Int, rank: Int)?
    for column in columns {
      var rank: Int?
      if let known = Self.knownFields[CSVField.normalize(names[column])], known.field == field { rank = known.rank }
      // pandas leaves the index without a name, or calls it so when it writes it twice.
      if field == .date, column == 0, names[0].isEmpty || names[0] == "Unnamed: 0" { rank = 1000 }
      guard let rank, rank <= best?.rank ?? .max else { continue }
      if let best, best.rank == rank, field != .symbol {
        throw .ambiguousColumn(
          file: file, line: line, field: field.name, first: "column \(best.column + 1) (\(names[best.column]))",
          second: "column \(column + 1) (\(names[column]))")
      }
      best = (column, rank)
    }
    if best == nil, field == .volume { return currencyVolume(names: names, among: columns) }
    return best?.column
  }

  /// The first of the columns `Volume BTC`, `Volume USDT` of files that name a symbol: the volume in its base currency.
  /// In others, `Volume MA` and the like are averages.
  private func currencyVolume(names: [String], among columns: [Int]) -> Int? {
    guard names.contains(where: { Self.knownFields[CSVField.normalize($0)]?.field == .symbol }) else { return nil }
    return columns.first { column in
      let name = CSVField.normalize(names[column])
      return name.hasPrefix("volume") && (3...5).contains(name.count - 6)
    }
  }

  private static func dialect(_ names: [String], block: HeaderBlock?) -> String? {
    if block != nil { return "yfinance" }
    let normalized = Set(names.map(CSVField.normalize))
    func has(_ names: String...) -> Bool { normalized.isSuperset(of: names) }
    if names[0].hasPrefix("<") { return has("tickvol") ? "MetaTrader 5" : has("ticker") ? "Stooq" : nil }
    if has("closelast") { return "Nasdaq.com" }
    if has("price", "vol", "change") { return "Investing.com" }
    if has("opentime", "closetime") { return "Binance" }
    if has("gmttime") || has("localtime") { return "Dukascopy" }
    if has("dividends", "stocksplits") { return "yfinance" }
    if has("adjclose", "divcash", "splitfactor") { return "Tiingo" }
    if has("last", "change") || has("latest", "change") { return "Barchart" }
    return nil
  }
}
