import TradingModel

/// Resting orders in the order the broker works them off.
///
/// The queue grows at both ends: stop-losses and closes go to the front, entries and take-profits to the end. It is
/// kept as two arrays, the front one in reverse, so that both insertions append, iteration is linear in memory, and both
/// arrays are sorted by order id, which makes finding an order a binary search. Removal only marks; ``compact()`` reuses
/// the space when the marks outnumber the living, so that an order costs O(1) however it leaves.
struct OrderQueue {
  /// Newest order of the front part last; worked off from its end.
  var front: [RestingOrder] = []
  /// Worked off from its beginning, after ``front``.
  var back: [RestingOrder] = []
  private(set) var count = 0

  /// Where an order is.
  enum Slot {
    case front(Int)
    case back(Int)
  }

  var isEmpty: Bool { count == 0 }

  mutating func insertAtFront(_ order: RestingOrder) {
    front.append(order)
    count += 1
  }

  mutating func append(_ order: RestingOrder) {
    back.append(order)
    count += 1
  }

  subscript(slot: Slot) -> RestingOrder {
    switch slot {
    case .front(let position): front[position]
    case .back(let position): back[position]
    }
  }

  /// Changes an order's signed size.
  mutating func resize(_ slot: Slot, to size: Double) {
    switch slot {
    case .front(let position): front[position].size = size
    case .back(let position): back[position].size = size
    }
  }

  /// Takes away an order's stop, which was touched.
  mutating func trigger(_ slot: Slot) {
    switch slot {
    case .front(let position): front[position].stop = .nan
    case .back(let position): back[position].stop = .nan
    }
  }

  /// The living order of that id.
  func find(_ id: OrderID) -> Slot? {
    if let position = Self.search(front, id) { return .front(position) }
    if let position = Self.search(back, id) { return .back(position) }
    return nil
  }

  /// Marks the order in a slot as gone.
  mutating func remove(_ slot: Slot) {
    switch slot {
    case .front(let position): Self.markDead(&front[position], &count)
    case .back(let position): Self.markDead(&back[position], &count)
    }
  }

  @inline(__always)
  private static func markDead(_ order: inout RestingOrder, _ count: inout Int) {
    if order.isDead { return }
    order.isDead = true
    count -= 1
  }

  /// Living orders in working order.
  var living: [RestingOrder] {
    var orders: [RestingOrder] = []
    orders.reserveCapacity(count)
    for order in front.reversed() where !order.isDead { orders.append(order) }
    for order in back where !order.isDead { orders.append(order) }
    return orders
  }

  /// Drops dead slots when they outnumber the living. Slots are invalid afterwards.
  mutating func compact() {
    if count == 0 {
      // One by one: for the few there are, faster than `removeAll`.
      while !front.isEmpty { front.removeLast() }
      while !back.isEmpty { back.removeLast() }
      return
    }
    guard front.count + back.count > 2 * count + 16 else { return }
    front.removeAll { $0.isDead }
    back.removeAll { $0.isDead }
  }

  private static func search(_ orders: [RestingOrder], _ id: OrderID) -> Int? {
    var low = 0
    var high = orders.count
    while low < high {
      let middle = (low + high) / 2
      if orders[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < orders.count && orders[low].id == id && !orders[low].isDead ? low : nil
  }
}
