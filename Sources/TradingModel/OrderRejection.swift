/// The broker refused a request.
public struct OrderRejection: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why.
  public var reason: OrderReason

  /// One sentence with the numbers.
  public var description: String { "Order rejected: \(reason.message)." }

  /// Makes a rejection.
  public init(_ reason: OrderReason) { self.reason = reason }
}
