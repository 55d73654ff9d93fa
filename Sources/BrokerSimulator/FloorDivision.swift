/// Floor of the exact quotient of two doubles, as Python's and NumPy's `//` define it.
///
/// It differs from rounding down the rounded quotient: 1.0 // 0.1 is 9, because 0.1 is a little more than a tenth.
func floorDivision(_ dividend: Double, _ divisor: Double) -> Double {
  // The remainder after a quotient that is wrong by at most one is a `Double`, hence a fused multiplication and addition
  // gives it without error; several times faster than dividing bit by bit.
  let quotient = (dividend / divisor).rounded(.down)
  if quotient >= 1, quotient < 0x1p50, divisor > 0x1p-900 {
    let remainder = dividend.addingProduct(-quotient, divisor)
    if remainder < 0 { return quotient - 1 }
    return remainder < divisor ? quotient : quotient + 1
  }
  return floorDivisionByRemainder(dividend, divisor)
}

/// ``floorDivision(_:_:)`` for any numbers, step by step as the reference does it.
func floorDivisionByRemainder(_ dividend: Double, _ divisor: Double) -> Double {
  var remainder = dividend.truncatingRemainder(dividingBy: divisor)
  var quotient = (dividend - remainder) / divisor
  if remainder != 0 {
    if (divisor < 0) != (remainder < 0) {
      remainder += divisor
      quotient -= 1
    }
  }
  if quotient == 0 { return 0 }
  let floor = quotient.rounded(.down)
  return quotient - floor > 0.5 ? floor + 1 : floor
}
