import JSONRPC

/// An action and the bar it was decided on.
struct PlacedAction: Equatable {
  let index: Int
  let action: JSONValue

  /// Without the strategy's own names for orders, which may count on through runs, members in order of their names.
  var comparable: PlacedAction {
    let members = (action.objectValue ?? [])
      .filter { $0.key != "client_order_id" && $0.key != "bar_index" && !$0.value.isNull }
      .map { JSONValue.Member($0.key, $0.value.doubleValue.map { JSONValue(number: $0) } ?? $0.value) }
    return PlacedAction(index: index, action: .object(members.sorted { $0.key < $1.key }))
  }

  /// For sentences.
  var shown: String { "\(action.shown()) at bar \(index)" }
}

/// Compares two lists and tells the first difference.
func expectSame(_ expected: [PlacedAction], _ received: [PlacedAction], _ what: String) throws {
  try expectSame(expected, received, what) { $0.shown }
}

/// Compares two lists and tells the first difference.
func expectSame<Element: Equatable>(
  _ expected: [Element], _ received: [Element], _ what: String, _ show: (Element) -> String
) throws {
  for (position, (left, right)) in zip(expected, received).enumerated() where left != right {
    throw CheckFailure("\(what): number \(position + 1) is \(show(right)) where \(show(left)) was expected")
  }
  if expected.count != received.count {
    throw CheckFailure("\(what): \(received.count) where \(expected.count) were expected")
  }
}
