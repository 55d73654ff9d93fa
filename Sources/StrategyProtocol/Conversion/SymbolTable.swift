package import TradingModel

/// Turns the symbols on the wire into the instrument indices of a run and back.
package struct SymbolTable: Sendable {
  /// The symbols in index order.
  package let symbols: [String]
  private let indices: [String: InstrumentIndex]

  /// Makes the table of a run's instruments; their symbols must differ.
  package init(_ symbols: [String]) {
    self.symbols = symbols
    indices = Dictionary(symbols.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  package init(_ instruments: [Instrument]) { self.init(instruments.map(\.symbol)) }

  /// The symbol of an instrument; empty for an index that is not in the run.
  package func symbol(_ index: InstrumentIndex) -> String { symbols.indices.contains(index) ? symbols[index] : "" }

  /// The instrument of a symbol; `nil` when it is not in the run.
  package func index(_ symbol: String) -> InstrumentIndex? { indices[symbol] }

  /// The instrument an action means: the symbol it names, or the run's only one.
  package func resolve(_ symbol: String?) throws(ActionRefusal) -> InstrumentIndex {
    guard let symbol else {
      if symbols.count == 1 { return 0 }
      throw .symbolMissing
    }
    guard let index = indices[symbol] else { throw .unknownSymbol(symbol) }
    return index
  }
}
