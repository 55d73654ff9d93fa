public import BacktestService
public import JSONRPC
import PerformanceMetrics
import StrategyKit

/// A sweep as one JSON object.
public enum SweepJSON {
  /// Writes `sweep_id` (null when not saved), `status`, `objective`, `trials_total`, `trials_done`, `trials_failed`, the
  /// `request` without the varied parameters, `data`, and `items`: the trials, best first, each with `run_id` (null when
  /// not saved), `status`, `parameters`, `metrics` and, when it failed, `failure`. No time of day and no duration is in it,
  /// so the same request gives the same bytes, whatever the number of workers.
  ///
  /// - Parameters:
  ///   - limit: At most so many items.
  ///   - isSaved: Whether the trials are in a database.
  public static func write(_ sweep: Sweep, limit: Int, isSaved: Bool, to writer: inout JSONWriter) {
    let progress = sweep.progress
    writer.beginObject()
    writer.key("sweep_id")
    if isSaved { writer.value(sweep.id) } else { writer.null() }
    writer.field("status", progress.status.rawValue)
    writer.key("objective")
    writer.beginObject()
    writer.field("direction", sweep.objective.direction.rawValue)
    writer.field("metric", sweep.objective.metric.rawValue)
    writer.endObject()
    writer.field("trials_total", progress.total)
    writer.field("trials_done", progress.done)
    writer.field("trials_failed", progress.failed)
    if let failure = progress.failure { write(failure, to: &writer) }
    var request = sweep.request
    let varied = sweep.plan.variedNames
    request.parameters = request.parameters.without(varied)
    writer.key("request")
    request.write(to: &writer)
    writer.key("data")
    writer.beginObject()
    writer.field("source", sweep.data.source)
    writer.field("bars", sweep.data.count)
    writer.field("start", sweep.data.start)
    writer.field("end", sweep.data.end)
    writer.field("sha256", sweep.data.sha256)
    writer.endObject()
    writer.key("items")
    writer.beginArray()
    for trial in sweep.best(limit: limit) { write(trial, isSaved: isSaved, to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  private static func write(_ trial: SweepTrial, isSaved: Bool, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("run_id")
    if isSaved { writer.value(trial.runID) } else { writer.null() }
    writer.field("status", trial.status.rawValue)
    writer.key("parameters")
    trial.parameters.write(to: &writer)
    writer.key("metrics")
    ReportJSON.write(metrics: trial.metrics, to: &writer)
    if let failure = trial.failure { write(failure, to: &writer) }
    writer.endObject()
  }

  private static func write(_ failure: BacktestReport.Failure, to writer: inout JSONWriter) {
    writer.key("failure")
    writer.beginObject()
    writer.field("kind", failure.kind)
    writer.field("message", failure.message)
    writer.field("fault", ifPresent: failure.fault)
    writer.endObject()
  }
}
