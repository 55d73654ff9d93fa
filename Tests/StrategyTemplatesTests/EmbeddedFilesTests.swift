import Foundation
import StrategyTemplates
import Testing

/// What the program carries and the files it was made of.
struct EmbeddedFilesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The files of a language, the marks not filled in.
  private func files(_ language: StrategyTemplate.Language) throws -> [String: String] {
    let folder = Self.root.appending(path: "Sources/StrategyTemplates/Templates/\(language.rawValue)")
    var texts: [String: String] = [:]
    let enumerator = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
    for case let file as URL in try #require(enumerator) {
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      let path = file.standardizedFileURL.path().dropFirst(folder.standardizedFileURL.path().count)
      texts[String(path.drop { $0 == "/" })] = try String(contentsOf: file, encoding: .utf8)
    }
    let libraries: [StrategyTemplate.Language: String] = [.c: "backtester.h", .javascript: "backtester.js"]
    if let library = libraries[language] {
      let file = Self.root.appending(path: "plugins/\(language.rawValue)/\(library)")
      texts[library] = try String(contentsOf: file, encoding: .utf8)
    }
    return texts
  }

  @Test(arguments: StrategyTemplate.Language.allCases)
  func embeddedFilesAreTheFilesBothWays(_ language: StrategyTemplate.Language) throws {
    let files = try files(language)
    let places = StrategyTemplate.Places(checkout: "{{backtester}}", pythonPackage: "{{python_package}}")
    let template = StrategyTemplate(language, name: "{{name}}", places: places)
    #expect(template.files.map(\.path) == files.keys.sorted())
    for file in template.files {
      let isEqual = file.text == files[file.path]
      #expect(isEqual, "\(language)/\(file.path)")
    }
  }

  @Test(arguments: StrategyTemplate.Language.allCases)
  func everyMarkIsFilledIn(_ language: StrategyTemplate.Language) {
    let places = StrategyTemplate.Places(checkout: "/a \"quoted\" place", pythonPackage: "/python")
    let template = StrategyTemplate(language, name: "my_name", places: places)
    #expect(template.files.contains { $0.text.contains("my_name") })
    for file in template.files where !file.path.hasPrefix("backtester.") {
      #expect(!file.text.contains("{{"), "\(file.path)")
      #expect(!file.text.contains("\"quoted\""), "\(file.path)")
    }
  }

  @Test(arguments: [
    ("my_strategy-2", true), ("A", true), ("", false), ("a b", false), ("a/b", false), ("..", false), ("é", false),
    ("-x", false), (String(repeating: "a", count: 101), false),
  ])
  func namesAreLettersDigitsAndDashes(_ name: String, _ isValid: Bool) {
    #expect(StrategyTemplate.isValidName(name) == isValid)
  }
}
