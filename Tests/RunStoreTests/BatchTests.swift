import RunStore
import Testing
import TradingModel

@Suite struct BatchTests {
  private func records(_ numbers: Range<Int>) -> [RunRecord] {
    numbers.map { number in
      var record = number.isMultiple(of: 7) ? Fixture.fullRecord(number) : Fixture.record(number)
      record.sweepID = "s"
      if !number.isMultiple(of: 5), record.metrics.isEmpty {
        record.metrics = (0..<32).map { RunMetric(name: "m\($0)", value: $0 == number % 32 ? nil : Double($0)) }
      }
      return record
    }
  }

  @Test(arguments: Place.allCases)
  func manyRecordsAtOnceAreStoredAsOneByOne(place: Place) throws {
    let directory = try TemporaryDirectory()
    let store = try place.open(in: directory)
    let records = records(1..<150)
    try store.insert(contentsOf: Array(records[..<100]))
    try store.insert(contentsOf: Array(records[100...]))
    try store.insert(contentsOf: [])
    let plain = try SQLiteRunStore.inMemory(program: "tests 1")
    for record in records { try plain.insert(record) }
    for record in records {
      #expect(exactText(try store.record(record.id)) == exactText(record))
      #expect(exactText(try store.record(record.id)) == exactText(try plain.record(record.id)))
    }
  }

  @Test func aBatchWithOneWrongRecordStoresNothing() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    try store.insert(Fixture.record(5))
    #expect(throws: RunStoreError.duplicateRun(id: Fixture.id(5))) { try store.insert(contentsOf: records(1..<10)) }
    #expect(throws: RunStoreError.duplicateRun(id: Fixture.id(8))) {
      try store.insert(contentsOf: records(8..<10) + records(8..<9))
    }
    var twice = records(11..<13)
    twice[1].metrics = [RunMetric(name: "a", value: 1), RunMetric(name: "a", value: 2)]
    #expect(throws: RunStoreError.self) { try store.insert(contentsOf: twice) }
    #expect(try store.list(RunQuery()).total == 1)
    try store.insert(contentsOf: records(6..<10))
    #expect(try store.list(RunQuery()).total == 5)
  }
}
