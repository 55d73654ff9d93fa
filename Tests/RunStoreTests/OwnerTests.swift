import RunStore
import Testing

@Suite struct OwnerTests {
  private let here = RunOwner(host: "a", processID: 1, instance: "x")
  private let reborn = RunOwner(host: "a", processID: 1, instance: "y")
  private let nameless = RunOwner(host: "a", processID: 1)
  private let elsewhere = RunOwner(host: "b", processID: 1, instance: "x")

  private func store() throws -> SQLiteRunStore {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    let owners = [here, reborn, nameless, elsewhere, nil]
    for (index, status) in RunStatus.allCases.enumerated() {
      for (position, owner) in owners.enumerated() {
        var record = Fixture.record(100 - index * 10 - position, status: status)
        record.owner = owner
        record.heartbeat = owner == nil ? nil : Int64(index)
        try store.insert(record, result: Fixture.result(bars: 2))
      }
    }
    return store
  }

  private func runs(_ store: SQLiteRunStore) throws -> [RunRecord] {
    var query = RunQuery()
    query.limit = 1000
    query.descending = false
    return try store.list(query).runs
  }

  @Test func aHeartbeatReachesItsOwnersUnfinishedRunsOnly() throws {
    let store = try store()
    let before = try runs(store)
    #expect(try store.heartbeat(here, at: 77) == 3)
    let expected = before.map { record -> RunRecord in
      var record = record
      if record.owner == here, !record.status.isFinal { record.heartbeat = 77 }
      return record
    }
    #expect(try runs(store) == expected)
    #expect(try store.heartbeat(RunOwner(host: "c", processID: 9), at: 78) == 0)
    #expect(try store.heartbeat(nameless, at: 78) == 3)
  }

  @Test func runsOfTheDeadAreInterruptedAndNoOthers() throws {
    let store = try store()
    let before = try runs(store)
    var asked: [RunOwner] = []
    var beats: [Int64?] = []
    let changed = try store.markInterrupted(at: 99) { owner, lastHeartbeat in
      asked.append(owner)
      beats.append(lastHeartbeat)
      return owner != here && owner != nameless
    }
    #expect(Set(asked) == [here, reborn, nameless, elsewhere] && asked.count == 4)
    #expect(beats == [2, 2, 2, 2])
    let expected = before.map { record -> RunRecord in
      var record = record
      if record.owner == here || record.owner == nameless, !record.status.isFinal {
        record.status = .interrupted
        record.finished = 99
        record.failure = RunFailure(
          kind: "interrupted", message: "The process that ran it ended before the run did.", fault: "host")
      }
      return record
    }
    #expect(try runs(store) == expected)
    #expect(changed == zip(before, expected).filter { $0 != $1 }.map(\.0.id))
    #expect(try store.equity(of: changed[0]).times.count == 2)
    #expect(try store.markInterrupted(at: 100) { _, _ in true } == [])
  }

  @Test func theLivenessQuestionMayUseTheStore() throws {
    let store = try store()
    let changed = try store.markInterrupted(at: 1) { owner, _ in (try? store.heartbeat(owner, at: 5)) == 3 }
    #expect(changed.isEmpty)
  }

  @Test func aRunThatEndsAfterItWasGivenUpIsStillStored() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests 1")
    var record = Fixture.record(1, status: .running)
    record.owner = here
    try store.insert(record)
    #expect(try store.markInterrupted(at: 5) { _, _ in false } == [record.id])
    #expect(try store.record(record.id).status == .interrupted)
    record.status = .completed
    try store.update(record, result: Fixture.result(bars: 3))
    #expect(try store.record(record.id) == record)
  }
}
