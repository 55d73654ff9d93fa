/// What the broker charges for one execution, in money.
public enum Commission: Sendable {
  /// A fraction of the traded value: 0.002 is 0.2 %.
  case rate(Double)
  /// A fixed amount per execution plus a fraction of the traded value.
  case fixedAndRate(fixed: Double, rate: Double)
  /// Any pure function of the size (units, or the fraction still to be resolved; signed) and the price.
  ///
  /// It is called several times per execution, and must give the same answer each time.
  case custom(@Sendable (_ size: Double, _ price: Double) -> Double)

  /// The charge for trading `size` units at `price`; never depends on the sign of `size` but for ``custom(_:)``.
  @inlinable
  public func charge(size: Double, price: Double) -> Double {
    switch self {
    case .rate(let rate): rate == 0 ? 0 : abs(size) * price * rate
    case .fixedAndRate(let fixed, let rate): fixed + abs(size) * price * rate
    case .custom(let function): function(size, price)
    }
  }
}
