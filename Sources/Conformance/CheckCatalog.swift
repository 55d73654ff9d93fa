/// A numbered check.
struct ConformanceCheck: Sendable {
  let id: String
  let claim: String
  let perform: @Sendable (CheckKit) throws -> Void

  init(_ id: String, _ claim: String, _ perform: @escaping @Sendable (CheckKit) throws -> Void) {
    self.id = id
    self.claim = claim
    self.perform = perform
  }

  /// The part of the id before the point.
  var level: ConformanceLevel { ConformanceLevel(rawValue: String(id.prefix { $0 != "." })) ?? .core }
}

/// All checks, in the order of `protocol/v1/checks.json`.
enum CheckCatalog {
  static let checks =
    HandshakeChecks.all + LockstepChecks.all + EndingChecks.all + StreamedChecks.all + VectorizedChecks.all
    + FramingChecks.all + EnduranceChecks.all
}

/// What is known about a check without performing it.
public struct ConformanceCheckDescription: Sendable, Equatable {
  /// Its id, which never changes its meaning.
  public let id: String
  /// Its level; never ``ConformanceLevel/all``.
  public let level: ConformanceLevel
  /// What it claims.
  public let claim: String

  /// Every check, in order.
  public static let all = CheckCatalog.checks.map {
    ConformanceCheckDescription(id: $0.id, level: $0.level, claim: $0.claim)
  }
}
