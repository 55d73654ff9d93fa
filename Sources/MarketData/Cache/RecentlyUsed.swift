internal import Synchronization

/// Values that took work to make, kept as long as they fit: the one unused for longest goes first. Any thread may ask.
package final class RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    var value: Value
    var bytes: Int
    var lastUse: UInt64
  }
  private struct State {
    var entries: [Key: Entry] = [:]
    var bytes = 0
    var uses: UInt64 = 0
  }
  private let state = Mutex(State())
  private let maximumBytes: Int
  private let maximumCount: Int

  /// Makes an empty one.
  ///
  /// - Parameters:
  ///   - maximumBytes: What all values may take together; one that is larger alone is not kept.
  ///   - maximumCount: How many values are kept at most.
  package init(maximumBytes: Int, maximumCount: Int) {
    self.maximumBytes = maximumBytes
    self.maximumCount = maximumCount
  }

  /// The value kept under a key; `nil` when there is none (any more).
  package func value(_ key: Key) -> Value? {
    state.withLock { state in
      state.uses += 1
      state.entries[key]?.lastUse = state.uses
      return state.entries[key]?.value
    }
  }

  /// Keeps a value in place of the one under the same key.
  package func keep(_ value: Value, under key: Key, bytes: Int) {
    state.withLock { state in
      if let old = state.entries.removeValue(forKey: key) { state.bytes -= old.bytes }
      guard bytes <= maximumBytes else { return }
      // A walk over all of them: there are few, and each was dear to make.
      while state.bytes + bytes > maximumBytes || state.entries.count >= maximumCount,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.entries[oldest.key] = nil
        state.bytes -= oldest.value.bytes
      }
      state.uses += 1
      state.entries[key] = Entry(value: value, bytes: bytes, lastUse: state.uses)
      state.bytes += bytes
    }
  }

  /// Forgets a value.
  package func forget(_ key: Key) {
    state.withLock { state in
      if let old = state.entries.removeValue(forKey: key) { state.bytes -= old.bytes }
    }
  }

  /// Forgets everything.
  package func forgetAll() {
    state.withLock {
      $0.entries = [:]
      $0.bytes = 0
    }
  }

  /// How many values are kept, and the bytes they take.
  package var extent: (count: Int, bytes: Int) { state.withLock { ($0.entries.count, $0.bytes) } }
}
