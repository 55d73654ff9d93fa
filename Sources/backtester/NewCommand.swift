import ArgumentParser
import PluginHost
import StrategyKit
import StrategyTemplates

/// `backtester new`.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a strategy to begin with: source, test, README and manifest.",
    discussion: """
      The strategy trades and passes `backtester check` as it is (in C and Swift once it is built). Existing files are
      never changed.

      Examples:
        backtester new --lang python my_strategy
        backtester new --lang c fast_one --dir strategies/fast_one
      """)

  @Argument(help: "The strategy's name: letters, digits, _ and -.")
  var name: String

  @Option(
    help: "The language: \(StrategyTemplate.Language.allCases.map(\.rawValue).joined(separator: ", ")).",
    completion: .list(StrategyTemplate.Language.allCases.map(\.rawValue)))
  var lang: String

  @Option(
    help: ArgumentHelp(
      "The folder to write into; a new one of the strategy's name when left out.", valueName: "folder"),
    completion: .directory)
  var dir: String?

  /// Other words for the languages.
  private static let aliases: [String: StrategyTemplate.Language] = [
    "py": .python, "python3": .python, "js": .javascript, "node": .javascript, "nodejs": .javascript, "sh": .shell,
    "bash": .shell, "awk": .shell,
  ]

  func run() throws {
    let language = try language()
    guard StrategyTemplate.isValidName(name) else {
      throw CommandFailure.usage(
        "The name was \(name); it must be 1 to 100 letters, digits, _ or -, and not begin with -.")
    }
    let folder = dir ?? name
    let places = StrategyTemplate.Places(
      checkout: Composition.checkout ?? "", pythonPackage: Composition.pythonPackage ?? "")
    let template = StrategyTemplate(language, name: name, places: places)
    do {
      try NewFolder(folder).write(template.files)
    } catch { throw CommandFailure(message: "\(error)", exitCode: 1) }
    Terminal.print("Wrote \(folder):")
    for file in template.files { Terminal.print("  \(file.path)") }
    Terminal.print("\nNext:\n" + Self.nextSteps(language, folder).map { "  \($0)" }.joined(separator: "\n"))
    if language == .swift, places.checkout.isEmpty {
      Terminal.note(
        "No checkout of backtester was found; set BACKTESTER_PACKAGE to one, or write its path into \(folder)/Package.swift."
      )
    }
  }

  private func language() throws -> StrategyTemplate.Language {
    let wanted = lang.lowercased()
    if let language = StrategyTemplate.Language(rawValue: wanted) ?? Self.aliases[wanted] { return language }
    let known = StrategyTemplate.Language.allCases.map(\.rawValue)
    throw CommandFailure.usage(
      "There is no template for \(lang)\(NearMiss.hint(lang, among: known)); the languages are "
        + "\(known.joined(separator: ", ")). protocol/README.md is enough to write one in any other language.")
  }

  private static func nextSteps(_ language: StrategyTemplate.Language, _ folder: String) -> [String] {
    let build: [String] =
      switch language {
      case .c: ["make -C \(folder)"]
      case .swift: ["swift build -c release --package-path \(folder)"]
      case .python, .javascript, .shell: []
      }
    let path = folder.contains("/") ? folder : "./\(folder)"
    return build + ["backtester check \(path)", "backtester run \(path) --sample GOOG"]
  }
}
