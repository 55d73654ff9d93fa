public import PluginHost

extension StrategyCatalog {
  /// How the process of a strategy is started; `nil` for one that is compiled in.
  ///
  /// - Parameter name: A plugin's name or a path, as a run takes it.
  /// - Throws: As a run does for a strategy that does not exist.
  public func command(of name: String) throws -> PluginCommand? {
    switch try resolve(name) {
    case .builtIn: nil
    case .plugin(_, let command): command
    }
  }
}
