/// A trading strategy.
///
/// One value serves one run. The engine calls, in this order and from one thread:
///
/// 1. ``prepare(_:)`` once, before the first bar. The answer says how many bars each indicator needs before it is
///    defined; trading starts after the longest of them.
/// 2. ``observe(_:)`` for every bar from the first one on, warm-up included: update indicators here.
/// 3. ``next(_:)`` after ``observe(_:)`` for every bar from the end of the warm-up on: decide here. Orders placed on
///    bar i first act on bar i + 1.
/// 4. ``finish(_:)`` once, whatever happened.
///
/// Before step 2 and 3 for bar i the broker has worked off resting orders on bar i, so the account already shows them.
/// Throwing ends the run as failed with the error's description.
public protocol Strategy {
  /// Gets ready for a run.
  ///
  /// - Returns: For each indicator the number of bars it must see before its first value (an SMA(20): 20). Numbers
  ///   larger than the run has bars are ignored, as an indicator that is never defined cannot be waited for.
  mutating func prepare(_ run: RunDescription) throws -> [Int]

  /// Sees a bar, the newest of `market`, without acting on it.
  mutating func observe(_ market: MarketView) throws

  /// Sees the account on a bar of the warm-up, after ``observe(_:)``; orders are not accepted yet, but on the last one from
  /// a strategy that ``placesEarlyOrders``.
  mutating func warmUp(_ context: inout StrategyContext) throws

  /// Decides on the newest bar.
  mutating func next(_ context: inout StrategyContext) throws

  /// Learns that the run is over.
  mutating func finish(_ outcome: RunOutcome) throws

  /// Whether it looks at the broker's `orderEvents`. One that does not saves the engine keeping them where nobody else
  /// wants them, as in the trials of a sweep.
  var readsOrderEvents: Bool { get }

  /// Whether orders placed in ``warmUp(_:)`` on its last bar count, so that they act on the first bar that is decided on.
  /// Asked after ``prepare(_:)``.
  var placesEarlyOrders: Bool { get }
}

extension Strategy {
  /// Needs no bars before the first decision.
  @inlinable
  public mutating func prepare(_ run: RunDescription) throws -> [Int] { [] }
  /// Ignores the bar.
  @inlinable
  public mutating func observe(_ market: MarketView) throws {}
  /// Does nothing.
  @inlinable
  public mutating func warmUp(_ context: inout StrategyContext) throws {}
  /// Does nothing.
  @inlinable
  public mutating func finish(_ outcome: RunOutcome) throws {}
  /// May look at them.
  @inlinable
  public var readsOrderEvents: Bool { true }
  /// Places none.
  @inlinable
  public var placesEarlyOrders: Bool { false }
}

/// A strategy type that the host can list, describe and make by name.
public protocol NamedStrategy: Strategy, Sendable {
  /// Its name, what it does and its parameters.
  static var descriptor: StrategyDescriptor { get }

  /// Makes a strategy from checked parameters: every parameter of ``descriptor`` is present, of its type, in range.
  ///
  /// - Throws: Anything that makes the combination of parameters impossible.
  init(parameters: ParameterValues) throws
}

/// How a run ended, as told to its strategy.
public enum RunOutcome: String, Sendable {
  case completed
  case cancelled
  case failed
}
