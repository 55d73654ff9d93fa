/// Whether a message is answered.
package enum MessageKind: String, Sendable {
  /// It has an id and gets exactly one answer.
  case request
  /// It has no id and is not answered.
  case notification
}

/// A method of the protocol: its name, and the forms of what it takes and gives.
package protocol ProtocolMethod: RawRepresentable, CaseIterable, Sendable, Hashable where RawValue == String {
  /// The form of `params`.
  var params: any WireShape.Type { get }
  /// The form of `result`; `nil` for a notification.
  var result: (any WireShape.Type)? { get }
}

extension ProtocolMethod {
  /// Whether it is answered.
  package var kind: MessageKind { result == nil ? .notification : .request }
}

/// What a strategy serves to its host.
package enum StrategyMethod: String, ProtocolMethod {
  case initialize
  case initialized
  case runStart = "run/start"
  case barNext = "bar/next"
  case barsNext = "bars/next"
  case seriesLoad = "series/load"
  case seriesEvaluate = "series/evaluate"
  case runEnd = "run/end"
  case shutdown
  case exit
  case cancelRequest = "$/cancelRequest"

  package var params: any WireShape.Type {
    switch self {
    case .initialize: InitializeRequest.self
    case .initialized, .shutdown, .exit: Empty.self
    case .runStart: RunStartRequest.self
    case .barNext: BarNextRequest.self
    case .barsNext: BarsNextRequest.self
    case .seriesLoad: SeriesLoadRequest.self
    case .seriesEvaluate: SeriesEvaluateRequest.self
    case .runEnd: RunEndRequest.self
    case .cancelRequest: CancelRequestNotification.self
    }
  }

  package var result: (any WireShape.Type)? {
    switch self {
    case .initialize: InitializeResponse.self
    case .runStart: RunStartResponse.self
    case .barNext: BarNextResponse.self
    case .barsNext: BarsNextResponse.self
    case .seriesLoad: SeriesLoadResponse.self
    case .seriesEvaluate: SeriesEvaluateResponse.self
    case .runEnd: RunEndResponse.self
    case .shutdown: Empty.self
    case .initialized, .exit, .cancelRequest: nil
    }
  }
}

/// What a strategy may tell its host unasked.
package enum StrategyNotification: String, ProtocolMethod {
  case logMessage = "log/message"
  case progress = "$/progress"

  package var params: any WireShape.Type {
    switch self {
    case .logMessage: LogMessageNotification.self
    case .progress: StrategyProgressNotification.self
    }
  }

  package var result: (any WireShape.Type)? { nil }
}

/// What the host serves to its clients.
package enum HostMethod: String, ProtocolMethod {
  case initialize
  case initialized
  case discover = "rpc.discover"
  case strategiesList = "strategies/list"
  case strategiesDescribe = "strategies/describe"
  case strategiesCheck = "strategies/check"
  case datasetsList = "datasets/list"
  case datasetsDescribe = "datasets/describe"
  case backtestRun = "backtest/run"
  case backtestSweep = "backtest/sweep"
  case runsList = "runs/list"
  case runsGet = "runs/get"
  case runsSeries = "runs/series"
  case runsTrades = "runs/trades"
  case runsEvents = "runs/events"
  case runsCancel = "runs/cancel"
  case runsDelete = "runs/delete"
  case shutdown
  case exit
  case cancelRequest = "$/cancelRequest"

  package var params: any WireShape.Type {
    switch self {
    case .initialize: ClientInitializeRequest.self
    case .initialized, .discover, .shutdown, .exit: Empty.self
    case .strategiesList: StrategiesListRequest.self
    case .strategiesDescribe: StrategiesDescribeRequest.self
    case .strategiesCheck: StrategiesCheckRequest.self
    case .datasetsList: DatasetsListRequest.self
    case .datasetsDescribe: DatasetsDescribeRequest.self
    case .backtestRun: BacktestRunRequest.self
    case .backtestSweep: BacktestSweepRequest.self
    case .runsList: RunsListRequest.self
    case .runsGet: RunsGetRequest.self
    case .runsSeries: RunsSeriesRequest.self
    case .runsTrades: RunsTradesRequest.self
    case .runsEvents: RunsEventsRequest.self
    case .runsCancel: RunsCancelRequest.self
    case .runsDelete: RunsDeleteRequest.self
    case .cancelRequest: CancelRequestNotification.self
    }
  }

  package var result: (any WireShape.Type)? {
    switch self {
    case .initialize: ClientInitializeResponse.self
    case .discover: OpenRPCDocument.self
    case .strategiesList: StrategiesListResponse.self
    case .strategiesDescribe: StrategyRecord.self
    case .strategiesCheck: StrategiesCheckResponse.self
    case .datasetsList: DatasetsListResponse.self
    case .datasetsDescribe: DatasetRecord.self
    case .backtestRun, .runsGet: RunRecord.self
    case .backtestSweep: BacktestSweepResponse.self
    case .runsList: RunsListResponse.self
    case .runsSeries: RunsSeriesResponse.self
    case .runsTrades: RunsTradesResponse.self
    case .runsEvents: RunsEventsResponse.self
    case .runsCancel, .runsDelete: RunStatusResponse.self
    case .shutdown: Empty.self
    case .initialized, .exit, .cancelRequest: nil
    }
  }
}

/// What the host may tell its clients unasked.
package enum HostNotification: String, ProtocolMethod {
  case progress = "$/progress"
  case runsChanged = "runs/changed"
  case logMessage = "log/message"

  package var params: any WireShape.Type {
    switch self {
    case .progress: RunProgressNotification.self
    case .runsChanged: RunsChangedNotification.self
    case .logMessage: LogMessageNotification.self
    }
  }

  package var result: (any WireShape.Type)? { nil }
}
