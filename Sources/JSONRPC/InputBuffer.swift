/// Bytes that have arrived and are not yet consumed, in one piece.
///
/// Bytes are moved only when the end of the memory is reached and at least half of it is free again, and the memory doubles
/// otherwise; so the work stays proportional to the bytes that pass through.
struct InputBuffer: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var first = 0
  private var end = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    memory = .allocate(capacity: self.capacity)
  }

  deinit {
    memory.deallocate()
  }

  /// The number of bytes not yet consumed.
  var count: Int { end - first }

  /// The first byte not yet consumed; valid until bytes are added.
  var start: UnsafePointer<UInt8> { UnsafePointer(memory + first) }

  /// The bytes not yet consumed; valid until bytes are added.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// Drops bytes from the front.
  mutating func consume(_ bytes: Int) {
    first += bytes
    if first == end {
      first = 0
      end = 0
    }
  }

  /// Lets `fill` write behind the last byte; it returns how many bytes it wrote.
  mutating func add<Failure>(
    atLeast space: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    makeRoom(space)
    let written = try fill(UnsafeMutableRawBufferPointer(start: memory + end, count: capacity - end))
    precondition(written >= 0 && written <= capacity - end, "more bytes reported than there was room for")
    end += written
    return written
  }

  private mutating func makeRoom(_ space: Int) {
    if capacity - end >= space { return }
    if first >= capacity / 2, capacity - count >= space {
      memory.update(from: memory + first, count: count)
    } else {
      capacity = max(capacity * 2, count + space)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      larger.update(from: memory + first, count: count)
      memory.deallocate()
      memory = larger
    }
    end -= first
    first = 0
  }
}

// The memory belongs to this one value, and moving it moves the ownership.
extension InputBuffer: @unchecked Sendable {}
