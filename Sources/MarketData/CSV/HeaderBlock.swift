/// The two or three header lines that pandas writes for a table with named levels, as `yfinance.download` gives: names of
/// prices and of symbols, in either order, then perhaps a line with the index's name and nothing else.
struct HeaderBlock {
  /// The symbol of each column; empty for the first.
  private let symbols: [String]
  /// The name of the first column.
  let dateName: String
  /// Where the last of the lines is, counted from 0.
  let lastLine: Int

  /// - Parameters:
  ///   - names: The cells of the line with the prices' names, which is `lines[index]`.
  /// - Returns: `nil` when the header is a single line.
  init?(names: [String], delimiter: UInt8, at index: Int, in lines: [[UInt8]]) {
    func cells(_ index: Int) -> [String]? {
      guard lines.indices.contains(index), let cells = CSVCell.split(lines[index], delimiter: delimiter),
        cells.count == names.count
      else { return nil }
      return cells
    }
    func isSymbols(_ cells: [String]) -> Bool {
      ["", "ticker", "symbol"].contains(cells[0].lowercased())
        && cells.dropFirst().allSatisfy { !$0.isEmpty && Double($0) == nil }
    }
    guard ["", "price", "ticker", "date", "datetime"].contains(names[0].lowercased()) else { return nil }
    var last = index
    if let below = cells(index + 1), isSymbols(below) {
      symbols = below
      last += 1
    } else if let above = cells(index - 1), isSymbols(above) {
      symbols = above
    } else {
      return nil
    }
    if let below = cells(last + 1), below.dropFirst().allSatisfy(\.isEmpty), !below[0].isEmpty,
      TimestampForm.detect(below[0], allowsSmallEpoch: true) == nil
    {
      dateName = below[0]
      lastLine = last + 1
    } else {
      dateName = "Date"
      lastLine = last
    }
  }

  /// The columns to read: the first and those of one symbol.
  func columns(of symbol: String?, file: String) throws(CSVError) -> [Int] {
    let known = distinctSymbols
    if let symbol {
      guard let chosen = known.first(where: { $0.lowercased() == symbol.lowercased() }) else {
        throw .unknownSymbol(file: file, symbol: symbol, symbols: known)
      }
      return symbols.indices.filter { $0 == 0 || symbols[$0] == chosen }
    }
    if known.count > 1 { throw .severalSymbols(file: file, line: lastLine + 1, symbols: known) }
    return Array(symbols.indices)
  }

  /// The symbol that is read.
  func symbol(of symbol: String?) -> String? {
    symbol.flatMap { symbol in symbols.first { $0.lowercased() == symbol.lowercased() } } ?? distinctSymbols.first
  }

  private var distinctSymbols: [String] {
    var known: [String] = []
    for symbol in symbols.dropFirst() where !known.contains(symbol) { known.append(symbol) }
    return known
  }
}
