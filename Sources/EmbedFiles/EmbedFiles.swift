import Foundation
import PackagePlugin

/// Makes the files a target carries part of its sources; what they are is said here, in one place.
@main struct EmbedFiles: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    let type: String
    let files: [(name: String, file: URL)]
    switch target.name {
    case "MarketData":
      type = "Samples"
      files = try list(package.appending(path: "Sources/MarketData/Samples/Tables"))
    case "StrategyProtocol":
      type = "OpenRPCDocument"
      files = [("host.openrpc.json", package.appending(path: "protocol/v1/host.openrpc.json"))]
    case "StrategyTemplates":
      type = "StrategyTemplate"
      let libraries = ["c/backtester.h", "javascript/backtester.js"].map { name in
        (name, package.appending(path: "plugins/\(name)"))
      }
      files = try list(package.appending(path: "Sources/StrategyTemplates/Templates")) + libraries
    case "WebPage":
      type = "WebAsset"
      files = try list(package.appending(path: "Sources/WebPage/Assets"))
    default:
      Diagnostics.error("EmbedFiles.swift does not say what \(target.name) carries.")
      return []
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "\(type)+Embedded.swift")
    let sorted = files.sorted { $0.name < $1.name }
    return [
      .buildCommand(
        displayName: "Embedding the files of \(target.name)", executable: try context.tool(named: "embed-files").url,
        arguments: [output.path(percentEncoded: false), type]
          + sorted.flatMap { [$0.name, $0.file.path(percentEncoded: false)] },
        inputFiles: sorted.map(\.file), outputFiles: [output])
    ]
  }

  /// The regular files below a folder, named by their paths in it.
  private func list(_ folder: URL) throws -> [(name: String, file: URL)] {
    let manager = FileManager.default
    var files: [(name: String, file: URL)] = []
    for path in try manager.subpathsOfDirectory(atPath: folder.path(percentEncoded: false)) {
      var isFolder: ObjCBool = false
      let file = folder.appending(path: path)
      guard manager.fileExists(atPath: file.path(percentEncoded: false), isDirectory: &isFolder), !isFolder.boolValue,
        !Self.isByproduct(file.lastPathComponent), !path.contains("__pycache__/")
      else { continue }
      files.append((path, file))
    }
    return files
  }

  /// What editors and file managers leave beside a file.
  private static func isByproduct(_ name: String) -> Bool {
    name.hasSuffix("~") || name.hasPrefix(".") && name != ".gitignore"
  }
}
