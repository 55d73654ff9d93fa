import PluginHost
import Synchronization

/// A started process on its way from the thread that planned a sweep to the worker that uses it.
///
/// A `Plugin` belongs to one thread at a time; taking it out of here once, under a lock, hands it over. One that is never
/// taken is closed with this.
final class HandedOver: @unchecked Sendable {
  private let lock = Mutex(())
  private var plugin: Plugin?

  init(_ plugin: Plugin) { self.plugin = plugin }

  /// The process, the first time.
  func take() -> Plugin? {
    lock.withLock { _ in
      defer { plugin = nil }
      return plugin
    }
  }
}
