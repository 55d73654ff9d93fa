/// The rows of a file as columns, in file order.
struct CSVTable {
  var times: [Int64] = []
  var open: [Double] = []
  var high: [Double] = []
  var low: [Double] = []
  var close: [Double] = []
  var volume: [Double] = []
  /// The second volume; empty unless the file has one.
  var tickVolume: [Double] = []
  var lines = LineMap()

  /// Lines whose prices are all missing; they are no rows.
  var skippedLines: [Int] = []
  /// Rows of other symbols than the one that was chosen.
  var otherSymbolRows = 0
  /// Lines without a character but delimiters and spaces.
  var blankLines = 0
  /// Text behind the rows, as Barchart writes it.
  var footer: String?
  /// Whether the last line has a line end.
  var endsWithNewline = true
  /// The symbols of the file, in the order of their first rows; the first hundred.
  var symbols: [String] = []

  var count: Int { times.count }

  mutating func reserve(_ rows: Int, hasTickVolume: Bool) {
    times.reserveCapacity(rows)
    open.reserveCapacity(rows)
    high.reserveCapacity(rows)
    low.reserveCapacity(rows)
    close.reserveCapacity(rows)
    volume.reserveCapacity(rows)
    if hasTickVolume { tickVolume.reserveCapacity(rows) }
  }

  /// Turns the rows round.
  mutating func reverse() {
    times.reverse()
    open.reverse()
    high.reverse()
    low.reverse()
    close.reverse()
    volume.reverse()
    tickVolume.reverse()
    lines.reverse()
  }

  /// Sorts the rows by time; rows of the same time keep their order.
  mutating func sort() {
    let keys = times
    let permutation = keys.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
    times = permutation.map { keys[$0] }
    func arrange(_ column: inout [Double]) {
      if column.isEmpty { return }
      let values = column
      column = permutation.map { values[$0] }
    }
    arrange(&open)
    arrange(&high)
    arrange(&low)
    arrange(&close)
    arrange(&volume)
    arrange(&tickVolume)
    lines.permute(permutation)
  }
}
