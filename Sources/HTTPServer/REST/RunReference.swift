import Hummingbird
import RunStore

/// The run that a path names.
enum RunReference {
  /// The id in the path: as the store has it, or not found. Nothing else is made of it than a value to look up.
  static func id(in context: ServerContext) throws(ReplyError) -> RunID {
    guard let id = context.parameters.get("id"), id.utf8.count <= 100, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .notFound() }
    return id
  }

  /// Does a query; a run that is not there becomes 404, a database that is busy 503.
  static func reading<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch RunStoreError.unknownRun {
      throw ReplyError.notFound()
    } catch RunStoreError.locked {
      throw ReplyError.overloaded("The database is busy; try again in a moment.", retryAfter: 2)
    }
  }
}
