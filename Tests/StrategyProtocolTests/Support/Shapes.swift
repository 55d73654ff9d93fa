import StrategyProtocol

/// Every type of the protocol with fields of its own; the tests hold it against the schemas.
enum Shapes {
  static let objects: [any WireShape.Type] = [
    AccountRequest.self, AccountState.self, AmendAction.self, BacktestRunRequest.self, BacktestSweepRequest.self,
    BacktestSweepResponse.self, BarNextRequest.self, BarNextResponse.self, BarsNextRequest.self, BarsNextResponse.self,
    CancelAction.self, CancelRequestNotification.self, CheckResult.self, ClientCapabilities.self,
    ClientInitializeRequest.self, ClientInitializeResponse.self, CloseAction.self, ClosedTrade.self, Column.self,
    CommissionTerms.self, DatasetRecord.self, DatasetsDescribeRequest.self, DatasetsListRequest.self,
    DatasetsListResponse.self, Empty.self, ErrorData.self, ErrorObject.self, Event.self, ExecutionRequest.self,
    ExecutionTerms.self, Failure.self, HostCapabilities.self, InitializeRequest.self, InitializeResponse.self,
    Limits.self, LogMessageNotification.self, OrderAction.self, OrderReasonObject.self, OrderState.self, Peer.self,
    RandomChoice.self, RunAccount.self, RunEndRequest.self, RunEndResponse.self, RunProgress.self,
    RunProgressNotification.self, RunRecord.self, RunStartRequest.self, RunStartResponse.self, RunStatusResponse.self,
    RunTiming.self, RunsCancelRequest.self, RunsChangedNotification.self, RunsDeleteRequest.self,
    RunsEventsRequest.self, RunsEventsResponse.self, RunsGetRequest.self, RunsListRequest.self, RunsListResponse.self,
    RunsSeriesRequest.self, RunsSeriesResponse.self, RunsTradesRequest.self, RunsTradesResponse.self,
    SeriesEvaluateRequest.self, SeriesEvaluateResponse.self, SeriesLoadRequest.self, SeriesLoadResponse.self,
    ServiceCapabilities.self, ServiceLimits.self, StrategiesCheckRequest.self, StrategiesCheckResponse.self,
    StrategiesDescribeRequest.self, StrategiesListRequest.self, StrategiesListResponse.self,
    StrategyCapabilities.self, StrategyCommand.self, StrategyInfo.self, StrategyProgress.self,
    StrategyProgressNotification.self, StrategyRecord.self, Timeouts.self, TradableSymbol.self, TradeRecord.self,
    TradeState.self, TrialRecord.self,
  ]

  /// Every enumeration of the protocol: its name and words.
  static let words: [(name: String, words: [String])] = [
    named(AccountUpdates.self), named(ActionKind.self), named(CheckLevel.self), named(CheckStatus.self),
    named(ColumnEncoding.self), named(ColumnType.self), named(DatasetKind.self), named(DisconnectPolicy.self),
    named(EventKind.self), named(ExecutionMode.self), named(FailureKind.self), named(Fault.self),
    named(FillTime.self), named(LogLevel.self), named(LookaheadVerdict.self), named(OrderRole.self),
    named(OrderSide.self), named(OrderType.self), named(ProgressKind.self), named(RequestedCheckLevel.self),
    named(RequestedMode.self), named(RuleBook.self), named(RunEndReason.self), named(RunPart.self),
    named(RunStatus.self), named(StrategySource.self), named(VectorizedOutput.self),
  ]

  /// Schemas without a type of their own: unions, rows, what the host only passes on, and words that `OrderReason` of the
  /// model gives.
  static let others = [
    "Action", "BarRow", "Metrics", "OpenRPCDocument", "OrderReasonCode", "ParameterSchema", "PositionRow",
    "StrategySelector",
  ]

  private static func named<Word: WireName>(_ type: Word.Type) -> (name: String, words: [String]) {
    (String(describing: type), type.allCases.map(\.rawValue))
  }
}
