/// Hands out identifiers for requests and matches answers to them.
///
/// Identifiers are 1, 2, 3… in the order of the requests. `Context` is whatever the caller wants back with the answer. The
/// type does no I/O and has no clock; nothing is allocated once it has held its largest number of open calls. It is inlinable
/// because, not specialised for `Context`, matching took ten times as long and allocated.
public struct PendingCalls<Context> {
  /// What an answer's identifier turned out to be.
  public enum Match {
    /// The answer to an open call, which is thereby closed.
    case answer(Answer)
    /// The call was answered before.
    case alreadyAnswered(id: Int)
    /// No such call was made.
    case unknown(JSONRPCID)
  }

  /// An open call and how it was answered.
  public struct Answer {
    /// The identifier handed out.
    public let id: Int
    /// What the caller stored with it.
    public let context: Context
    /// Whether the call had been marked as cancelled.
    public let wasCancelled: Bool
    /// Whether the peer sent the identifier as a string (`"7"` for 7), which deserves a warning.
    public let idWasString: Bool

    @inlinable
    init(id: Int, context: Context, wasCancelled: Bool, idWasString: Bool) {
      self.id = id
      self.context = context
      self.wasCancelled = wasCancelled
      self.idWasString = idWasString
    }
  }

  @usableFromInline
  struct Call {
    @usableFromInline let id: Int
    @usableFromInline let context: Context
    @usableFromInline var isCancelled = false

    @inlinable
    init(id: Int, context: Context) {
      self.id = id
      self.context = context
    }
  }

  /// Open calls, oldest first, hence by ascending identifier.
  @usableFromInline var calls: [Call] = []
  @usableFromInline var lastID = 0

  /// Starts without open calls; the first identifier is 1.
  @inlinable
  public init() {}

  /// The number of open calls.
  @inlinable
  public var count: Int { calls.count }

  /// The identifiers of the open calls, oldest first.
  @inlinable
  public var openIDs: [Int] { calls.map(\.id) }

  /// Opens a call.
  /// - Returns: its identifier.
  @inlinable
  public mutating func open(_ context: Context) -> Int {
    lastID += 1
    calls.append(Call(id: lastID, context: context))
    return lastID
  }

  /// Closes the call that an answer belongs to.
  @inlinable
  public mutating func match(_ id: JSONRPCID) -> Match {
    switch id {
    case .number(let number): match(number, idWasString: false) ?? .unknown(id)
    case .string(let text): Self.canonicalInteger(text).flatMap { match($0, idWasString: true) } ?? .unknown(id)
    case .null: .unknown(id)
    }
  }

  /// Closes the call that an answer belongs to, without making a string of the identifier when it is a number.
  @inlinable
  public mutating func match(_ envelope: JSONRPCEnvelope) -> Match {
    if case .number(let number) = envelope.idView, let match = match(number, idWasString: false) { return match }
    return match(envelope.id)
  }

  /// Marks an open call as cancelled; it stays open, as it will still be answered.
  /// - Returns: whether such a call is open and was not marked before.
  @discardableResult
  @inlinable
  public mutating func cancel(_ id: Int) -> Bool {
    guard let index = index(of: id), !calls[index].isCancelled else { return false }
    calls[index].isCancelled = true
    return true
  }

  /// Whether an open call is marked as cancelled.
  @inlinable
  public func isCancelled(_ id: Int) -> Bool {
    index(of: id).map { calls[$0].isCancelled } ?? false
  }

  /// Closes all open calls, as when the peer is gone.
  /// - Returns: them, oldest first.
  @inlinable
  public mutating func removeAll() -> [(id: Int, context: Context)] {
    defer { calls.removeAll(keepingCapacity: true) }
    return calls.map { ($0.id, $0.context) }
  }

  @inlinable
  mutating func match(_ number: Int64, idWasString: Bool) -> Match? {
    guard let id = Int(exactly: number), (1...max(lastID, 1)).contains(id), lastID > 0 else { return nil }
    guard let index = index(of: id) else { return .alreadyAnswered(id: id) }
    let call = calls.remove(at: index)
    return .answer(
      Answer(id: id, context: call.context, wasCancelled: call.isCancelled, idWasString: idWasString))
  }

  @inlinable
  func index(of id: Int) -> Int? {
    // Answers mostly come in the order of the requests.
    if calls.first?.id == id { return 0 }
    var low = 0
    var high = calls.count
    while low < high {
      let middle = (low + high) / 2
      if calls[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < calls.count && calls[low].id == id ? low : nil
  }

  /// The integer that a string spells in its one usual way: no sign, zeros in front or white space.
  @inlinable
  static func canonicalInteger(_ text: String) -> Int64? {
    guard let value = Int64(text), String(value) == text else { return nil }
    return value
  }
}

extension PendingCalls.Call: Sendable where Context: Sendable {}
extension PendingCalls: Sendable where Context: Sendable {}
extension PendingCalls.Match: Sendable where Context: Sendable {}
extension PendingCalls.Answer: Sendable where Context: Sendable {}
