extension Double {
  /// The nearest number with two decimals, halves to even, as Python's `round(x, 2)` has it; never negative zero.
  ///
  /// The product with 100 is rounded, which can make a half of what is none (1.115 is a little less than it seems); its
  /// error, had exactly from a fused multiplication, tells on which side the number lies.
  package var roundedToCents: Double {
    let scaled = self * 100
    guard scaled.magnitude < 0x1p52 else { return self }
    var rounded = scaled.rounded(.toNearestOrEven)
    if (scaled - scaled.rounded(.down)) == 0.5 {
      let error = (-scaled).addingProduct(self, 100)
      if error > 0 { rounded = scaled.rounded(.up) } else if error < 0 { rounded = scaled.rounded(.down) }
    }
    let result = rounded / 100
    return result == 0 ? 0 : result
  }
}
