/// Commission of one execution: `fixed + rate × |quantity| × price`.
package struct CommissionTerms: Codable, Equatable, Sendable, WireShape {
  /// Money per execution.
  package var fixed: Double
  /// Fraction of the traded value; 0.002 is 0.2 %.
  package var rate: Double

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case fixed
    case rate
  }

  /// Makes it of its fields.
  package init(fixed: Double, rate: Double) {
    self.fixed = fixed
    self.rate = rate
  }
}
