public import BacktestService
import PerformanceMetrics
import StrategyKit

/// A sweep's trials as CSV: one line a trial in the order of the plan, full precision, undefined metrics empty.
public enum SweepCSV {
  /// Hands over the lines, the header first, each with its line end: `trial` counted from 1, `run_id` (empty when not
  /// saved), `status`, every parameter, every metric by its key, `failure`. A parameter named as one of the other columns
  /// is `param_NAME`.
  public static func write(_ sweep: Sweep, isSaved: Bool, to sink: (String) throws -> Void) rethrows {
    let metrics = MetricKey.allCases.map(\.rawValue)
    let others = ["trial", "run_id", "status", "failure"] + metrics
    let parameters = sweep.request.parameters.entries.map(\.name)
    let header =
      ["trial", "run_id", "status"] + parameters.map { others.contains($0) ? "param_\($0)" : $0 } + metrics
      + ["failure"]
    try sink(line(header))
    try sweep.forEachTrial { trial in
      var fields = ["\(trial.number + 1)", isSaved ? trial.runID : "", trial.status.rawValue]
      fields += trial.parameters.entries.map(\.value.text)
      fields += MetricKey.allCases.map { RunCSV.number(trial[$0]) }
      fields.append(trial.failure?.message ?? "")
      try sink(line(fields))
    }
  }

  private static func line(_ fields: [String]) -> String { fields.map(RunCSV.quoted).joined(separator: ",") + "\n" }
}
