/// A value whose type only SQLite knows.
enum SQLValue: Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  func bind(to binder: inout Binder) {
    switch self {
    case .null: binder.bind(nil as String?)
    case .integer(let value): binder.bind(value)
    case .real(let value): binder.bind(value)
    case .text(let value): binder.bind(value)
    }
  }

  /// The value as text that ``init(text:)`` reads back to the bit.
  var text: String {
    switch self {
    case .null: "n"
    case .integer(let value): "i\(value)"
    case .real(let value): "r\(value)"
    case .text(let value): "t\(value)"
    }
  }

  init?(text: String) {
    let rest = String(text.dropFirst())
    switch text.first {
    case "n" where rest.isEmpty: self = .null
    case "i":
      guard let value = Int64(rest) else { return nil }
      self = .integer(value)
    case "r":
      guard let value = Double(rest), !value.isNaN else { return nil }
      self = .real(value)
    case "t": self = .text(rest)
    default: return nil
    }
  }
}
