import Foundation
import Testing

@testable import PluginHost

/// Manifests and where they are looked for.
struct DirectoryTests {
  static let good = """
    {"name": "mine", "version": "1.2", "protocol_version": "1.0", "language": "awk", "argv": ["./run.sh", "-x"],
     "modes": ["lockstep", "streamed"], "description": "Does it.", "unknown": [1]}
    """

  /// Makes files in a new folder, which is removed afterwards.
  static func withFiles<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "plugins-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, text) in files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try body(PluginDirectory.absolute(folder.path()))
  }

  @Test func aManifestSaysHowToStartItsProgram() throws {
    let manifest = try PluginManifest(parsing: Array(Self.good.utf8), folder: "/plugins/mine")
    #expect(manifest.name == "mine")
    #expect(manifest.modes == ["lockstep", "streamed"])
    #expect(manifest.summary == "Does it.")
    #expect(manifest.command.arguments == ["/plugins/mine/./run.sh", "-x"])
    #expect(manifest.command.folder == "/plugins/mine")
  }

  @Test func aProgramWithoutSlashIsLookedForInPath() throws {
    let text = Self.good.replacing("./run.sh", with: "python3")
    let manifest = try PluginManifest(parsing: Array(text.utf8), folder: "/plugins/mine")
    #expect(manifest.command.arguments == ["python3", "-x"])
  }

  @Test(arguments: [
    ("", "is not JSON"), ("[]", "must be a JSON object"), ("{}", "lacks \"name\""),
    (good.replacing("\"mine\"", with: "7"), "\"name\" that is no string"),
    (good.replacing("\"mine\"", with: "\"a b\""), "has the name \"a b\""),
    (good.replacing("\"mine\"", with: "\"\""), "has the name \"\""),
    (good.replacing("\"1.0\"", with: "\"2.0\""), "speaks protocol 2.0"),
    (good.replacing("\"1.0\"", with: "\"one\""), "speaks protocol one"),
    (good.replacing("[\"./run.sh\", \"-x\"]", with: "\"./run.sh\""), "\"argv\" that is no array of strings"),
    (good.replacing("[\"./run.sh\", \"-x\"]", with: "[1]"), "\"argv\" that is no array of strings"),
    (good.replacing("[\"./run.sh\", \"-x\"]", with: "[]"), "empty argv"),
    (good.replacing("[\"lockstep\", \"streamed\"]", with: "{}"), "\"modes\" that is no array of strings"),
    (good.replacing("\"language\"", with: "\"tongue\""), "lacks \"language\""),
  ])
  func aBrokenManifestIsNamedWithItsFault(text: String, fault: String) throws {
    let error = #expect(throws: ManifestError.self) { try PluginManifest(parsing: Array(text.utf8), folder: "/") }
    #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
  }

  @Test func pluginsAreFoundUpToTwoLevelsDownAndSortedByName() throws {
    func named(_ name: String) -> String { Self.good.replacing("\"mine\"", with: "\"\(name)\"") }
    let files = [
      "b/plugin.json": named("b"), "lang/a/plugin.json": named("a"), "x/y/z/plugin.json": named("deep"),
      ".hidden/plugin.json": named("hidden"), "node_modules/m/plugin.json": named("module"),
      "bad/plugin.json": "{", "b/inner/plugin.json": named("inner"), "note.txt": "x",
    ]
    try Self.withFiles(files) { folder in
      let entries = PluginDirectory([folder], environment: { _ in nil }).entries().filter { entry in
        switch entry {
        case .plugin(let manifest): manifest.folder.hasPrefix(folder)
        case .broken(let path, _): path.hasPrefix(folder)
        }
      }
      var found: [String] = []
      for entry in entries {
        switch entry {
        case .plugin(let manifest): found.append(manifest.name)
        case .broken(let path, let fault):
          #expect(path == "\(folder)/bad/plugin.json")
          #expect(fault.hasPrefix("is not JSON"))
          found.append("broken")
        }
      }
      #expect(found == ["a", "b", "broken"])
    }
  }

  @Test func theFirstFolderOfTheSearchPathCounts() throws {
    let files = ["one/p/plugin.json": Self.good, "two/p/plugin.json": Self.good]
    try Self.withFiles(files) { folder in
      for order in [["one", "two"], ["two", "one"]] {
        let directory = PluginDirectory(["\(folder)/\(order[0])"]) { name in
          name == "BACKTESTER_PLUGIN_PATH" ? "/nonexistent::\(folder)/\(order[1])" : nil
        }
        guard
          case .plugin(let manifest)? = directory.entries().first(where: {
            if case .plugin(let manifest) = $0 { manifest.name == "mine" } else { false }
          })
        else {
          Issue.record("not found")
          return
        }
        #expect(manifest.folder == "\(folder)/\(order[0])/p")
      }
    }
  }

  @Test func theSearchPathEndsWithTheUsersAndTheWorkingFolder() {
    let directory = PluginDirectory(["first"]) { ["BACKTESTER_PLUGIN_PATH": "a:b", "XDG_DATA_HOME": "/data"][$0] }
    #expect(directory.folders == ["first", "a", "b", "/data/backtester/plugins", "plugins"])
  }

  @Test func aReferenceIsAManifestAPythonFileOrAProgram() throws {
    let files = [
      "m/plugin.json": Self.good, "s.py": "x = 1\n", "run": "#!/bin/sh\n", "bad/plugin.json": "{",
      "own.py": "#!/usr/bin/env python3\nif __name__ == '__main__': pass\n",
    ]
    try Self.withFiles(files) { folder in
      for program in ["run", "own.py"] {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(program)")
      }
      func arguments(_ text: String) throws -> [String]? {
        try StrategyReference.command(path: text, pythonPackage: "/sdk")?.arguments
      }
      #expect(try arguments("\(folder)/m") == ["\(folder)/m/./run.sh", "-x"])
      #expect(try arguments("\(folder)/m/plugin.json") == ["\(folder)/m/./run.sh", "-x"])
      #expect(try arguments("\(folder)/s.py").map { Array($0.dropFirst()) } == ["-m", "backtester", "\(folder)/s.py"])
      #expect(try arguments("\(folder)/s.py:Mine")?.last == "\(folder)/s.py:Mine")
      #expect(try arguments("\(folder)/own.py") == ["\(folder)/own.py"])
      #expect(try arguments("\(folder)/own.py:Mine")?.last == "\(folder)/own.py:Mine")
      #expect(try arguments("\(folder)/run") == ["\(folder)/run"])
      #expect(try arguments("no_such_name") == nil)
      for (text, sentence) in [("\(folder)/none", "There is no file"), ("\(folder)/bad", "is not JSON")] {
        let failure = #expect(throws: PluginFailure.self) { try arguments(text) }
        #expect(failure?.kind == .startFailed)
        #expect(failure?.message.contains(sentence) == true)
      }
    }
  }
}
