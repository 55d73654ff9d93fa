/// Floor of the exact quotient of two doubles, as Python's and NumPy's `//` define it.
///
/// It differs from rounding down the rounded quotient: 1.0 // 0.1 is 9, because 0.1 is a little more than a tenth.
func floorDivision(_ dividend: Double, _ divisor: Double) -> Double {
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
