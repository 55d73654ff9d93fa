/// Reads bars from CSV files of every dialect that data vendors, exchanges and libraries write.
///
/// Recognised by themselves are the delimiter (comma, semicolon, tab, bar), the header and the columns by their names, the
/// form of dates and numbers, the order of rows, and gzip. What a file leaves open is refused with the readings there are
/// and settled by ``CSVOptions``. Nothing is repaired: a cell that cannot be read, a torn line, a doubled date is an
/// error that names its line and column. Only rows without any price are left out, and counted.
///
/// The file is read in chunks; memory is what the bars take (48 bytes each) and some 1.5 MB. Calls block; give them a
/// thread of their own.
public struct CSVImporter: Sendable {
  /// What the file itself cannot tell.
  public var options: CSVOptions
  /// Called on the importing thread after each chunk of the file.
  public var progress: (@Sendable (CSVProgress) -> Void)?
  /// Asked on the importing thread before each chunk; true ends the import with ``CSVError/cancelled(file:)``.
  public var isCancelled: (@Sendable () -> Bool)?
  /// Bytes that are read at once.
  package var chunkSize = 1 << 18

  /// Makes an importer.
  public init(
    options: CSVOptions = CSVOptions(), progress: (@Sendable (CSVProgress) -> Void)? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) {
    self.options = options
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Reads the bars of a file, gzip-compressed or not; a pipe will do.
  public func read(path: String) throws(CSVError) -> ImportedBars {
    try read(FileSource(path: path, isCancelled: isCancelled), file: path)
  }

  /// Reads the bars of a text in memory.
  ///
  /// - Parameter name: What messages and the report call it.
  public func read(_ bytes: [UInt8], name: String) throws(CSVError) -> ImportedBars {
    try read(MemorySource(bytes), file: name)
  }

  private func read(_ source: any ByteSource, file: String) throws(CSVError) -> ImportedBars {
    var reader = try LineReader(
      file: file, source: source, chunkSize: max(1, chunkSize), progress: progress, isCancelled: isCancelled)
    let lines = try reader.peek(lines: CSVLayout.peekedLines)
    let layout = try CSVLayout.detect(lines, file: file, options: options)
    var rows = CSVRowReader(file: file, layout: layout, options: options)
    try rows.read(&reader)
    var assembly = CSVAssembly(
      file: file, layout: layout, options: options, isCompressed: reader.isCompressed,
      table: rows.takeTable(), timestamps: rows.timestamps)
    return try assembly.finish()
  }
}
