/// The version of the programs.
public enum ProgramVersion {
  /// As printed by `--version`, stored with runs and told to strategies.
  public static let text = "0.1.0"
}
