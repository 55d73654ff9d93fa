import GRDB
import RunStore
import Testing
import TradingModel

@Suite struct SavingTests {
  @Test func aSecondRunOfTheSameIDIsRefused() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    try store.insert(Fixture.record(1), result: Fixture.result(bars: 3))
    #expect(throws: RunStoreError.duplicateRun(id: Fixture.id(1))) {
      try store.insert(Fixture.fullRecord(1), result: Fixture.result(bars: 9))
    }
    #expect(try store.record(Fixture.id(1)) == Fixture.record(1))
    #expect(try store.equity(of: Fixture.id(1)).times.count == 3)
  }

  @Test(arguments: Place.allCases) func anUpdateReplacesTheRecordAndWhatIsGiven(place: Place) throws {
    let directory = try TemporaryDirectory()
    let store = try place.open(in: directory)
    try store.insert(Fixture.record(1, status: .queued))
    try store.insert(Fixture.record(2, status: .queued), result: Fixture.result(bars: 4))
    var record = Fixture.fullRecord(1)
    record.status = .running
    try store.update(record)
    #expect(exactText(try store.record(record.id)) == exactText(record))
    try store.update(record, result: Fixture.result(bars: 30_000, trades: 2))
    try store.update(record, result: Fixture.fullResult())
    record = Fixture.record(1)
    try store.update(record)
    #expect(try store.record(record.id) == record)
    #expect(exactText(try store.result(of: record.id)) == exactText(Fixture.fullResult()))
    #expect(try store.result(of: Fixture.id(2)) == Fixture.result(bars: 4))
  }

  @Test func anUpdateOfARunThatIsGoneIsRefused() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    #expect(throws: RunStoreError.unknownRun(reference: Fixture.id(1), near: [])) {
      try store.update(Fixture.record(1), result: Fixture.result(bars: 3))
    }
    #expect(try store.list(RunQuery()).total == 0)
  }

  @Test func whatContradictsItselfIsRefusedInWords() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    var cases: [(RunRecord, RunResult?, String)] = []
    var record = Fixture.record(1)
    record.id = ""
    cases.append((record, nil, "its id is empty"))
    record.id = "latest"
    cases.append((record, nil, "\"latest\" stands for"))
    record = Fixture.record(1)
    record.metrics = [RunMetric(name: "sqn", value: 1), RunMetric(name: "sqn", value: 2)]
    cases.append((record, nil, "two metrics named sqn"))
    record.metrics = []
    record.tags = ["a", "b", "a"]
    cases.append((record, nil, "the tag a twice"))
    var result = Fixture.result(bars: 3)
    result.equity.equity.removeLast()
    cases.append((Fixture.record(1), result, "2 equity values for 3 times"))
    result = Fixture.result(bars: 3)
    result.equity.times[2] = result.equity.times[1]
    cases.append((Fixture.record(1), result, "equity points 1 and 2 do not increase"))
    result = Fixture.result(bars: 3, events: 3)
    result.orderEvents[1].sequence = 7
    cases.append((Fixture.record(1), result, "position 1 has sequence 7"))
    for (record, result, fault) in cases {
      let error = #expect(throws: RunStoreError.self) { try store.insert(record, result: result) }
      #expect(error?.description.contains(fault) == true, "\(error?.description ?? "no error")")
    }
    #expect(try store.list(RunQuery()).total == 0)
  }

  @Test(arguments: Place.allCases) func deletingTakesEveryRowOfTheRunAndNoOther(place: Place) throws {
    let directory = try TemporaryDirectory()
    let store = try place.open(in: directory)
    for number in 1...3 {
      var record = Fixture.fullRecord(number)
      record.id = Fixture.id(number)
      try store.insert(record, result: Fixture.fullResult())
    }
    #expect(try store.delete(Fixture.id(2)))
    #expect(try store.delete(Fixture.id(2)) == false)
    #expect(throws: RunStoreError.self) { try store.equity(of: Fixture.id(2)) }
    for number in [1, 3] {
      #expect(exactText(try store.result(of: Fixture.id(number))) == exactText(Fixture.fullResult()))
    }
    // A run that takes the freed place must not inherit rows.
    #expect(try store.delete(Fixture.id(3)))
    try store.insert(Fixture.record(4))
    #expect(try store.result(of: Fixture.id(4)) == RunResult())
    #expect(try store.record(Fixture.id(4)) == Fixture.record(4))
  }

  @Test func deletingInPlainSQLTakesTheRowsToo() throws {
    let directory = try TemporaryDirectory()
    let store = try Place.file.open(in: directory)
    try store.insert(Fixture.fullRecord(1), result: Fixture.fullResult())
    try store.insert(Fixture.record(2), result: Fixture.result(bars: 30_000, trades: 1, events: 1))
    #expect(try store.delete(Fixture.id(2)))
    try store.close()
    let queue = try DatabaseQueue(path: directory.file())
    let tables = ["instrument", "metric", "tag", "trade", "openTrade", "orderEvent", "equityPoint", "annotation"]
    try queue.write { db in
      for table in tables {
        let rows = try #require(try Int.fetchOne(db, sql: "SELECT count(DISTINCT backtestRunID) FROM \(table)"))
        #expect(rows == 1, "\(table)")
      }
      try db.execute(sql: "DELETE FROM backtestRun")
      for table in tables {
        #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") == 0, "\(table)")
      }
    }
    try queue.close()
    #expect(try pointsOfSoundDatabase(directory.file()) == [])
  }

  @Test func aClosedStoreSaysSo() throws {
    let directory = try TemporaryDirectory()
    let store = try Place.file.open(in: directory)
    try store.close()
    try store.close()
    #expect(throws: RunStoreError.closed(file: directory.file())) { try store.list(RunQuery()) }
    #expect(throws: RunStoreError.closed(file: directory.file())) { try store.insert(Fixture.record(1)) }
  }
}
