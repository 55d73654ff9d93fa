import TradingModel

/// Makes a checked series and a report of the rows of a file.
struct CSVAssembly {
  let file: String
  let layout: CSVLayout
  let options: CSVOptions
  let isCompressed: Bool
  var table: CSVTable
  let timestamps: TimestampReader

  mutating func finish() throws(CSVError) -> ImportedBars {
    if let symbol = options.symbol, table.otherSymbolRows > 0, table.count == 0 {
      throw .unknownSymbol(file: file, symbol: symbol, symbols: table.symbols)
    }
    guard table.count > 0 else { throw .noRows(file: file, skippedRows: table.skippedLines.count) }
    var resolver = TimestampResolver(
      reader: timestamps, file: file, column: layout.columnName(.date), options: options)
    try resolver.resolve(&table.times, lines: table.lines)
    let order = try putInOrder()
    let usesTickVolume = !table.tickVolume.isEmpty && table.volume.allSatisfy { !($0 > 0) }
    let series: BarSeries
    do {
      series = try BarSeries(
        times: table.times, open: table.open, high: table.high, low: table.low, close: table.close,
        volume: usesTickVolume ? table.tickVolume : table.volume)
    } catch let error as BarSeriesError {
      throw .invalidBar(
        file: file, line: error.row.map { table.lines.line(ofRow: $0) } ?? 0, fault: error.fault,
        isAdjusted: options.adjust)
    } catch {
      throw .invalidBar(file: file, line: 0, fault: "\(error)", isAdjusted: options.adjust)
    }
    let report = report(resolver, timestamps, order: order, usesTickVolume: usesTickVolume)
    return ImportedBars(series: series, symbol: symbol, timeZone: fixedOffset(resolver), report: report)
  }

  // MARK: Order

  private mutating func putInOrder() throws(CSVError) -> CSVReport.Order {
    var rises = 0
    var falls = 0
    table.times.withUnsafeBufferPointer { times in
      for row in times.indices.dropFirst() {
        rises += times[row] > times[row - 1] ? 1 : 0
        falls += times[row] < times[row - 1] ? 1 : 0
      }
    }
    let steps = table.count - 1
    if rises == steps { return .oldestFirst }
    if falls == steps {
      table.reverse()
      return .newestFirst
    }
    if options.sort, rises > 0, falls > 0 {
      table.sort()
      for row in table.times.indices.dropFirst() where table.times[row] == table.times[row - 1] {
        throw duplicate(row)
      }
      return .sorted
    }
    let isNewestFirst = falls > rises
    let times = table.times
    for row in times.indices.dropFirst() {
      if times[row] == times[row - 1] { throw duplicate(row) }
      if (times[row] < times[row - 1]) != isNewestFirst {
        throw .notSorted(
          file: file, line: table.lines.line(ofRow: row), time: times[row], otherLine: table.lines.line(ofRow: row - 1),
          otherTime: times[row - 1], isNewestFirst: isNewestFirst)
      }
    }
    return .oldestFirst
  }

  private func duplicate(_ row: Int) -> CSVError {
    let lines = [table.lines.line(ofRow: row - 1), table.lines.line(ofRow: row)].sorted()
    return .duplicateTime(file: file, line: lines[1], otherLine: lines[0], time: table.times[row])
  }

  // MARK: Report

  private var symbol: String? {
    if let chosen = options.symbol {
      return table.symbols.first { $0.lowercased() == chosen.lowercased() } ?? layout.symbol ?? chosen
    }
    if let only = table.symbols.first, !only.isEmpty { return only }
    return layout.symbol ?? symbolOfFileName
  }

  /// The file's name without directory and endings, if it looks like a symbol.
  private var symbolOfFileName: String? {
    let name = file.split(separator: "/").last.map(String.init) ?? ""
    let stem = name.prefix { $0 != "." }
    let allowed = stem.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-^=".contains($0)) }
    return (1...12).contains(stem.count) && allowed && stem.contains { $0.isLetter } ? String(stem) : nil
  }

  private func report(
    _ resolver: TimestampResolver, _ timestamps: TimestampReader, order: CSVReport.Order, usesTickVolume: Bool
  ) -> CSVReport {
    let unused: CSVField? = table.tickVolume.isEmpty ? nil : usesTickVolume ? .volume : .tickVolume
    let used = layout.fields.indices.filter { layout.fields[$0] != .ignored && layout.fields[$0] != unused }
    return CSVReport(
      file: file, isCompressed: isCompressed, dialect: layout.dialect, delimiter: delimiterName,
      headerLine: layout.headerLine, dateForm: dateForm(resolver, timestamps), timeZone: timeZone(resolver.zone),
      columns: used.map {
        CSVReport.Column(
          field: layout.fields[$0] == .tickVolume ? CSVField.volume.name : layout.fields[$0].name,
          name: layout.columnName($0), position: $0 + 1)
      },
      ignoredColumns: layout.fields.indices.filter { layout.fields[$0] == .ignored || layout.fields[$0] == unused }
        .map { layout.names[$0] },
      order: order,
      adjustment: options.adjust ? .applied : layout.adjustedCloseName == nil ? .unknown : .available,
      rows: table.count, skippedLines: table.skippedLines, otherSymbolRows: table.otherSymbolRows,
      first: table.times[0], last: table.times[table.count - 1],
      assumptions: assumptions(usesTickVolume: usesTickVolume), remarks: remarks(timestamps))
  }

  private var delimiterName: String {
    switch layout.delimiter {
    case UInt8(ascii: ","): "comma"
    case UInt8(ascii: ";"): "semicolon"
    case UInt8(ascii: "\t"): "tab"
    default: "bar"
    }
  }

  private func dateForm(_ resolver: TimestampResolver, _ timestamps: TimestampReader) -> String {
    if timestamps.form == .epoch {
      let units = [0: "seconds", 3: "milliseconds", 6: "microseconds", 9: "nanoseconds"]
      return "as epoch " + timestamps.epochUnits.sorted().compactMap { units[$0] }.joined(separator: " and ")
    }
    var text = "as " + timestamps.form.pattern(resolver.order)
    if timestamps.hasClock { text += " with time of day" }
    switch resolver.ground {
    case .none: break
    case .asked: text += " (as was asked for)"
    case .proven(let line, let proof): text += " (line \(line), \(CSVError.quote(proof)), tells day from month)"
    case .rowsInOrder: text += " (the rows are in order of time in this reading only)"
    case .points: text += " (with points, the day comes first)"
    case .sameNumbers: text += " (day and month are the same number in every row)"
    }
    return text
  }

  private func fixedOffset(_ resolver: TimestampResolver) -> String? {
    let minutes: Int32
    switch resolver.zone {
    case .converted where resolver.offsets.count == 1: minutes = resolver.offsets[0]
    case .assumed(let assumed): minutes = assumed
    default: return nil
    }
    return minutes == 0 ? nil : Self.clock(minutes)
  }

  /// An offset from UTC as `-05:00`.
  private static func clock(_ minutes: Int32) -> String {
    let (hours, rest) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
    return "\(minutes < 0 ? "-" : "+")\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
  }

  private func timeZone(_ zone: TimestampResolver.ZoneTreatment) -> String {
    switch zone {
    case .dates: return "dates, stamped 00:00 UTC"
    case .localDates: return "local midnights with an offset, read as their local dates and stamped 00:00 UTC"
    case .converted: return "times with an offset, converted to UTC"
    case .epoch: return "UTC"
    case .assumed(let minutes):
      if minutes == 0 { return "times without an offset, taken as UTC" }
      return "times without an offset, taken as UTC\(Self.clock(minutes)) and converted to UTC"
    }
  }

  /// What was taken for granted and changes results if it is wrong.
  private func assumptions(usesTickVolume: Bool) -> [String] {
    var assumptions: [String] = []
    if layout.headerLine == nil {
      assumptions.append("Without a header, the columns were taken by their places.")
    }
    if usesTickVolume {
      assumptions.append(
        "\(layout.columnName(.volume)) is 0 in every row, so the volume was taken from \(layout.columnName(.tickVolume))."
      )
    }
    if !layout.fields.contains(.volume) { assumptions.append("The file has no volume.") }
    if layout.dialect == "histdata.com", options.utcOffsetMinutes == 0 {
      assumptions.append(
        "histdata.com writes New York's winter time all year: its times are five hours behind UTC; --utc-offset -05:00 "
          + "converts them.")
    }
    return assumptions
  }

  /// What was recognised, for who wants to know.
  private func remarks(_ timestamps: TimestampReader) -> [String] {
    var remarks = layout.preamble.map { "Text in front of the header: \(CSVError.quote($0))." }
    if let footer = table.footer { remarks.append("Text behind the rows: \(CSVError.quote(footer)).") }
    if layout.decimalComma { remarks.append("Commas were read as decimal commas.") }
    if timestamps.finerThanMillisecond > 0 {
      remarks.append(
        "Digits behind the milliseconds were dropped from \(timestamps.finerThanMillisecond) times.")
    }
    if let divisor = options.priceDivisor, divisor != 1 { remarks.append("Prices were divided by \(divisor).") }
    if table.blankLines > 0 { remarks.append("Blank lines: \(table.blankLines).") }
    if !table.endsWithNewline { remarks.append("The last line has no line end.") }
    return remarks
  }
}
