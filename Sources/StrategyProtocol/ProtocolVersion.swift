/// A version of the protocol, apart from the program's own version.
///
/// A minor version only adds optional fields, methods and flags; a major one may remove what was deprecated before.
package struct ProtocolVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Changes when something is removed or means something else.
  package let major: Int
  /// Changes when something is added.
  package let minor: Int

  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// The newest version this program speaks.
  package static let current = ProtocolVersion(major: 1, minor: 0)

  /// Every version this program speaks, newest first.
  package static let supported = [current]

  /// Reads `MAJOR.MINOR`, digits only; `nil` for anything else.
  package init?(_ text: String) {
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 2, let major = Self.number(parts[0]), let minor = Self.number(parts[1]) else { return nil }
    self.init(major: major, minor: minor)
  }

  private static func number(_ digits: Substring.UTF8View.SubSequence) -> Int? {
    guard (1...9).contains(digits.count) else { return nil }
    return digits.reduce(into: Int?.some(0)) { value, digit in
      guard let sum = value, (0x30...0x39).contains(digit) else {
        value = nil
        return
      }
      value = sum * 10 + Int(digit - 0x30)
    }
  }

  package var description: String { "\(major).\(minor)" }

  package static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// What a serving side answers to an offer: the offer if it speaks it, else its newest older version of the same
  /// major; `nil` when there is none (error 1002).
  package static func answer(to offer: ProtocolVersion, speaking versions: [ProtocolVersion] = supported)
    -> ProtocolVersion?
  {
    versions.filter { $0.major == offer.major && $0 <= offer }.max()
  }

  /// Whether the side that offered its newest version goes on with the version it was answered.
  package static func accepts(_ answer: ProtocolVersion, speaking versions: [ProtocolVersion] = supported) -> Bool {
    versions.contains(answer)
  }

  /// The error for an offer that cannot be met.
  ///
  /// - Parameter side: Who says so: `this host`, `this strategy`.
  package static func mismatch(
    offer: String, side: String, speaking versions: [ProtocolVersion] = supported
  ) -> ErrorObject {
    let known = versions.map(\.description)
    return ErrorObject(
      .unsupportedProtocolVersion,
      message: "\(side) speaks protocol \(known.joined(separator: ", ")), the other side asked for \(offer)"
    ) { data in
      data.hint = ProtocolVersion(offer).map { offer in
        offer > (versions.max() ?? offer) ? "update \(side)" : "update the other side"
      }
      data.supported = known
      data.requested = offer
    }
  }
}
