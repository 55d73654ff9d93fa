import HTTPServer
import Testing

/// Two decimals as the older backend rounds them.
struct RoundingTests {
  /// Expected values are those of `round(x, 2)` in Python 3.11.
  @Test(arguments: [
    (1.115, 1.11), (1.005, 1.0), (2.675, 2.67), (0.285, 0.28), (1.025, 1.02), (8.345, 8.35), (0.125, 0.12),
    (0.375, 0.38), (0.625, 0.62), (-0.125, -0.12), (-2.675, -2.67), (578.7647312805715, 578.76), (0.005, 0.01),
    (0.015, 0.01), (-33.160980628759305, -33.16), (1e15 + 0.125, 1e15 + 0.125), (1e300, 1e300), (4.0, 4.0),
  ])
  func roundsAsPythonDoes(value: Double, expected: Double) {
    #expect(value.roundedToCents == expected)
  }

  @Test func zeroHasNoSign() {
    #expect((-0.001).roundedToCents.sign == .plus)
    #expect((-0.0).roundedToCents.sign == .plus)
  }
}
