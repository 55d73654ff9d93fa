/// Reads the rows of a file into columns.
struct CSVRowReader: ~Copyable {
  private let file: String
  private let layout: CSVLayout
  private let options: CSVOptions
  private var table = CSVTable()
  /// Reads the times, in the form that the first row gave.
  private(set) var timestamps = TimestampReader(form: .epoch)
  private var knowsForm = false
  /// Rows that wait to be added to the table, one block for each column.
  private let waiting: UnsafeMutablePointer<Double>
  private let waitingTimes: UnsafeMutablePointer<Int64>
  private var waitingCount = 0
  private static let waitingLimit = 256
  private var lastTime = Int64.min
  private var lastLine = 0
  /// The most rows that room is made for before they are seen; a file of 1 GB has about 17 million.
  private static let reserveLimit = 20_000_000.0

  private let columnCount: Int
  private let fields: UnsafeMutablePointer<CSVField>
  /// The numbers of the row that is being read, by ``CSVField/rawValue``.
  private let numbers: UnsafeMutablePointer<Double>
  private let hasTickVolume: Bool
  private let hasVolume: Bool
  /// Whether the layout lets ``readPlain(_:)`` read rows.
  private let mayBePlain: Bool
  /// The bytes of the last row's symbol, and whether its rows are read.
  private var lastSymbol: [UInt8]?
  private var isChosen = true

  init(file: String, layout: CSVLayout, options: CSVOptions) {
    self.file = file
    self.layout = layout
    self.options = options
    columnCount = layout.fields.count
    fields = .allocate(capacity: columnCount)
    fields.initialize(from: layout.fields, count: columnCount)
    numbers = .allocate(capacity: CSVField.numberCount)
    numbers.initialize(repeating: .nan, count: CSVField.numberCount)
    waiting = .allocate(capacity: 6 * Self.waitingLimit)
    waiting.initialize(repeating: 0, count: 6 * Self.waitingLimit)
    waitingTimes = .allocate(capacity: Self.waitingLimit)
    waitingTimes.initialize(repeating: 0, count: Self.waitingLimit)
    hasVolume = layout.fields.contains(.volume)
    mayBePlain = !layout.decimalComma && !layout.fields.contains(.clock)
    hasTickVolume = layout.fields.contains(.tickVolume)
  }

  deinit {
    fields.deallocate()
    numbers.deallocate()
    waiting.deallocate()
    waitingTimes.deallocate()
  }

  /// What one pass over a line finds.
  private struct Row {
    var date: CSVCell?
    var clock: CSVCell?
    var symbol: CSVCell?
    /// Bit `1 << field.rawValue` for each number that is missing.
    var missing: UInt16 = 0
    /// The first cell that should hold a number and does not, and its column.
    var fault: (column: Int, cell: CSVCell)?
    /// Whether a cell behind the last column holds something.
    var hasSurplus = false
    var cells = 0

    static let prices: UInt16 = 0b1111
    static let adjustedClose = UInt16(1) << UInt16(CSVField.adjustedClose.rawValue)
  }

  /// Reads all lines from the first row's on.
  mutating func read(_ reader: inout LineReader) throws(CSVError) {
    while let line = try reader.next() {
      if reader.lineNumber < layout.firstRowLine { continue }
      if line.start == line.end {
        table.blankLines += 1
        continue
      }
      if !line.isTerminated { table.endsWithNewline = false }
      try read(line, number: reader.lineNumber)
      if waitingCount == Self.waitingLimit {
        if table.count == 0 { reserve(reader) }
        flush()
      }
    }
    flush()
  }

  /// The rows, which the reader then no longer has: columns that two hold would be copied when one changes them.
  mutating func takeTable() -> CSVTable {
    let taken = table
    table = CSVTable()
    return taken
  }

  /// Makes room for the rows that the size of the first ones lets expect, and a little more, so that arrays need not grow.
  private mutating func reserve(_ reader: borrowing LineReader) {
    guard let bytes = reader.expectedBytes, reader.bytesConsumed > 0 else { return }
    let rows = Double(bytes) / Double(reader.bytesConsumed) * Double(waitingCount) * 1.03
    table.reserve(Int(min(rows, Self.reserveLimit)) + Self.waitingLimit, hasTickVolume: hasTickVolume)
  }

  /// Rows so far.
  private var count: Int { table.count + waitingCount }

  private mutating func read(_ line: LineReader.Line, number: Int) throws(CSVError) {
    if mayBePlain, line.isTerminated, timestamps.takesPlainTimes, let time = readPlain(line) {
      return try append(time: timestamps.take(time), line: number)
    }
    let row = try scan(line, number: number)
    // A file that is cut off behind a delimiter has an empty last cell, not one cell less.
    let endsInDelimiter =
      !line.isTerminated && row.cells == columnCount && line.end[-1] == layout.delimiter
      && fields[columnCount - 1] != .ignored
    if row.cells < columnCount || row.hasSurplus || endsInDelimiter {
      try judgeCells(row, line, number: number)
      return
    }
    if let symbol = row.symbol, try !isRead(symbol, line: number) {
      table.otherSymbolRows += 1
      return
    }
    if row.missing & Row.prices == Row.prices, isBlank(line) {
      table.blankLines += 1
      return
    }
    let time = try time(of: row, line: number)
    if row.missing & Row.prices == Row.prices, row.fault == nil {
      table.skippedLines.append(number)
      return
    }
    if let fault = row.fault {
      throw .notANumber(file: file, line: number, column: layout.columnName(fault.column), text: fault.cell.text)
    }
    if row.missing & (Row.prices | Row.adjustedClose) != 0 { throw missingPrice(row, line, number: number) }
    try append(time: time, line: number)
  }

  /// Reads a row whose cells are all plain: numbers of digits, times such as 2020-12-31 14:30:00, no quotes. Most files
  /// have no others.
  /// - Returns: `nil` when the row needs the careful way; nothing has been noted of it then.
  @inline(__always)
  private mutating func readPlain(_ line: LineReader.Line) -> TimestampReader.PlainTime? {
    let end = line.end
    let delimiter = layout.delimiter
    var position = line.start
    var time: TimestampReader.PlainTime?
    var column = 0
    while true {
      let field = fields[column]
      if field.rawValue < CSVField.numberCount {
        guard let behind = DecimalText.scan(position, into: &numbers[Int(field.rawValue)]) else { return nil }
        position = behind
      } else if field == .ignored {
        while position < end, position.pointee != delimiter {
          if position.pointee == UInt8(ascii: "\"") { return nil }
          position += 1
        }
      } else if field == .symbol {
        guard let behind = lastSymbol(at: position, end: end) else { return nil }
        position = behind
      } else {
        guard field == .date, let found = timestamps.plainTime(at: position) else { return nil }
        time = found
        position = found.next
      }
      column &+= 1
      if position == end { return column == columnCount ? time : nil }
      if position.pointee != delimiter || column == columnCount { return nil }
      position += 1
    }
  }

  /// Goes over a line once: reads its numbers, finds its other cells.
  private mutating func scan(_ line: LineReader.Line, number: Int) throws(CSVError) -> Row {
    var row = Row()
    var position = line.start
    var column = 0
    let end = line.end
    let delimiter = layout.delimiter
    let takesPlainNumbers = !layout.decimalComma
    while true {
      let field = column < columnCount ? fields[column] : .ignored
      if field.rawValue < CSVField.numberCount, takesPlainNumbers,
        let behind = DecimalText.scan(position, into: &numbers[Int(field.rawValue)]),
        behind == end || behind.pointee == delimiter
      {
        position = behind
      } else {
        guard let cell = CSVCell.find(position, lineEnd: end, delimiter: delimiter) else {
          throw .brokenQuote(file: file, line: number, column: layout.columnName(column))
        }
        switch field {
        case .date: row.date = cell
        case .clock: row.clock = cell
        case .symbol: row.symbol = cell
        case .ignored: if column >= columnCount, cell.start < cell.end { row.hasSurplus = true }
        default: readNumber(cell, field, column: column, into: &row)
        }
        position = cell.next
      }
      column += 1
      if position == end { break }
      position += 1
    }
    row.cells = column
    return row
  }

  /// Reads a number that is not plain digits.
  @inline(never)
  private func readNumber(_ cell: CSVCell, _ field: CSVField, column: Int, into row: inout Row) {
    // Plain digits within quotes.
    if !layout.decimalComma, DecimalText.scan(cell.start, into: &numbers[Int(field.rawValue)]) == cell.end { return }
    let isVolume = field == .volume || field == .tickVolume
    switch CSVNumber.read(cell.bytes, allowsMultiple: isVolume, decimalComma: layout.decimalComma) {
    case .number(let value): numbers[Int(field.rawValue)] = value
    case .missing:
      numbers[Int(field.rawValue)] = .nan
      row.missing |= 1 << UInt16(field.rawValue)
    case .text:
      if row.fault == nil { row.fault = (column, cell) }
    }
  }

  private mutating func append(time: Int64, line: Int) throws(CSVError) {
    var open = numbers[0]
    var high = numbers[1]
    var low = numbers[2]
    var close = numbers[3]
    if let divisor = options.priceDivisor {
      open /= divisor
      high /= divisor
      low /= divisor
      close /= divisor
    }
    if options.adjust {
      let adjusted = numbers[Int(CSVField.adjustedClose.rawValue)] / (options.priceDivisor ?? 1)
      for (field, value) in [(CSVField.close, close), (.adjustedClose, adjusted)]
      where !(value > 0 && value < .infinity) {
        throw .cannotAdjust(file: file, line: line, column: layout.columnName(field), value: value)
      }
      let ratio = adjusted / close
      open *= ratio
      high *= ratio
      low *= ratio
      close = adjusted
    }
    // The order is judged when all rows are known; but two equal rows in a row are never right, and a source that repeats
    // one line for ever would not come to an end.
    if time == lastTime, timestamps.isFinal, options.utcOffsetMinutes == 0 {
      throw .duplicateTime(file: file, line: line, otherLine: lastLine, time: time)
    }
    lastTime = time
    lastLine = line
    if count >= options.rowLimit { throw .tooManyRows(file: file, limit: options.rowLimit) }
    waitingTimes[waitingCount] = time
    waiting[waitingCount] = open
    waiting[waitingCount + Self.waitingLimit] = high
    waiting[waitingCount + Self.waitingLimit * 2] = low
    waiting[waitingCount + Self.waitingLimit * 3] = close
    waiting[waitingCount + Self.waitingLimit * 4] = hasVolume ? numbers[4] : .nan
    waiting[waitingCount + Self.waitingLimit * 5] = numbers[6]
    waitingCount += 1
    table.lines.append(line: line)
  }

  /// Adds the waiting rows to the table.
  private mutating func flush() {
    func block(_ column: Int) -> UnsafeBufferPointer<Double> {
      UnsafeBufferPointer(start: waiting + column * Self.waitingLimit, count: waitingCount)
    }
    table.times.append(contentsOf: UnsafeBufferPointer(start: waitingTimes, count: waitingCount))
    table.open.append(contentsOf: block(0))
    table.high.append(contentsOf: block(1))
    table.low.append(contentsOf: block(2))
    table.close.append(contentsOf: block(3))
    table.volume.append(contentsOf: block(4))
    if hasTickVolume { table.tickVolume.append(contentsOf: block(5)) }
    waitingCount = 0
  }

  // MARK: Times

  private mutating func time(of row: Row, line: Int) throws(CSVError) -> Int64 {
    guard let date = row.date else { return 0 }
    if !knowsForm {
      timestamps = try firstTimestamps(date, clock: row.clock, line: line)
      knowsForm = true
    }
    if let time = timestamps.read(date, clock: row.clock, row: count, line: line) { return time }
    throw timeFailure(date, clock: row.clock, line: line)
  }

  private func firstTimestamps(_ date: CSVCell, clock: CSVCell?, line: Int) throws(CSVError) -> TimestampReader {
    let column = layout.columnName(.date)
    // An index without a name may be the numbers 0, 1, 2: those are no times.
    let isNamed = layout.headerLine != nil && column.contains { $0.isLetter }
    guard let form = TimestampForm.detect(date.text, allowsSmallEpoch: isNamed) else {
      throw .notADate(file: file, line: line, column: column, text: date.text, form: nil)
    }
    if case .yearLast(_, isShort: true) = form, options.dateOrder == nil {
      throw .shortYear(file: file, line: line, column: column, text: date.text)
    }
    // LEAN writes 20000621 00:00 and prices in ten-thousandths, all of them whole numbers.
    if form == .compact, layout.headerLine == nil, options.priceDivisor == nil, date.bytes.contains(UInt8(ascii: ":")),
      (0..<4).allSatisfy({ numbers[$0] == numbers[$0].rounded() && numbers[$0] >= 1000 })
    {
      throw .scaledPrices(file: file, line: line, text: date.text)
    }
    return TimestampReader(form: form)
  }

  private func timeFailure(_ date: CSVCell, clock: CSVCell?, line: Int) -> CSVError {
    let text = clock.map { "\(date.text) \($0.text)" } ?? date.text
    let column =
      clock == nil ? layout.columnName(.date) : "\(layout.columnName(.date)) and \(layout.columnName(.clock))"
    switch timestamps.failure {
    case .offsetAppeared, .offsetMissing:
      return .mixedOffsets(
        file: file, line: line, column: column, text: text, hasOffset: timestamps.failure == .offsetAppeared)
    case .notADate:
      let isFirst = count == 0 && table.skippedLines.isEmpty
      return .notADate(
        file: file, line: line, column: column, text: text,
        form: isFirst ? nil : timestamps.form.pattern(options.dateOrder))
    }
  }

  // MARK: Symbols

  /// The byte behind the last row's symbol, if it stands at `position` and its rows are read.
  @inline(__always)
  private func lastSymbol(
    at position: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    guard isChosen, let lastSymbol, end - position >= lastSymbol.count else { return nil }
    for offset in lastSymbol.indices where position[offset] != lastSymbol[offset] { return nil }
    return position + lastSymbol.count
  }

  /// Whether the rows of a symbol are read.
  private mutating func isRead(_ symbol: CSVCell, line: Int) throws(CSVError) -> Bool {
    if let lastSymbol, lastSymbol.elementsEqual(symbol.bytes) { return isChosen }
    let name = symbol.text
    lastSymbol = Array(symbol.bytes)
    if !table.symbols.contains(name), table.symbols.count < 100 { table.symbols.append(name) }
    if let chosen = options.symbol {
      isChosen = name.lowercased() == chosen.lowercased()
    } else if table.symbols.count > 1 {
      throw .severalSymbols(file: file, line: line, symbols: table.symbols)
    }
    return isChosen
  }

  // MARK: Faulty rows

  /// Whether a line holds nothing but delimiters, spaces and quotes.
  private func isBlank(_ line: LineReader.Line) -> Bool {
    UnsafeBufferPointer(start: line.start, count: line.end - line.start).allSatisfy {
      $0 == layout.delimiter || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\"")
    }
  }

  /// Says what is wrong with a row that has too few or too many cells, unless it is blank or the vendor's footer.
  private mutating func judgeCells(_ row: Row, _ line: LineReader.Line, number: Int) throws(CSVError) {
    if isBlank(line) {
      table.blankLines += 1
      return
    }
    let text = String(
      decoding: UnsafeBufferPointer(start: line.start, count: min(line.end - line.start, 200)), as: UTF8.self)
    if row.cells == 1, text.drop(while: { $0 == "\"" }).hasPrefix("Downloaded from") {
      table.footer = text
      return
    }
    if row.hasSurplus {
      throw .tooManyCells(file: file, line: number, cells: row.cells, expected: columnCount)
    }
    let whole = min(row.cells, columnCount - 1)
    throw .tooFewCells(
      file: file, line: number, cells: whole, expected: columnCount, missing: layout.columnName(whole),
      isTorn: !line.isTerminated)
  }

  private func missingPrice(_ row: Row, _ line: LineReader.Line, number: Int) -> CSVError {
    let prices: [CSVField] = [.open, .high, .low, .close, .adjustedClose]
    let field = prices.first { row.missing & 1 << UInt16($0.rawValue) != 0 } ?? .close
    let bytes = Array(UnsafeBufferPointer(start: line.start, count: line.end - line.start))
    let cells = CSVCell.split(bytes, delimiter: layout.delimiter) ?? []
    let column = layout.fields.firstIndex(of: field) ?? 0
    return .missingPrice(
      file: file, line: number, column: layout.columnName(column), text: column < cells.count ? cells[column] : "")
  }
}
