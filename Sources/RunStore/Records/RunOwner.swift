/// The process that works on a run, described so that another process can tell whether it is still there.
public struct RunOwner: Sendable, Hashable {
  /// The machine it runs on.
  public var host: String
  /// Its process id on that machine.
  public var processID: Int
  /// What tells it from an earlier process of the same id, e.g. its start time; `nil` when that is not known.
  public var instance: String?

  /// Makes the description of a process.
  public init(host: String, processID: Int, instance: String? = nil) {
    self.host = host
    self.processID = processID
    self.instance = instance
  }
}
