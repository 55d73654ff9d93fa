import RunStore
import Testing
import TradingModel

@Suite struct RoundTripTests {
  @Test(arguments: Place.allCases) func aRecordComesBackToTheBit(place: Place) throws {
    let directory = try TemporaryDirectory()
    let store = try place.open(in: directory)
    for record in [Fixture.fullRecord(1), Fixture.record(2)] {
      try store.insert(record)
      #expect(exactText(try store.record(record.id)) == exactText(record))
    }
    let listed = try store.list(RunQuery()).runs
    #expect(exactText(listed) == exactText([Fixture.record(2), Fixture.fullRecord(1)]))
  }

  @Test(arguments: Place.allCases) func aResultComesBackToTheBit(place: Place) throws {
    let directory = try TemporaryDirectory()
    let store = try place.open(in: directory)
    let result = Fixture.fullResult()
    try store.insert(Fixture.record(1), result: Fixture.result(bars: 5, trades: 5, events: 5))
    try store.insert(Fixture.record(2), result: result)
    let id = Fixture.id(2)
    #expect(exactText(try store.result(of: id)) == exactText(result))
    #expect(exactText(try store.equity(of: id)) == exactText(result.equity))
    #expect(exactText(try store.openTrades(of: id)) == exactText(result.openTrades))
    #expect(exactText(try store.annotations(of: id)) == exactText(result.annotations))
    #expect(exactText(try store.trades(of: id, offset: 0, limit: 100).rows) == exactText(result.trades))
    #expect(exactText(try store.orderEvents(of: id, offset: 0, limit: 100).rows) == exactText(result.orderEvents))
  }

  @Test func aFileKeepsRunsForTheNextProgram() throws {
    let directory = try TemporaryDirectory()
    let first = try Place.file.open(in: directory)
    try first.insert(Fixture.fullRecord(), result: Fixture.fullResult())
    try first.close()
    let second = try Place.file.open(in: directory)
    #expect(exactText(try second.record(Fixture.id(1))) == exactText(Fixture.fullRecord()))
    #expect(exactText(try second.result(of: Fixture.id(1))) == exactText(Fixture.fullResult()))
  }

  @Test func anUndefinedMetricIsNilAndSoIsNaN() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    var record = Fixture.record(1)
    record.metrics = [RunMetric(name: "sharpe", value: nil), RunMetric(name: "sqn", value: .nan)]
    try store.insert(record)
    #expect(try store.record(record.id).metrics.map(\.value) == [nil, nil])
    #expect(try store.record(record.id).metrics.map(\.name) == ["sharpe", "sqn"])
  }

  @Test func anEmptyResultIsNotAnError() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    try store.insert(Fixture.record(1), result: RunResult())
    #expect(try store.result(of: Fixture.id(1)) == RunResult())
    #expect(try store.trades(of: Fixture.id(1), offset: 0, limit: 10) == RowPage(rows: [], offset: 0, total: 0))
  }

  @Test(arguments: [1, 2, 99, 100, 101, 199, 200, 201, 20_001]) func everyNumberOfRowsIsStoredWhole(count: Int) throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let result = Fixture.result(bars: count, trades: count, events: count)
    try store.insert(Fixture.record(1), result: result)
    #expect(try store.result(of: Fixture.id(1)) == result)
  }

  @Test func theEnginesResultBecomesRows() {
    let rows = Fixture.fullResult()
    let run = BacktestRun(
      instruments: [], times: rows.equity.times, equity: rows.equity.equity, trades: rows.trades,
      openTrades: rows.openTrades, orderEvents: OrderEventLog(rows.orderEvents), commissions: 1, warmUpIndex: 0,
      annotations: rows.annotations)
    #expect(exactText(RunResult(run)) == exactText(rows))
  }
}
