import JSONRPC
public import PluginHost
public import StrategyKit

/// Strategies and their parameters as text and JSON.
public enum StrategyText {
  /// Built-in strategies and installed plugins; broken manifests with their fault.
  public static func list(
    _ strategies: [StrategyDescriptor], _ entries: [PluginDirectory.Entry], style: TextStyle
  ) -> String {
    var lines = [style.bold("Built in"), table(strategies, style: style)]
    let plugins = entries.compactMap { if case .plugin(let manifest) = $0 { manifest } else { nil } }
    if !plugins.isEmpty {
      var table = TextTable([("NAME", .left), ("LANGUAGE", .left), ("MODES", .left), ("FOLDER", .left)])
      for plugin in plugins {
        table.add([plugin.name, plugin.language, plugin.modes.joined(separator: " "), plugin.folder])
      }
      lines += ["", style.bold("Plugins")]
      lines += table.lines(style: style) { _, column, text in column == 0 ? style.bold(text) : text }
    }
    for case .broken(let path, let fault) in entries { lines.append(style.warning("Broken: ") + "\(path) \(fault)") }
    return lines.joined(separator: "\n")
  }

  /// A JSON array of all of them.
  public static func listJSON(_ strategies: [StrategyDescriptor], _ entries: [PluginDirectory.Entry]) -> String {
    let plugins = entries.map { entry -> String in
      var writer = JSONWriter()
      writer.beginObject()
      switch entry {
      case .plugin(let manifest):
        writer.field("name", manifest.name)
        writer.field("kind", "plugin" as StaticString)
        writer.field("version", manifest.version)
        writer.field("language", manifest.language)
        writer.field("protocol_version", manifest.protocolVersion)
        writer.key("modes")
        writer.beginArray()
        for mode in manifest.modes { writer.value(mode) }
        writer.endArray()
        writer.field("folder", manifest.folder)
      case .broken(let path, let fault):
        writer.field("kind", "broken" as StaticString)
        writer.field("path", path)
        writer.field("fault", fault)
      }
      writer.endObject()
      return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
    return "[" + (strategies.map(json) + plugins).joined(separator: ",") + "]"
  }

  private static func table(_ strategies: [StrategyDescriptor], style: TextStyle) -> String {
    var table = TextTable([("NAME", .left), ("PARAMETERS", .left), ("WHAT IT DOES", .left)])
    for strategy in strategies {
      let parameters = strategy.parameters.map { definition in
        definition.defaultValue.map { "\(definition.name)=\($0.text)" } ?? definition.name
      }
      table.add([strategy.name, parameters.joined(separator: " "), strategy.summary])
    }
    return (table.lines(style: style) { _, column, text in column == 0 ? style.bold(text) : text })
      .joined(separator: "\n")
  }

  /// What a strategy does and what each parameter means.
  public static func describe(_ strategy: StrategyDescriptor, style: TextStyle) -> String {
    var lines = [style.bold(strategy.name), strategy.summary, ""]
    if strategy.parameters.isEmpty {
      lines.append("It has no parameters.")
    } else {
      var table = TextTable([("PARAMETER", .left), ("DEFAULT", .right), ("VALUES", .left), ("MEANING", .left)])
      for definition in strategy.parameters {
        table.add([
          definition.name, definition.defaultValue?.text ?? "required", definition.rule, definition.summary,
        ])
      }
      lines += table.lines(style: style) { _, column, text in column == 0 ? style.bold(text) : text }
    }
    return lines.joined(separator: "\n")
  }

  /// One JSON object: `name`, `summary`, `parameters` as JSON Schema.
  public static func json(_ strategy: StrategyDescriptor) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("name", strategy.name)
    writer.field("kind", "strategy" as StaticString)
    writer.field("summary", strategy.summary)
    writer.key("parameters")
    var schema = strategy.jsonSchema
    schema.withUTF8 { writer.rawValue($0) }
    writer.endObject()
    // Names and texts are always writable; only numbers can be refused, and the schema carries them as text.
    return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
