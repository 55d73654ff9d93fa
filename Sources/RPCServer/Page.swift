import StrategyProtocol

/// A page of a list that is held in memory or read by position.
struct Page {
  /// Position of the first item.
  var offset: Int
  /// Most items.
  var limit: Int

  /// Reads a request's `cursor` and `limit`.
  init(cursor: String?, limit: Int?) throws {
    self.limit = limit ?? 100
    guard let cursor else {
      offset = 0
      return
    }
    guard cursor.hasPrefix("o"), let offset = Int(cursor.dropFirst()), offset >= 0 else {
      throw WireError(pointer: "/cursor", problem: "is not a cursor of this list; take next_cursor of the page before")
    }
    self.offset = offset
  }

  /// The page's part of a list.
  func items<Item>(of list: [Item]) -> [Item] { Array(list.dropFirst(offset).prefix(limit)) }

  /// What asks for the next page; `nil` on the last one.
  func next(total: Int) -> String? { offset + limit < total ? "o\(offset + limit)" : nil }
}
