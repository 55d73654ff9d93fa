/// Why a run failed.
public struct RunFailure: Sendable, Equatable {
  /// A stable name for programs, e.g. `strategy_error`.
  public var kind: String
  /// One sentence for people.
  public var message: String
  /// Whose fault it is, e.g. `strategy`, `data`, `host`; `nil` when that is not known.
  public var fault: String?
  /// More about it as JSON text; the store does not read it.
  public var detail: String?

  /// Makes a failure.
  public init(kind: String, message: String, fault: String? = nil, detail: String? = nil) {
    self.kind = kind
    self.message = message
    self.fault = fault
    self.detail = detail
  }
}
