import RunStore
import Testing
import TradingModel

@Suite struct SeriesTests {
  @Test func partsOfTheCurveAreThePartsOfTheArrays() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let whole = Fixture.result(bars: 12).equity
    try store.insert(Fixture.record(1), result: Fixture.result(bars: 7))
    try store.insert(Fixture.record(2), result: Fixture.result(bars: 12))
    try store.insert(Fixture.record(3), result: Fixture.result(bars: 7))
    let id = Fixture.id(2)
    for lower in 0...14 {
      for upper in lower...14 {
        let kept = (lower..<upper).clamped(to: 0..<12)
        let expected = EquitySeries(times: Array(whole.times[kept]), equity: Array(whole.equity[kept]))
        #expect(try store.equity(of: id, .indexes(lower..<upper)) == expected)
      }
    }
    let marks: [Int64?] = whole.times.flatMap { [$0 - 1, $0, $0 + 1] } + [nil, .min, .max]
    for from in marks {
      for to in marks {
        let kept = whole.times.indices.filter { whole.times[$0] >= from ?? .min && whole.times[$0] < to ?? .max }
        let expected = EquitySeries(times: kept.map { whole.times[$0] }, equity: kept.map { whole.equity[$0] })
        #expect(try store.equity(of: id, .times(TimeRange(from: from, to: to))) == expected)
      }
    }
  }

  @Test func strangeRangesGiveWhatExists() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    try store.insert(Fixture.record(1), result: Fixture.result(bars: 3))
    #expect(try store.equity(of: Fixture.id(1), .indexes(-5..<2)).times.count == 2)
    #expect(try store.equity(of: Fixture.id(1), .indexes(Int.min..<Int.max)).times.count == 3)
    #expect(try store.equity(of: Fixture.id(1), .times(TimeRange(from: 5, to: -5))).times.isEmpty)
  }

  @Test func pagesOfRowsJoinToTheWhole() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let result = Fixture.result(bars: 0, trades: 23, events: 23)
    try store.insert(Fixture.record(1), result: result)
    let id = Fixture.id(1)
    for limit in 1...25 {
      var (trades, events): ([Trade], [OrderEvent]) = ([], [])
      for offset in stride(from: 0, to: 23, by: limit) {
        let page = try store.trades(of: id, offset: offset, limit: limit)
        #expect(page.total == 23 && page.offset == offset && page.rows.count == min(limit, 23 - offset))
        trades += page.rows
        events += try store.orderEvents(of: id, offset: offset, limit: limit).rows
      }
      #expect(trades == result.trades)
      #expect(events == result.orderEvents)
    }
    #expect(try store.trades(of: id, offset: 23, limit: 5) == RowPage(rows: [], offset: 23, total: 23))
    #expect(try store.orderEvents(of: id, offset: .max, limit: .max) == RowPage(rows: [], offset: .max, total: 23))
  }

  @Test(arguments: [(-1, 1), (0, 0), (0, -3)]) func pagesThatCannotBeAreRefused(offset: Int, limit: Int) throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    try store.insert(Fixture.record(1))
    for read in [
      { _ = try store.trades(of: Fixture.id(1), offset: offset, limit: limit) },
      { _ = try store.orderEvents(of: Fixture.id(1), offset: offset, limit: limit) },
    ] {
      let error = #expect(throws: RunStoreError.self) { try read() }
      #expect(error?.description.contains("it must be") == true)
    }
  }
}
