import PerformanceMetrics
import RunStore

/// Every metric with a sentence about it.
struct MetricsSection {
  private let values: [String: Double?]

  init(_ metrics: [RunMetric]) {
    values = Dictionary(metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  var html: HTML {
    if values.isEmpty { return .nothing }
    return """
      <section id="metrics" aria-labelledby="metrics-title">
      <h2 id="metrics-title">Metrics</h2>
      <div class="groups">
      \(MetricDefinition.Group.allCases.map(group))
      </div>
      </section>
      """
  }

  private func group(_ group: MetricDefinition.Group) -> HTML {
    let rows = MetricDefinition.all.filter { $0.group == group }.map { definition -> HTML in
      let value = values[definition.key.rawValue] ?? nil
      return """
        <tr><th scope="row">\(definition.title)<p>\(definition.meaning)</p></th>\
        <td\(MetricText.tone(definition, value))>\(MetricText.value(definition, value))</td></tr>
        """
    }
    return """
      <table class="metrics"><caption>\(group.rawValue)</caption><tbody>
      \(rows)
      </tbody></table>
      """
  }
}
