/// Where the run database is kept when the user does not say.
public enum RunStoreLocation {
  /// The database file for an environment.
  ///
  /// `BACKTESTER_DB` names it outright. Otherwise it is `backtester/runs.sqlite` in `XDG_DATA_HOME` (XDG Base Directory
  /// Specification 0.8; a relative one is ignored, as it says), else in the user's data directory:
  /// `~/Library/Application Support` on Apple systems, `~/.local/share` elsewhere. Nothing is created.
  ///
  /// - Throws: ``RunStoreError/noDefaultLocation`` when the environment has no home.
  public static func `default`(environment: [String: String]) throws(RunStoreError) -> String {
    if let file = environment["BACKTESTER_DB"], !file.isEmpty { return file }
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return join(data, "backtester/runs.sqlite") }
    guard let home = environment["HOME"], home.hasPrefix("/") else { throw .noDefaultLocation }
    #if canImport(Darwin)
    return join(home, "Library/Application Support/backtester/runs.sqlite")
    #else
    return join(home, ".local/share/backtester/runs.sqlite")
    #endif
  }

  private static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }
}
