import PerformanceMetrics
import StrategyKit

/// Why a sweep is not run.
public enum SweepError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Text that does not say which parameter takes which values.
  case notAnAxis(String)
  /// A parameter with no value, or with nothing between two commas.
  case emptyValue(name: String, text: String)
  /// A value that comes twice.
  case repeatedValue(name: String, value: String)
  /// A parameter that comes twice.
  case repeatedParameter(String)
  /// A range that is none.
  case badRange(name: String, range: String, fault: String)
  /// More values than a parameter may have.
  case tooManyValues(name: String)
  /// More combinations than are run.
  case tooManyCombinations(Int)
  /// More combinations than can be numbered.
  case uncountable
  /// No combination meets the condition.
  case nothingMatches(condition: String, combinations: Int)
  /// Drawing at random met the condition too rarely.
  case tooFewMatches(found: Int, wanted: Int, draws: Int)
  /// A list of parameter sets with nothing in it.
  case emptyList
  /// A parameter set of a list is wrong: its position from 0, and the fault, a whole sentence.
  case badElement(position: Int, fault: String)
  /// A number of trials, workers and the like that is out of range.
  case outOfRange(name: String, value: Int, minimum: Int, maximum: Int)
  /// A condition that cannot be read: where, counted in characters from 1, and what is wrong there.
  case badCondition(condition: String, position: Int, fault: String)
  /// No metric has that name.
  case unknownMetric(String)
  /// The system gave no thread to work on.
  case noThread

  /// Whether the user asked for something that cannot be, rather than something that went wrong.
  public var isUsageError: Bool { self != .noThread }

  /// One sentence: what was given, what is wrong with it, what to do next.
  public var description: String {
    switch self {
    case .notAnAxis(let text):
      "\(text) does not say which values to try; write NAME=VALUE, NAME=A,B,C or NAME=START:STOP:STEP, for example "
        + "n1=5:50:5."
    case .emptyValue(let name, let text):
      "\(text) leaves a value of \(name) out; write \(name)=A,B,C or \(name)=START:STOP:STEP."
    case .repeatedValue(let name, let value):
      "Parameter \(name) has the value \(value) twice; give each value once."
    case .repeatedParameter(let name):
      "Parameter \(name) was given twice; give all its values at once, as \(name)=A,B,C."
    case .badRange(let name, let range, let fault):
      "The range \(range) of parameter \(name) \(fault); write \(name)=START:STOP:STEP, for example \(name)=5:50:5."
    case .tooManyValues(let name):
      "Parameter \(name) has more than \(ParameterAxis.maximumCount) values; take a larger step."
    case .tooManyCombinations(let count):
      "These are \(count) combinations, more than the \(SweepPlan.maximumCount) a sweep runs; take larger steps, or a "
        + "random part of them with --random N."
    case .uncountable: "These are more combinations than can be counted; take larger steps or fewer parameters."
    case .nothingMatches(let condition, let combinations):
      "None of the \(combinations) combinations meets the condition \(condition)."
    case .tooFewMatches(let found, let wanted, let draws):
      "Of \(draws) combinations drawn at random only \(found) were new and met the condition, and \(wanted) are wanted; "
        + "take fewer, or narrow the ranges to where the condition holds."
    case .emptyList: "The list of parameter sets is empty; give at least one."
    case .badElement(let position, let fault): "In the parameter set at position \(position): \(fault)"
    case .outOfRange(let name, let value, let minimum, let maximum):
      "\(name) was \(value); it must be from \(minimum) to \(maximum)."
    case .badCondition(let condition, let position, let fault):
      "The condition \(condition) is wrong at position \(position): \(fault)"
    case .unknownMetric(let name):
      "There is no metric \(name)\(NearMiss.hint(name, among: MetricKey.allCases.map(\.rawValue))); the metrics are "
        + "\(MetricKey.allCases.map(\.rawValue).joined(separator: ", "))."
    case .noThread:
      "The system gives this program no further thread; end other programs, or raise the limit of processes."
    }
  }
}
