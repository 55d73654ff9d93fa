import PerformanceMetrics
import Testing

struct MetricCatalogTests {
  static let keys = """
    start end duration_seconds exposure_time_pct equity_final equity_peak commissions total_return_pct
    buy_and_hold_return_pct annual_return_pct annual_volatility_pct cagr_pct sharpe sortino calmar alpha_pct beta
    max_drawdown_pct avg_drawdown_pct max_drawdown_duration_seconds avg_drawdown_duration_seconds trades winrate_pct
    best_trade_pct worst_trade_pct avg_trade_pct max_trade_duration_seconds avg_trade_duration_seconds profit_factor
    expectancy_pct sqn kelly_criterion
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  @Test func keysAreTheOnesOnTheWireInOrder() {
    #expect(MetricKey.allCases.map(\.rawValue) == Self.keys)
    #expect(run([100, 101]).values.map(\.key) == Self.keys)
  }

  @Test func everyMetricIsDefinedOnce() {
    #expect(MetricDefinition.all.count == MetricKey.allCases.count)
    #expect(Set(MetricDefinition.all.map(\.key)) == Set(MetricKey.allCases))
    #expect(Set(MetricDefinition.all.map(\.title)).count == MetricKey.allCases.count)
  }

  @Test func meaningsAreSentences() {
    for definition in MetricDefinition.all {
      #expect(definition.meaning.hasSuffix("."), "\(definition.key)")
      #expect(definition.meaning.count > 10, "\(definition.key)")
    }
  }

  @Test func groupsStayTogetherInTheTable() {
    var groups: [MetricDefinition.Group] = []
    for definition in MetricDefinition.all where groups.last != definition.group { groups.append(definition.group) }
    #expect(groups == MetricDefinition.Group.allCases)
  }

  @Test func unitsFollowTheNames() {
    for definition in MetricDefinition.all {
      #expect(definition.key.rawValue.hasSuffix("_pct") == (definition.unit == .percent), "\(definition.key)")
      #expect(definition.key.rawValue.hasSuffix("_seconds") == (definition.unit == .seconds), "\(definition.key)")
    }
  }
}
