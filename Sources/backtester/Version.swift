import ProgramSupport

/// The program's version.
enum Version {
  static let text = ProgramVersion.text
}
