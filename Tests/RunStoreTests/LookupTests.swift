import RunStore
import Testing

@Suite struct LookupTests {
  private func store(_ ids: [RunID]) throws -> SQLiteRunStore {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    for (number, id) in ids.enumerated() {
      var record = Fixture.record(number)
      record.id = id
      try store.insert(record)
    }
    return store
  }

  @Test func aWholeIDOrAUniqueBeginningFindsTheRun() throws {
    let store = try store(["abc", "abcd", "abd", "b%_*", "ünïcode"])
    #expect(try store.resolve("abc") == "abc")
    #expect(try store.resolve("abcd") == "abcd")
    #expect(try store.resolve("abd") == "abd")
    #expect(try store.resolve("b") == "b%_*")
    #expect(try store.resolve("b%") == "b%_*")
    #expect(try store.resolve("ün") == "ünïcode")
  }

  @Test func anAmbiguousBeginningNamesTheCandidates() throws {
    let store = try store(["abd", "abc", "x"])
    #expect(throws: RunStoreError.ambiguousRun(prefix: "ab", candidates: ["abc", "abd"], count: 2)) {
      try store.resolve("ab")
    }
    let many = try self.store((10..<40).map { "run\($0)" })
    let error = #expect(throws: RunStoreError.self) { try many.resolve("run") }
    #expect(error == .ambiguousRun(prefix: "run", candidates: (10..<20).map { "run\($0)" }, count: 30))
    #expect(error?.description.hasPrefix("30 runs begin with run: run10, run11,") == true)
    #expect(error?.description.hasSuffix("run19, …; give more of the id.") == true)
  }

  @Test func anUnknownIDNamesTheNearest() throws {
    let store = try store(["01jabc", "01jabd", "02xyz"])
    #expect(throws: RunStoreError.unknownRun(reference: "01jaZc", near: ["01jabc", "01jabd"])) {
      try store.resolve("01jaZc")
    }
    let error = #expect(throws: RunStoreError.self) { try store.record("02xyy") }
    #expect(error?.description == "There is no run 02xyy (did you mean 02xyz?); list the runs to see their ids.")
    for stranger in ["", "zzz", "%", "0", String(repeating: "9", count: 10_000)] {
      #expect(throws: RunStoreError.self) { try store.resolve(stranger) }
    }
    #expect(throws: RunStoreError.unknownRun(reference: "zzz", near: [])) { try store.resolve("zzz") }
  }

  @Test func latestIsTheRunCreatedLast() throws {
    let store = try store(["b", "c", "a"])
    #expect(try store.resolve("latest") == "a")
    _ = try store.delete("a")
    #expect(try store.resolve("latest") == "c")
    let empty = try SQLiteRunStore.inMemory(program: "tests 1")
    let error = #expect(throws: RunStoreError.self) { try empty.resolve("latest") }
    #expect(error?.description == "There are no runs yet; run a backtest first.")
  }

  @Test func latestIsNoTrialOfASweep() throws {
    let store = try store(["run"])
    func insert(_ number: Int, _ id: RunID) throws {
      var record = Fixture.record(number)
      record.id = id
      record.sweepID = "sweep"
      try store.insert(record)
    }
    try insert(10, "sweep-1")
    try insert(11, "sweep-2")
    #expect(try store.resolve("latest") == "run")
    #expect(try store.resolve("sweep-2") == "sweep-2")
    // The beginning that all trials share is no single run, and no slip either.
    let sweep = #expect(throws: RunStoreError.isSweep(id: "sweep")) { try store.resolve("sweep") }
    #expect(sweep?.description.contains("runs list --sweep sweep") == true)
    _ = try store.delete("run")
    let error = #expect(throws: RunStoreError.onlyTrials(sweep: "sweep")) { try store.resolve("latest") }
    #expect(error?.description.contains("runs list --sweep sweep") == true)
  }

  @Test func everyReadOfAnUnknownRunSaysSo() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let unknown = RunStoreError.unknownRun(reference: "x", near: [])
    #expect(throws: unknown) { try store.record("x") }
    #expect(throws: unknown) { try store.result(of: "x") }
    #expect(throws: unknown) { try store.equity(of: "x") }
    #expect(throws: unknown) { try store.trades(of: "x", offset: 0, limit: 1) }
    #expect(throws: unknown) { try store.orderEvents(of: "x", offset: 0, limit: 1) }
    #expect(throws: unknown) { try store.openTrades(of: "x") }
    #expect(throws: unknown) { try store.annotations(of: "x") }
    #expect(try store.delete("x") == false)
  }
}
