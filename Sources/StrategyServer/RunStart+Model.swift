import StrategyKit
import StrategyProtocol
import TradingModel

extension RunDescription {
  /// What `run/start` says about a run, without its bars.
  init(_ request: RunStartRequest) {
    let execution = request.execution
    self.init(
      instruments: request.symbols.map { Instrument(symbol: $0.symbol, currency: $0.currency) }, series: [],
      settings: ExecutionSettings(
        cash: request.account.initialCash, commission: Commission(execution.commission), spread: execution.spread,
        margin: execution.margin, tradeOnClose: execution.fillAt == .close, hedging: execution.hedging,
        exclusiveOrders: execution.exclusiveOrders, finalizeTrades: execution.finalizeTrades,
        profile: execution.profile == .strict ? .strict : .compat),
      seed: UInt64(max(0, request.seed)))
  }
}

extension Commission {
  /// The host's terms; a function that only the host knows gives NaN here.
  init(_ terms: CommissionTerms?) {
    guard let terms else {
      self = .custom { _, _ in .nan }
      return
    }
    self = terms.fixed == 0 ? .rate(terms.rate) : .fixedAndRate(fixed: terms.fixed, rate: terms.rate)
  }
}

extension RunStartRequest {
  /// The parameters as the strategy takes them.
  ///
  /// - Throws: ``Refusal`` for a value that is no number, text or truth value.
  func givenParameters() throws(Refusal) -> [(name: String, value: ParameterValue)] {
    var given: [(name: String, value: ParameterValue)] = []
    for member in parameters.members ?? [] {
      switch member.value {
      case .int(let value): given.append((member.key, .integer(Int(value))))
      case .double(let value): given.append((member.key, .number(value)))
      case .string(let text): given.append((member.key, .string(text)))
      case .bool(let flag): given.append((member.key, .boolean(flag)))
      case .null, .array, .object:
        throw Refusal(
          .badParameters, "Parameter \(member.key) is \(member.value.noun); it must be a number, a text, true or false."
        ) { $0.pointer = WirePath.root.member(member.key).pointer }
      }
    }
    return given
  }
}
