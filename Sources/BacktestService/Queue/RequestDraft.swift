import MarketData
import StrategyKit
import TradingModel

extension BacktestService {
  /// What a request will become, as far as that is known before its bars are loaded and its strategy is started.
  ///
  /// - Throws: ``ServiceError``, `PluginFailure`, `ParameterError` or `SettingsError` for what can be seen to be wrong now.
  func draft(of request: BacktestRequest) throws -> ResolvedRequest {
    try request.settings.validate()
    let name: String
    let parameters: ParameterValues
    let mode: String
    switch try catalog.resolve(request) {
    case .builtIn(let strategy):
      name = strategy.descriptor.name
      parameters = try Self.parameters(request.parameters, for: strategy.descriptor)
      mode = "in_process"
    case .plugin(let plugin, _):
      name = plugin
      parameters = ParameterValues(
        unchecked: request.parameters.map { name, input in
          switch input {
          case .text(let text): (name, .string(text))
          case .value(let value): (name, value)
          }
        })
      mode = request.mode.rawValue
    }
    return ResolvedRequest(
      strategy: name, parameters: parameters, data: request.data, symbol: request.data.expectedSymbol,
      from: request.from ?? request.data.askedRange?.from, to: request.to ?? request.data.askedRange?.to,
      settings: request.settings, mode: mode, seed: request.seed,
      strictOrders: request.strictOrders)
  }
}

extension DataSource {
  /// The range that the source itself was given, its exchange's clock read as UTC: which zone it is in is known with the
  /// bars.
  fileprivate var askedRange: (from: EpochMilliseconds?, to: EpochMilliseconds?)? {
    guard case .yahoo(let bars) = self else { return nil }
    func time(_ bound: TimeBound?) -> EpochMilliseconds? {
      switch bound {
      case .local(let time)?, .instant(let time)?: time
      case nil: nil
      }
    }
    return (time(bars.from), time(bars.to))
  }

  /// The symbol a run on these bars will most likely have.
  var expectedSymbol: String {
    switch self {
    case .sample(let name, _): name.uppercased()
    case .file(let path, let options): options.symbol ?? LoadedData.symbol(ofFile: path)
    case .yahoo(let bars): bars.symbol.uppercased()
    case .imported(let name, _): name
    }
  }
}

extension BacktestReport.Failure {
  /// Sorts what kept a run from its first bar.
  package init(refusal error: any Error) {
    switch error {
    case is ServiceError: self.init(kind: "data_error", message: "\(error)", fault: "data")
    case is ParameterError, is SettingsError: self.init(kind: "host_error", message: "\(error)", fault: "user")
    default: self.init(error)
    }
  }
}
