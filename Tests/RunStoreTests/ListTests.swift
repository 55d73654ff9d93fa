import RunStore
import Testing
import TradingModel

@Suite struct ListTests {
  /// Runs whose values repeat and are missing often, so that every tie and gap occurs.
  private static func runs(_ count: Int) -> [RunRecord] {
    var random = RepeatableGenerator(state: 7)
    return (0..<count).map { number in
      var record = Fixture.record(number, status: RunStatus.allCases[random.next(7)])
      record.id = "r\(random.next(10_000))-\(number)"
      record.created = Int64(random.next(9))
      record.strategy = ["sma_cross", "rsi", "macd"][random.next(3)]
      record.instruments = (0..<random.next(3)).map { _ in Instrument(symbol: ["GOOG", "IBM", "ü"][random.next(3)]) }
      record.interval = ["1d", "1h"][random.next(2)]
      record.startingCapital = [1, 10_000, 0.5][random.next(3)]
      record.tags = ["a", "b", "ü"].filter { _ in random.next(2) == 0 }
      record.dataset = [nil, "GOOG", "IBM"][random.next(3)]
      record.sweepID = [nil, "s-1", "s-2"][random.next(3)]
      func maybe<Value>(_ value: Value) -> Value? { random.next(4) == 0 ? nil : value }
      record.start = maybe(Int64(random.next(5)))
      record.end = maybe(Int64(random.next(5)) + 5)
      record.started = maybe(Int64(random.next(5)))
      record.finished = maybe(Int64(random.next(5)))
      record.durationMicroseconds = maybe(Int64(random.next(5)))
      record.bars = maybe(random.next(5))
      let values = [-0.0, 0, 1.5, -.infinity, .infinity, 0x1p-1074, 0.1 + 0.2, 0.3]
      record.metrics = ["sharpe", "trades", "sqn"].filter { _ in random.next(5) > 0 }
        .map { RunMetric(name: $0, value: maybe($0 == "trades" ? Double(random.next(4)) : values[random.next(8)])) }
      return record
    }
  }

  private static let sorts: [RunSort] = [
    .created, .started, .finished, .duration, .bars, .start, .end, .startingCapital, .symbol, .strategy, .status,
    .interval, .metric("sharpe"), .metric("trades"), .metric("sqn"), .metric("unknown '\"; --"),
  ]

  /// What a run is sorted by: a number or a text.
  private static func key(_ run: RunRecord, _ sort: RunSort) -> (Double, [UInt8])? {
    func number(_ value: Int64?) -> (Double, [UInt8])? { value.map { (Double($0), []) } }
    func text(_ value: String) -> (Double, [UInt8])? { (0, Array(value.utf8)) }
    return switch sort {
    case .created: number(run.created)
    case .started: number(run.started)
    case .finished: number(run.finished)
    case .duration: number(run.durationMicroseconds)
    case .bars: number(run.bars.map(Int64.init))
    case .start: number(run.start)
    case .end: number(run.end)
    case .startingCapital: (run.startingCapital, [])
    case .symbol: text(run.ticker)
    case .strategy: text(run.strategy)
    case .status: text(run.status.rawValue)
    case .interval: text(run.interval)
    case .metric(let name): run.metric(name).map { ($0, []) }
    }
  }

  /// The slow, obvious order: by key, runs without one last, ties by id.
  private static func sorted(_ runs: [RunRecord], _ sort: RunSort, descending: Bool) -> [RunID] {
    func isBefore(_ left: RunRecord, _ right: RunRecord) -> Bool {
      switch (key(left, sort), key(right, sort)) {
      case (nil, nil): break
      case (nil, _): return false
      case (_, nil): return true
      case (let left?, let right?):
        if left.0 != right.0 { return descending ? left.0 > right.0 : left.0 < right.0 }
        if left.1 != right.1 { return left.1.lexicographicallyPrecedes(right.1) != descending }
      }
      return left.id.utf8.lexicographicallyPrecedes(right.id.utf8) != descending
    }
    return runs.sorted(by: isBefore).map(\.id)
  }

  private static func pages(_ store: SQLiteRunStore, _ query: RunQuery, between: ([RunID]) throws -> Void = { _ in })
    throws -> [RunID]
  {
    var (ids, query) = ([RunID](), query)
    while true {
      let page = try store.list(query)
      #expect(page.runs.count <= query.limit)
      ids += page.runs.map(\.id)
      guard let cursor = page.nextCursor else { break }
      #expect(page.runs.count == query.limit)
      query.cursor = cursor
      try between(ids)
    }
    return ids
  }

  @Test func everySortGivesTheObviousOrderInPagesOfAnySize() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let runs = Self.runs(60)
    for run in runs { try store.insert(run) }
    for sort in Self.sorts {
      for descending in [false, true] {
        let expected = Self.sorted(runs, sort, descending: descending)
        for limit in [7, 59, 60, 61] {
          var query = RunQuery()
          (query.sort, query.descending, query.limit) = (sort, descending, limit)
          #expect(try Self.pages(store, query) == expected, "\(sort) \(descending) \(limit)")
        }
        for offset in [5, 59, 60] {
          var query = RunQuery()
          (query.sort, query.descending, query.offset, query.limit) = (sort, descending, offset, 10)
          #expect(try store.list(query).runs.map(\.id) == Array(expected.dropFirst(offset).prefix(10)))
        }
      }
    }
  }

  @Test func pagesOfOneRunWork() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let runs = Self.runs(9)
    for run in runs { try store.insert(run) }
    var query = RunQuery()
    query.limit = 1
    #expect(try Self.pages(store, query) == Self.sorted(runs, .created, descending: true))
  }

  @Test func everyFilterGivesTheObviousRuns() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let runs = Self.runs(60)
    for run in runs { try store.insert(run) }
    var queries: [(RunQuery, (RunRecord) -> Bool)] = []
    func add(_ change: (inout RunQuery) -> Void, _ matches: @escaping (RunRecord) -> Bool) {
      var query = RunQuery()
      query.limit = 1000
      change(&query)
      queries.append((query, matches))
    }
    add({ $0.statuses = [.failed, .queued] }, { $0.status == .failed || $0.status == .queued })
    add({ $0.statuses = RunStatus.allCases }, { _ in true })
    add({ $0.strategies = ["rsi", "nothing"] }, { $0.strategy == "rsi" })
    add({ $0.symbol = "ü" }, { $0.instruments.contains { $0.symbol == "ü" } })
    add({ $0.symbol = "' OR 1=1 --" }, { _ in false })
    add({ $0.dataset = "IBM" }, { $0.dataset == "IBM" })
    add({ $0.sweepID = "s-1" }, { $0.sweepID == "s-1" })
    add({ $0.tags = ["ü"] }, { $0.tags.contains("ü") })
    add({ $0.tags = ["a", "b"] }, { $0.tags.contains("a") && $0.tags.contains("b") })
    for text in ["MACD", "_c", "%", "-17", "goog", "\\", "' OR 1"] {
      add({ $0.text = text }) { run in
        ([run.id, run.strategy, run.ticker, run.parameters ?? ""] + run.tags).contains {
          $0.lowercased().contains(text.lowercased())
        }
      }
    }
    add({ $0.created = TimeRange(from: 2, to: 5) }, { (2..<5).contains($0.created) })
    add({ $0.start = TimeRange(from: 3) }, { ($0.start ?? -1) >= 3 })
    add({ $0.end = TimeRange(to: 7) }, { ($0.end ?? 99) < 7 })
    add(
      {
        $0.statuses = [.completed, .failed, .running]
        $0.strategies = ["rsi", "macd"]
        $0.symbol = "GOOG"
        $0.tags = ["a"]
        $0.created = TimeRange(from: 1)
        $0.sort = .metric("sqn")
      },
      { run in
        [.completed, .failed, .running].contains(run.status) && run.strategy != "sma_cross" && run.tags.contains("a")
          && run.created >= 1 && run.instruments.contains { $0.symbol == "GOOG" }
      })
    for (query, matches) in queries {
      let expected = Self.sorted(runs.filter(matches), query.sort, descending: true)
      let page = try store.list(query)
      #expect(page.runs.map(\.id) == expected)
      #expect(page.total == expected.count)
      var small = query
      small.limit = 3
      small.countsTotal = false
      #expect(try Self.pages(store, small) == expected)
      #expect(try store.list(small).total == nil)
    }
  }

  @Test(arguments: [RunSort.created, .metric("sqn"), .strategy], [false, true])
  func pagesVisitEveryRunOnceWhateverIsInsertedOrDeleted(sort: RunSort, descending: Bool) throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let runs = Self.runs(50)
    for run in runs { try store.insert(run) }
    var deleted = Set<RunID>()
    var query = RunQuery()
    (query.sort, query.descending, query.limit) = (sort, descending, 4)
    let order = Self.sorted(runs, sort, descending: descending)
    let visited = try Self.pages(store, query) { visited in
      for (offset, other) in Self.runs(5).enumerated() {
        var run = other
        run.id = "new\(visited.count)-\(offset)"
        try store.insert(run)
      }
      // The run the cursor names, the first one seen, and one still to come.
      let left = order.filter { !visited.contains($0) && !deleted.contains($0) }
      for id in [visited.last, visited.first, left.dropFirst(2).first].compactMap(\.self) {
        if try store.delete(id), !visited.contains(id) { deleted.insert(id) }
      }
    }
    #expect(deleted.count > 3)
    let old = visited.filter { !$0.hasPrefix("new") }
    #expect(old == order.filter { !deleted.contains($0) })
    #expect(Set(visited).count == visited.count)
  }

  @Test func aCursorIsPlainTextAndBelongsToItsSort() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    for run in Self.runs(9) { try store.insert(run) }
    var query = RunQuery()
    query.limit = 2
    query.sort = .metric("weird name ü.%&")
    let cursor = try #require(try store.list(query).nextCursor)
    #expect(cursor.allSatisfy { "0123456789abcdef.".contains($0) })
    query.cursor = cursor
    #expect(try store.list(query).runs.count == 2)
    query.descending = false
    #expect(throws: RunStoreError.self) { try store.list(query) }
    query.descending = true
    query.sort = .created
    for text in [
      cursor, "", "...", "x", "63.64.6e.6", "é.é.é.é", "61.61.61.61", cursor + ".",
      String(repeating: "a", count: 99_999),
    ] {
      query.cursor = text
      let error = #expect(throws: RunStoreError.self) { try store.list(query) }
      #expect(error?.description.contains("leave it out to start with the first page") == true)
    }
  }

  @Test func queriesThatCannotBeAreRefused() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let changes: [(inout RunQuery) -> Void] = [
      { $0.limit = 0 }, { $0.limit = -1 }, { $0.limit = 1001 }, { $0.offset = -1 },
      { $0.tags = (0...100).map { "\($0)" } }, { $0.strategies = (0...100).map { "\($0)" } },
    ]
    for change in changes {
      var query = RunQuery()
      change(&query)
      #expect(throws: RunStoreError.self) { try store.list(query) }
    }
    var query = RunQuery()
    query.tags = (0..<100).map { "\($0)" }
    query.strategies = query.tags
    query.offset = .max
    #expect(try store.list(query) == RunPage(runs: [], nextCursor: nil, total: 0))
  }

  /// Every filter but the one by text, which has to read parameters.
  private static let filters: [@Sendable (inout RunQuery) -> Void] = [
    { _ in }, { $0.statuses = [.failed] }, { $0.strategies = ["rsi", "macd"] }, { $0.symbol = "GOOG" },
    { $0.dataset = "GOOG" }, { $0.sweepID = "s-1" }, { $0.leavesOutTrials = true }, { $0.tags = ["a"] },
    { $0.created.from = 5 }, { $0.start = TimeRange(from: 1, to: 9) }, { $0.end.to = 9 },
    {
      $0.symbol = "IBM"
      $0.strategies = ["rsi"]
      $0.statuses = [.completed]
    },
  ]

  @Test func noListReadsRunsOneByOne() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests")
    for (number, filter) in Self.filters.enumerated() {
      for sort in Self.sorts {
        var query = RunQuery()
        filter(&query)
        query.sort = sort
        let plan = try store.plan(of: query)
        #expect(!plan.isEmpty)
        // A scan without an index would read requests and parameters of any length.
        #expect(!plan.contains("SCAN backtestRun"), "filter \(number), sorted by \(sort): \(plan)")
        let asksEachRun = plan.contains { $0.contains("CORRELATED") }
        #expect(!asksEachRun, "filter \(number), sorted by \(sort): \(plan)")
        if sort == .created, number == 0 || number == 3 {
          let sortsAll = plan.contains { $0.contains("TEMP B-TREE") }
          #expect(!sortsAll, "\(plan)")
        }
      }
    }
  }

  @Test(arguments: Place.allCases) func summariesSayWhatRecordsSay(place: Place) throws {
    let directory = try TemporaryDirectory()
    let store = try place.open(in: directory)
    var runs = Self.runs(60)
    for index in runs.indices where index % 3 == 0 {
      runs[index].failure = RunFailure(kind: "data_error", message: "m", fault: "data", detail: "{}")
      runs[index].parameters = #"{"n1":1}"#
    }
    for run in runs { try store.insert(run, result: nil) }
    var query = RunQuery()
    query.limit = 1000
    let records = try store.list(query).runs
    query.summarizes = true
    let summaries = try store.list(query).runs
    let shown = ["total_return_pct", "cagr_pct", "sharpe", "max_drawdown_pct", "trades", "winrate_pct"]
    let expected = records.map { record in
      var summary = RunRecord(
        id: record.id, status: record.status, strategy: record.strategy,
        instruments: record.instruments.first.map { [Instrument(symbol: $0.symbol)] } ?? [], interval: record.interval,
        startingCapital: record.startingCapital, created: record.created)
      (summary.start, summary.end, summary.bars) = (record.start, record.end, record.bars)
      (summary.started, summary.finished) = (record.started, record.finished)
      summary.durationMicroseconds = record.durationMicroseconds
      summary.failure = record.failure.map {
        RunFailure(kind: $0.kind, message: $0.message, fault: $0.fault, detail: nil)
      }
      (summary.parameters, summary.dataset, summary.sweepID) = (record.parameters, record.dataset, record.sweepID)
      summary.metrics = shown.compactMap { name in record.metric(name).map { RunMetric(name: name, value: $0) } }
      return summary
    }
    #expect(summaries.map(exactText) == expected.map(exactText))
  }
}

/// A small generator of repeatable numbers: Knuth's MMIX linear congruence, upper bits.
private struct RepeatableGenerator {
  var state: UInt64

  /// A number from 0 up to, not including, `limit`.
  mutating func next(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
}
