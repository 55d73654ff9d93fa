/// Tells files that are no CSV text by their first bytes, so that they are refused by name.
enum FileSignature {
  /// What a file is, and what to do about it; `nil` when it may be CSV.
  static func refusal(of bytes: UnsafeBufferPointer<UInt8>) -> (kind: String, remedy: String)? {
    for (signature, kind, remedy) in signatures where bytes.starts(with: signature) { return (kind, remedy) }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      return ("a tar archive", "unpack it and give the CSV file inside")
    }
    let text = bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    let opening = String(decoding: text.prefix(14), as: UTF8.self).lowercased()
    if ["<!doctype", "<html", "<head", "<?xml", "<script", "<!--"].contains(where: opening.hasPrefix) {
      return ("a web page or XML", "download the file again, from a place that answers with CSV")
    }
    if opening.hasPrefix("{") || opening.hasPrefix("[") { return ("JSON", "ask its source for CSV, or convert it") }
    return nil
  }

  private static let signatures: [(bytes: [UInt8], kind: String, remedy: String)] = [
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook", "save the sheet as CSV"),
    ([0xFF, 0xFE], "UTF-16 text", "convert it first: iconv -f UTF-16 -t UTF-8"),
    ([0xFE, 0xFF], "UTF-16 text", "convert it first: iconv -f UTF-16 -t UTF-8"),
    (Array("PAR1".utf8), "a Parquet file", "convert it first: pandas.read_parquet(...).to_csv(...)"),
    (Array("ARROW1".utf8), "a Feather file", "convert it first: pandas.read_feather(...).to_csv(...)"),
    (Array("SQLite format 3".utf8), "an SQLite database", "export the table as CSV"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "unpack it first: unzstd"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz", "unpack it first: unxz"),
    (Array("BZh".utf8), "compressed with bzip2", "unpack it first: bunzip2"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "convert it first: pandas.read_hdf(...).to_csv(...)"),
  ]
}
