import Foundation
import GRDB
import RunStore
import Testing

/// What goes wrong with files, and whether the user is told which one and what to do.
@Suite struct FileErrorTests {
  private static let isRoot = geteuid() == 0

  private func open(
    _ file: String, readOnly: Bool = false, readers: Int = 0, timeout: Double = 0.05, pages: Int? = nil
  ) throws -> SQLiteRunStore {
    var options = SQLiteRunStore.Options()
    options.readOnly = readOnly
    options.readers = readers
    options.busyTimeout = timeout
    options.maximumPageCount = pages
    return try SQLiteRunStore(file: file, program: "tests 1", options: options)
  }

  /// A database with one run in it, closed.
  private func makeDatabase(_ file: String, bars: Int = 10) throws {
    let store = try open(file)
    try store.insert(Fixture.record(1), result: Fixture.result(bars: bars, trades: 3, events: 3))
    try store.close()
  }

  /// Checks that an error is the expected one, one sentence, and names the file and a remedy.
  private func expect(
    _ expected: RunStoreError, naming file: String, location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    let error = #expect(throws: RunStoreError.self, sourceLocation: location) { try body() }
    #expect(error == expected, sourceLocation: location)
    let text = error?.description ?? ""
    #expect(text.contains(file), sourceLocation: location)
    #expect(text.hasSuffix(".") && text.contains("; ") && !text.contains("\n"), sourceLocation: location)
  }

  @Test func missingDirectoriesAreMade() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file("a/b ü/c/runs.sqlite")
    try makeDatabase(file)
    #expect(try open(file, readOnly: true).record(Fixture.id(1)) == Fixture.record(1))
  }

  @Test func aDirectoryThatCannotBeMadeIsNamed() throws {
    let directory = try TemporaryDirectory()
    try Data().write(to: URL(fileURLWithPath: directory.file("plain")))
    let parent = directory.file("plain/sub")
    let reason = directory.file("plain") + " is not a directory"
    expect(.directoryNotCreatable(directory: parent, reason: reason), naming: parent) {
      _ = try open(parent + "/runs.sqlite")
    }
  }

  @Test func readingAMissingFileSaysThatThereIsNone() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file("none/runs.sqlite")
    expect(.missingFile(file: file), naming: file) { _ = try open(file, readOnly: true) }
    #expect(!FileManager.default.fileExists(atPath: directory.file("none")))
  }

  @Test func namesThatAreNoFilesAreRefused() throws {
    let directory = try TemporaryDirectory()
    expect(.invalidPath(""), naming: "\"\"") { _ = try open("") }
    expect(.invalidPath("a\u{0}b"), naming: "a") { _ = try open("a\u{0}b") }
    expect(.isDirectory(path: directory.path), naming: directory.path) { _ = try open(directory.path) }
    expect(.isDirectory(path: directory.file("x/")), naming: "x/") { _ = try open(directory.file("x/")) }
  }

  @Test(arguments: [false, true]) func pipesAndDevicesAreRefused(readOnly: Bool) throws {
    let directory = try TemporaryDirectory()
    let pipe = directory.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for file in [pipe, "/dev/null"] {
      expect(.notADatabase(file: file), naming: file) { _ = try open(file, readOnly: readOnly) }
    }
  }

  @Test(arguments: ["file:x?mode=memory", ":memory:", "a?b#c%41 ü.sqlite", "it's"])
  func aNameMeansAFileWhateverItLooksLike(name: String) throws {
    let directory = try TemporaryDirectory()
    try makeDatabase(directory.file(name))
    #expect(FileManager.default.fileExists(atPath: directory.file(name)))
    #expect(try open(directory.file(name), readOnly: true).list(RunQuery()).total == 1)
  }

  @Test(
    arguments: [false, true], ["not a database\n", "SQLite format 3\0", "short", String(repeating: "x", count: 9999)])
  func aFileThatIsNoDatabaseIsRefusedAndKept(readOnly: Bool, text: String) throws {
    let directory = try TemporaryDirectory()
    let file = directory.file("notes.txt")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    expect(.notADatabase(file: file), naming: file) { _ = try open(file, readOnly: readOnly) }
    #expect(FileManager.default.contents(atPath: file) == Data(text.utf8))
  }

  @Test(arguments: [0, 3]) func aDamagedDatabaseIsAnErrorWhereItIsRead(readers: Int) throws {
    let directory = try TemporaryDirectory()
    try makeDatabase(directory.file(), bars: 5000)
    let whole = try #require(FileManager.default.contents(atPath: directory.file()))
    let pages = whole.count / 4096
    var faults = 0
    for page in 1..<pages {
      var bytes = whole
      bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: repeatElement(0xA5, count: 4096))
      let file = directory.file("damaged\(page)")
      try bytes.write(to: URL(fileURLWithPath: file))
      do {
        let store = try open(file, readers: readers)
        _ = try store.list(RunQuery())
        _ = try store.result(of: Fixture.id(1))
        _ = try store.delete(Fixture.id(1))
      } catch let error as RunStoreError {
        faults += 1
        guard case .damaged(file, _) = error else {
          Issue.record("page \(page): \(error)")
          continue
        }
        #expect(error.description.contains(file) && error.description.contains("restore it from a copy"))
      }
    }
    #expect(faults > pages / 2)
  }

  @Test func aTornFileIsAnError() throws {
    let directory = try TemporaryDirectory()
    try makeDatabase(directory.file(), bars: 2000)
    let whole = try #require(FileManager.default.contents(atPath: directory.file()))
    for length in [1, 16, 50, 100, 4095, 4096, 5000, whole.count / 2, whole.count - 4096] {
      let file = directory.file("torn\(length)")
      try whole.prefix(length).write(to: URL(fileURLWithPath: file))
      #expect(throws: RunStoreError.self, "\(length) of \(whole.count)") {
        let store = try open(file)
        _ = try store.result(of: Fixture.id(1))
      }
    }
  }

  @Test func aLockedDatabaseIsGivenUpAfterTheTimeout() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    try makeDatabase(file)
    let store = try open(file)
    let other = try DatabaseQueue(path: file)
    try other.inDatabase { db in
      try db.execute(sql: "BEGIN IMMEDIATE")
      expect(.locked(file: file, timeout: 0.05), naming: file) {
        try store.insert(Fixture.record(2), result: Fixture.result(bars: 30_000))
      }
      // Readers are not disturbed by a writer.
      #expect(try store.list(RunQuery()).total == 1)
      #expect(try open(file, readOnly: true).list(RunQuery()).total == 1)
      try db.execute(sql: "ROLLBACK")
    }
    try store.insert(Fixture.record(2))
    try store.close()
    try other.inDatabase { db in
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
      expect(.locked(file: file, timeout: 0.05), naming: file) { _ = try open(file) }
      expect(.locked(file: file, timeout: 0.05), naming: file) { _ = try open(file, readOnly: true) }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(RunStoreError.locked(file: "f", timeout: 5).description.contains("more than 5 s;"))
  }

  @Test(arguments: [0, 2]) func aFullDiskLosesNothingThatWasThere(readers: Int) throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    try makeDatabase(file)
    let pages = try #require(try DatabaseQueue(path: file).read { try Int.fetchOne($0, sql: "PRAGMA page_count") })
    let store = try open(file, readers: readers, pages: pages + 20)
    for bars in [5000, 100_000] {
      expect(.diskFull(file: file), naming: file) {
        try store.insert(Fixture.fullRecord(2), result: Fixture.result(bars: bars, trades: 9, events: 9))
      }
      expect(.diskFull(file: file), naming: file) {
        try store.update(Fixture.fullRecord(1), result: Fixture.result(bars: bars))
      }
    }
    #expect(try store.list(RunQuery()).runs == [Fixture.record(1)])
    #expect(try store.result(of: Fixture.id(1)) == Fixture.result(bars: 10, trades: 3, events: 3))
    // What still fits is still stored, and its rows are still checked.
    try store.insert(Fixture.record(3), result: Fixture.result(bars: 10))
    #expect(try store.delete(Fixture.id(3)))
    try store.close()
    #expect(try pointsOfSoundDatabase(file) == [10])
  }

  @Test func aStoreOpenedForReadingDoesNotWrite() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    try makeDatabase(file)
    for readers in [0, 2] {
      let store = try open(file, readOnly: true, readers: readers)
      expect(.readOnly(file: file), naming: file) { try store.insert(Fixture.record(2)) }
      expect(.readOnly(file: file), naming: file) { _ = try store.delete(Fixture.id(1)) }
      #expect(try store.list(RunQuery()).total == 1)
    }
  }

  @Test(.disabled(if: isRoot, "root may write everywhere"))
  func aFileOrDirectoryThatCannotBeWrittenIsReadButNotWritten() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    try makeDatabase(file)
    chmod(file, 0o444)
    expect(.readOnly(file: file), naming: file) {
      let store = try open(file)
      try store.insert(Fixture.record(2))
    }
    #expect(try open(file, readOnly: true).list(RunQuery()).total == 1)
    chmod(directory.path, 0o555)
    #expect(try open(file, readOnly: true).list(RunQuery()).total == 1)
    #expect(try open(file, readOnly: true, readers: 2).result(of: Fixture.id(1)).trades.count == 3)
    chmod(file, 0o644)
    expect(.readOnly(file: file), naming: file) {
      let store = try open(file)
      try store.insert(Fixture.record(2))
    }
    let fresh = directory.file("fresh.sqlite")
    expect(.notPermitted(file: fresh, reason: "Permission denied"), naming: fresh) { _ = try open(fresh) }
    let below = directory.file("below")
    expect(.directoryNotCreatable(directory: below, reason: "Permission denied"), naming: below) {
      _ = try open(below + "/runs.sqlite")
    }
  }

  @Test(.disabled(if: isRoot, "root may read everywhere"))
  func aFileThatCannotBeReadIsNamed() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    try makeDatabase(file)
    chmod(file, 0o000)
    for readOnly in [false, true] {
      expect(.notPermitted(file: file, reason: "Permission denied"), naming: file) {
        _ = try open(file, readOnly: readOnly)
      }
    }
    chmod(file, 0o644)
    chmod(directory.path, 0o000)
    expect(.notPermitted(file: file, reason: "Permission denied"), naming: file) { _ = try open(file) }
  }
}
