import Foundation
import RunStore
import Testing

@Suite struct ConcurrencyTests {
  private static func open(_ file: String, readers: Int = 0) throws -> SQLiteRunStore {
    var options = SQLiteRunStore.Options()
    options.readers = readers
    options.busyTimeout = 60
    return try SQLiteRunStore(file: file, program: "tests 1", options: options)
  }

  /// Checks that every run in the database is a whole one of so many bars.
  private static func checkRuns(_ store: SQLiteRunStore, bars: Int) throws -> Int {
    var query = RunQuery()
    query.limit = 1000
    let page = try store.list(query)
    #expect(page.total == page.runs.count)
    for run in page.runs.prefix(3) {
      #expect(run.bars == bars)
      #expect(try store.result(of: run.id) == Fixture.result(bars: bars, trades: 20, events: 20))
    }
    return page.runs.count
  }

  private static func save(_ number: Int, bars: Int, in store: SQLiteRunStore) throws {
    var record = Fixture.record(number)
    record.bars = bars
    try store.insert(record, result: Fixture.result(bars: bars, trades: 20, events: 20))
  }

  private static func killThisProcessSoon() {
    Thread.detachNewThread {
      usleep(20_000)
      kill(getpid(), SIGKILL)
    }
  }

  @Test func anotherProcessReadsWhileOneWrites() async throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    // The reader opens first, so that the other process meets a database in use.
    let reader = try Self.open(file, readers: 2)
    async let writer: Void = {
      await #expect(processExitsWith: .success) { [file = file as String] in
        let store = try ConcurrencyTests.open(file)
        for number in 0..<40 { try ConcurrencyTests.save(number, bars: 3000, in: store) }
        try store.close()
      }
    }()
    var count = 0
    while count < 40 {
      let now = try Self.checkRuns(reader, bars: 3000)
      #expect(now >= count)
      count = now
      // The child failed, or never came: the expectation above tells; do not wait for ever.
      if Task.isCancelled { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    await writer
    #expect(try Self.checkRuns(reader, bars: 3000) == 40)
  }

  @Test func twoProcessesAndThisOneWriteInTurns() async throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    async let first: Void = {
      await #expect(processExitsWith: .success) { [file = file as String] in
        let store = try ConcurrencyTests.open(file)
        for number in 100..<130 { try ConcurrencyTests.save(number, bars: 500, in: store) }
      }
    }()
    async let second: Void = {
      await #expect(processExitsWith: .success) { [file = file as String] in
        let store = try ConcurrencyTests.open(file, readers: 1)
        for number in 200..<230 { try ConcurrencyTests.save(number, bars: 500, in: store) }
      }
    }()
    let store = try Self.open(file)
    for number in 300..<330 { try Self.save(number, bars: 500, in: store) }
    _ = await (first, second)
    #expect(try Self.checkRuns(store, bars: 500) == 90)
  }

  @Test func aProcessKilledWhileSavingLeavesWholeRunsOnly() async throws {
    let directory = try TemporaryDirectory()
    let file = directory.file()
    try Self.save(0, bars: 40_000, in: Self.open(file))
    await #expect(processExitsWith: .signal(SIGKILL)) { [file = file as String] in
      let store = try ConcurrencyTests.open(file)
      try ConcurrencyTests.save(1, bars: 40_000, in: store)
      ConcurrencyTests.killThisProcessSoon()
      for number in 2... { try ConcurrencyTests.save(number, bars: 40_000, in: store) }
    }
    let store = try Self.open(file)
    #expect(try Self.checkRuns(store, bars: 40_000) >= 2)
    try store.close()
    let points = try pointsOfSoundDatabase(file)
    #expect(points.allSatisfy { $0 == 40_000 } && points.count >= 2)
  }

  @Test func manyOpenersOfANewFileAgree() async throws {
    let directory = try TemporaryDirectory()
    let file = directory.file("new/runs.sqlite")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<12 {
        group.addTask {
          let store = try Self.open(file, readers: number % 3)
          try Self.save(number, bars: 50, in: store)
          try store.close()
        }
      }
      try await group.waitForAll()
    }
    #expect(try Self.checkRuns(Self.open(file), bars: 50) == 12)
  }

  @Test func threadsShareOneStore() async throws {
    let directory = try TemporaryDirectory()
    let store = try Self.open(directory.file(), readers: 3)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          for step in 0..<5 {
            try Self.save(number * 10 + step, bars: 300, in: store)
            _ = try Self.checkRuns(store, bars: 300)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try Self.checkRuns(store, bars: 300) == 40)
  }
}
