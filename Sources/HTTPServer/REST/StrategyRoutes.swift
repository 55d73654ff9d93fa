import BacktestService
import BuiltInStrategies
import HTTPTypes
import Hummingbird
import JSONRPC
import PluginHost
import RunStore
import StrategyKit
import TradingModel

/// What can be run, and whether the server is well.
struct StrategyRoutes: Sendable {
  let backend: Backend
  let work: BlockingWork
  /// Apart from the rest: a plugin may take seconds to start, or never answer.
  let plugins: BlockingWork

  var routes: [Route] {
    [
      Route(.get, "/api/v1/strategies", list),
      Route(.get, "/api/v1/strategies/{name}", describe),
      Route(.get, "/api/v1/datasets", datasets),
      Route(.get, "/api/v1/healthcheck", health),
      Route(.get, "/api/v1/openapi.json") { _, _ in
        Response(contentType: "application/json", bytes: OpenAPIDocument.bytes)
      },
    ]
  }

  @Sendable private func list(_ request: Request, _ context: ServerContext) async throws -> Response {
    let catalog = backend.service.catalog
    let entries = try await work.run { catalog.directory.entries() }
    return try Response.json { writer in
      writer.beginArray()
      for descriptor in catalog.descriptors { Self.write(descriptor, kind: "built_in", to: &writer) }
      for case .plugin(let manifest) in entries {
        // Parameters are known when the plugin is asked, which starts it: `GET /api/v1/strategies/NAME/`.
        writer.beginObject()
        writer.field("name", manifest.name)
        writer.field("kind", "plugin" as StaticString)
        writer.field("aliases", .array([]))
        writer.key("summary")
        writer.value("\(manifest.language) plugin, version \(manifest.version)")
        writer.key("parameters")
        writer.null()
        writer.endObject()
      }
      writer.endArray()
    }
  }

  @Sendable private func describe(_ request: Request, _ context: ServerContext) async throws -> Response {
    guard let name = context.parameters.get("name"), name.utf8.count <= 100 else { throw ReplyError.notFound() }
    let service = backend.service
    let descriptor: StrategyDescriptor
    do {
      descriptor = try await plugins.run { try service.catalog.describe(name, options: service.pluginOptions) }
    } catch is ServiceError {
      throw ReplyError.notFound()
    } catch let failure as PluginFailure {
      throw ReplyError.conflict(failure.description)
    }
    let isBuiltIn = BuiltInStrategies.strategy(named: name) != nil
    return try Response.json { Self.write(descriptor, kind: isBuiltIn ? "built_in" : "plugin", to: &$0) }
  }

  /// The bars that a run can use without the network.
  @Sendable private func datasets(_ request: Request, _ context: ServerContext) async throws -> Response {
    let datasets = Datasets(backend.service.marketData)
    let found = try await work.run { try datasets.outlines() }
    return try Response.json { writer in
      writer.beginArray()
      for dataset in found { dataset.write(to: &writer) }
      writer.endArray()
    }
  }

  /// Says that the database answers.
  @Sendable private func health(_ request: Request, _ context: ServerContext) async throws -> Response {
    let store = backend.store
    var query = RunQuery()
    (query.limit, query.countsTotal, query.summarizes) = (1, false, true)
    _ = try await work.run { [query] in try RunReference.reading { try store.list(query) } }
    return try Response.json { writer in
      writer.beginObject()
      writer.field("status", "ok" as StaticString)
      writer.endObject()
    }
  }

  private static func write(_ descriptor: StrategyDescriptor, kind: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("name", descriptor.name)
    writer.field("kind", kind)
    writer.key("aliases")
    writer.beginArray()
    for alias in BuiltInStrategies.aliases where alias.value == descriptor.name { writer.value(alias.key) }
    writer.endArray()
    writer.field("summary", descriptor.summary)
    writer.key("parameters")
    writer.storedJSON(descriptor.jsonSchema)
    writer.endObject()
  }
}

extension Dataset {
  /// Writes what a client needs to choose it.
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("dataset", id)
    writer.field("kind", kind.rawValue)
    writer.field("symbol", symbol)
    writer.key("interval")
    writer.text(interval)
    writer.key("start_date")
    writer.text(start.map(UTCText.formatDate))
    writer.key("end_date")
    writer.text(end.map(UTCText.formatDate))
    writer.field("rows", rows)
    writer.key("currency")
    writer.text(currency)
    // Not the path of the file: clients have no business with the folders of this machine.
    let imported = fetchedAt.map { "Imported on \(UTCText.formatDate($0))." } ?? "Imported."
    writer.field("description", kind == .imported ? imported : description)
    writer.endObject()
  }
}
