/// What the first lines of a file tell: delimiter, header and columns.
struct CSVLayout {
  var delimiter: UInt8
  /// The columns' names as the header has them; those of the fields where there is no header.
  var names: [String]
  /// What each column holds.
  var fields: [CSVField]
  /// The line of the header, counted from 1; `nil` when there is none.
  var headerLine: Int?
  /// The first line that may hold a row, counted from 1.
  var firstRowLine: Int
  /// The program or vendor whose format this is; `nil` when many write it.
  var dialect: String?
  /// Lines of text in front of the header.
  var preamble: [String] = []
  /// The symbol that the header names.
  var symbol: String?
  /// The name of the adjusted close's column, whether it is used or not.
  var adjustedCloseName: String?
  /// Whether commas separate decimals.
  var decimalComma = false

  static let delimiters = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
  /// Lines in which a header is looked for.
  static let headerSearch = 10
  /// Lines that are looked at before the first row is read.
  static let peekedLines = 64

  /// The name of a column in messages; its number where the header leaves it empty.
  func columnName(_ column: Int) -> String {
    column < names.count && !names[column].isEmpty ? names[column] : "\(column + 1)"
  }

  func columnName(_ field: CSVField) -> String {
    fields.firstIndex(of: field).map { columnName($0) } ?? field.name
  }

  /// Finds the layout in the first lines of a file.
  ///
  /// - Throws: ``CSVError`` when there is no header and no row of prices, or the header does not tell what is needed.
  static func detect(_ lines: [[UInt8]], file: String, options: CSVOptions) throws(CSVError) -> CSVLayout {
    let written = lines.indices.filter { isWritten(lines[$0]) }
    let candidates = written.filter { lines[$0].first != UInt8(ascii: "#") }
    guard let first = candidates.first else { throw .empty(file: file) }
    for index in candidates.prefix(headerSearch) {
      guard let header = CSVHeader.best(lines[index]) else { continue }
      var layout = try header.layout(at: index, in: lines, file: file, options: options)
      layout.preamble = written.filter { $0 < index }.compactMap { above in
        // The line of symbols above yfinance's header is not a preamble.
        above >= index - 1 && layout.symbol != nil && layout.headerLine == index ? nil : text(lines[above])
      }
      try layout.decideComma(lines, file: file, options: options)
      return layout
    }
    guard var layout = try headerless(lines[first], line: first + 1, file: file) else {
      throw .noHeader(file: file, line: first + 1, text: text(lines[first]))
    }
    if options.adjust { throw .noAdjustedClose(file: file, columns: layout.names) }
    layout.preamble = written.filter { $0 < first }.map { text(lines[$0]) }
    try layout.decideComma(lines, file: file, options: options)
    return layout
  }

  private static func isWritten(_ line: [UInt8]) -> Bool {
    line.contains { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
  }

  private static func text(_ line: [UInt8]) -> String { String(decoding: line.prefix(400), as: UTF8.self) }

  /// The layout of a file whose first line is a row.
  private static func headerless(_ line: [UInt8], line number: Int, file: String) throws(CSVError) -> CSVLayout? {
    for delimiter in delimiters {
      guard var cells = CSVCell.split(line, delimiter: delimiter), cells.count > 4 else { continue }
      if cells.last == "" { cells.removeLast() }
      guard let form = TimestampForm.detect(cells[0], allowsSmallEpoch: false) else { continue }
      let hasClock = form != .epoch && cells[1].contains(":")
      let prices = hasClock ? 2 : 1
      guard cells.count >= prices + 4, cells[prices..<prices + 4].allSatisfy(isNumber) else { continue }
      var fields: [CSVField] = hasClock ? [.date, .clock] : [.date]
      fields += [.open, .high, .low, .close]
      switch (cells.count - prices, form) {
      case (4, _): break
      case (5, _): fields.append(.volume)
      case (6, .epoch), (11, .epoch):
        fields.append(.volume)
        fields += Array(repeating: .ignored, count: cells.count - fields.count)
      default: throw .unknownCells(file: file, line: number, cells: cells.count)
      }
      let names = fields.enumerated().map { $1 == .ignored ? "\($0 + 1)" : $1.name }
      var dialect: String?
      switch form {
      case .yearFirst where hasClock && cells[0].contains("."): dialect = "MetaTrader 4"
      case .compact where delimiter == UInt8(ascii: ";"): dialect = "histdata.com"
      case .epoch where cells.count == 12: dialect = "Binance"
      case .epoch where cells.count == 7: dialect = "Kraken"
      default: break
      }
      return CSVLayout(
        delimiter: delimiter, names: names, fields: fields, headerLine: nil, firstRowLine: number, dialect: dialect)
    }
    return nil
  }

  private static func isNumber(_ cell: String) -> Bool {
    var cell = cell
    return cell.withUTF8 {
      CSVNumber.read($0, allowsMultiple: false, decimalComma: $0.contains(UInt8(ascii: ","))) != .text
    }
  }

  /// Decides by the first rows what a comma in a number means.
  private mutating func decideComma(_ lines: [[UInt8]], file: String, options: CSVOptions) throws(CSVError) {
    if let decided = options.decimalComma {
      decimalComma = decided
      return
    }
    let prices = fields.indices.filter { [.open, .high, .low, .close, .adjustedClose].contains(fields[$0]) }
    var doubtful: CSVError?
    for index in lines.indices.dropFirst(firstRowLine - 1) {
      guard let cells = CSVCell.split(lines[index], delimiter: delimiter) else { continue }
      for column in prices where column < cells.count {
        switch CSVNumber.commaReading(cells[column]) {
        case .none: break
        case .point: return
        case .comma:
          decimalComma = true
          return
        case .either:
          doubtful =
            doubtful
            ?? .ambiguousComma(file: file, line: index + 1, column: columnName(column), text: cells[column])
        }
      }
    }
    if let doubtful { throw doubtful }
  }
}
