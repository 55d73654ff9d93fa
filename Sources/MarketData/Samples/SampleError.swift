/// Why a sample was not loaded.
public enum SampleError: Error, Sendable, Equatable {
  /// No sample has that name.
  case unknown(name: String)
}

extension SampleError: CustomStringConvertible {
  /// One sentence: what was asked for, and what there is.
  public var description: String {
    switch self {
    case .unknown(let name):
      "There is no sample named \"\(name)\"; the samples are \(Samples.names.joined(separator: ", "))."
    }
  }
}
