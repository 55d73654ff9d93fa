public import BacktestService
import MarketData
public import StrategyKit
import TradingModel

/// The form that starts a run.
public struct StartPage {
  /// A strategy to choose from.
  public struct Choice: Sendable {
    /// Its name.
    public var name: String
    /// Whether it is a plugin.
    public var isPlugin: Bool

    /// Notes a strategy.
    public init(name: String, isPlugin: Bool) {
      self.name = name
      self.isPlugin = isPlugin
    }
  }

  /// What is known of the strategy chosen.
  public enum Parameters: Sendable {
    /// It answered.
    case known(StrategyDescriptor)
    /// It could not be asked: one sentence.
    case unknown(String)
  }

  private let form: StartForm
  private let choices: [Choice]
  private let datasets: [Dataset]
  private let parameters: Parameters
  private let faults: [StartForm.Fault]

  /// Prepares the page.
  public init(
    _ form: StartForm, choices: [Choice], datasets: [Dataset], parameters: Parameters, faults: [StartForm.Fault] = []
  ) {
    self.form = form
    self.choices = choices
    self.datasets = datasets
    self.parameters = parameters
    self.faults = faults
  }

  /// The page as HTML.
  public var bytes: [UInt8] {
    PageLayout(title: "New run", assets: .linked, current: .start, scripts: ["page.js"]).page(
      """
      <header class="title"><h1>New run</h1></header>
      \(summary)
      \(form.gap.map { "<section class=\"notes\"><p>\($0)</p></section>" } ?? .nothing)
      <form class="start" method="post" action="/runs" novalidate>
      <input type="hidden" name="submitted" value="1">
      <section><h2>Strategy</h2>
      \(field("strategy", "Strategy", hint: nil, "<select id=\"strategy\" name=\"strategy\" data-parameters=\"/new/parameters\"\(fault("strategy"))>\(strategies)</select>"))
      <noscript><button formmethod="get" formaction="/new">Show its parameters</button></noscript>
      <div id="parameters" aria-live="polite">\(fields)</div>
      </section>
      <section><h2>Bars</h2>
      <div class="fields">
      \(source)
      </div></section>
      <section><h2>Account and orders</h2>
      <div class="fields">
      \(account)
      </div>
      \(flags)
      </section>
      <div class="submit"><button class="primary">Run</button></div>
      </form>
      """)
  }

  /// The parameters' fields alone, to be put in when another strategy is chosen.
  public var parameterBytes: [UInt8] { Array(fields.text.utf8) }

  private var summary: HTML {
    if faults.isEmpty { return .nothing }
    let items = faults.map { fault -> HTML in
      fault.field.isEmpty ? "<li>\(fault.sentence)</li>" : "<li><a href=\"#\(fault.field)\">\(fault.sentence)</a></li>"
    }
    return """
      <section class="failure" role="alert" tabindex="-1" data-focus><h2>The run was not started</h2><ul>
      \(items)
      </ul></section>
      """
  }

  // MARK: Strategy

  private var strategies: HTML {
    func group(_ label: String, _ choices: [Choice]) -> HTML {
      if choices.isEmpty { return .nothing }
      let options = choices.map { choice -> HTML in
        choice.name == form["strategy"] ? "<option selected>\(choice.name)</option>" : "<option>\(choice.name)</option>"
      }
      return "<optgroup label=\"\(label)\">\(options)</optgroup>"
    }
    return group("Built in", choices.filter { !$0.isPlugin }) + group("Plugins", choices.filter(\.isPlugin))
  }

  private var fields: HTML {
    switch parameters {
    case .unknown(let sentence): return "<p class=\"loss\">\(sentence)</p>"
    case .known(let descriptor):
      let inputs = descriptor.parameters.map(parameter)
      return """
        <p class="hint">\(descriptor.summary)</p>
        <div class="fields">
        \(inputs)
        </div>
        """
    }
  }

  private func parameter(_ definition: ParameterDefinition) -> HTML {
    let name = StartForm.parameterPrefix + definition.name
    let value = form[name].isEmpty ? definition.defaultValue?.text ?? "" : form[name]
    if definition.kind == .boolean {
      let isOn = form.isSubmitted ? form[name] == "true" : value == "true"
      return check(name, definition.name, definition.summary, isOn: isOn)
    }
    let preset = definition.defaultValue.map { "; \($0.text) unless given" } ?? "; required"
    let hint = "\(definition.summary): \(definition.rule)\(preset)."
    let required: HTML = definition.defaultValue == nil ? " required" : .nothing
    switch definition.kind {
    case .integer, .number:
      let low: HTML = Self.bound("min", definition.minimum)
      let high: HTML = Self.bound("max", definition.maximum)
      let step: HTML = definition.kind == .integer ? "1" : "any"
      return field(
        name, definition.name, hint: hint,
        "<input id=\"\(name)\" name=\"\(name)\" type=\"number\" step=\"\(step)\"\(low)\(high)\(required) value=\"\(value)\"\(fault(name))>"
      )
    default:
      return field(
        name, definition.name, hint: hint,
        "<input id=\"\(name)\" name=\"\(name)\"\(required) value=\"\(value)\" maxlength=\"1000\"\(fault(name))>")
    }
  }

  private static func bound(_ name: String, _ value: Double?) -> HTML {
    guard let value, value.isFinite else { return .nothing }
    return " \(name)=\"\(Int(exactly: value).map { String($0) } ?? "\(value)")\""
  }

  // MARK: Bars and account

  private var source: [HTML] {
    [
      field(
        "dataset", "Data set", hint: "Bars on this machine: samples, and what was fetched or imported.",
        "<select id=\"dataset\" name=\"dataset\"\(fault("dataset"))>\(datasetOptions)</select>"),
      input("symbol", "Symbol", "Fetched from Yahoo instead of a data set, e.g. AAPL.", isText: true),
      field(
        "interval", "Interval", hint: "Length of a bar, with a symbol.",
        "<select id=\"interval\" name=\"interval\"\(fault("interval"))>\(Self.options(BarInterval.allCases.map(\.rawValue), form["interval"]))</select>"
      ),
      input("from", "From", "First day to use, UTC; all bars unless given.", type: dateType("from")),
      input("to", "To", "First day to leave out.", type: dateType("to")),
      check(
        "adjusted", "Adjusted prices", "For splits and dividends.",
        isOn: form.isSubmitted ? form["adjusted"] == "true" : form["adjusted"] != "false"),
    ]
  }

  /// A run on bars of a day's parts may begin at any time; a field for dates would drop it.
  private func dateType(_ name: String) -> String { form[name].contains("T") ? "datetime-local" : "date" }

  private var datasetOptions: HTML {
    func option(_ id: String, _ text: String) -> HTML {
      "<option value=\"\(id)\"\(id == form["dataset"] ? " selected" : .nothing)>\(text)</option>"
    }
    func group(_ label: String, _ kind: Dataset.Kind) -> HTML {
      let options = datasets.filter { $0.kind == kind }.map { dataset -> HTML in
        let interval = kind == .sample ? "" : dataset.interval.map { " · \($0)" } ?? ""
        let range = [dataset.start, dataset.end].compactMap { $0.map(UTCText.formatDate) }.joined(separator: " – ")
        return option(dataset.id, "\(dataset.symbol)\(interval) · \(range)")
      }
      return options.isEmpty ? .nothing : "<optgroup label=\"\(label)\">\(options)</optgroup>"
    }
    // One that is gone stays chosen, so that nobody runs on another by accident.
    let isKnown = form["dataset"].isEmpty || datasets.contains { $0.id == form["dataset"] }
    return (isKnown ? .nothing : option(form["dataset"], form["dataset"])) + group("Samples", .sample)
      + group("Fetched", .cached) + group("Imported", .imported)
  }

  private var account: [HTML] {
    [
      input("cash", "Cash", "Money at the start."),
      input("commission", "Commission", "Part of an execution's value (0.002 is 0.2 %), or FIXED,RATE like 1,0.001."),
      input("spread", "Spread", "Bid-ask spread as a part of the price, paid on entries."),
      input("margin", "Margin", "Part of a position's value that must be owned; 0.5 is 2:1 leverage."),
      field(
        "profile", "Profile", hint: "compat as backtesting.py 0.6.6, strict without its look-ahead.",
        "<select id=\"profile\" name=\"profile\"\(fault("profile"))>\(Self.options(["compat", "strict"], form["profile"]))</select>"
      ),
      input("seed", "Seed", "For strategies that use randomness."),
    ]
  }

  private static func options(_ names: [String], _ chosen: String) -> [HTML] {
    names.map { $0 == chosen ? "<option selected>\($0)</option>" : "<option>\($0)</option>" }
  }

  private var flags: HTML {
    let boxes = [
      ("trade_on_close", "Trade on close", "Market orders fill at the close of the bar they are placed on."),
      ("hedging", "Hedging", "Long and short trades may be open side by side."),
      ("exclusive_orders", "Exclusive orders", "A new order cancels the others and closes open trades."),
      ("finalize", "Finalize", "Trades still open after the last bar are closed and counted."),
    ].map { name, title, hint in check(name, title, hint, isOn: form[name] == "true") }
    return "<div class=\"fields\">\(boxes)</div>"
  }

  // MARK: Fields

  private func input(_ name: String, _ title: String, _ hint: String, type: String = "text", isText: Bool = false)
    -> HTML
  {
    let mode: HTML = type == "text" && !isText ? " inputmode=\"decimal\" maxlength=\"100\"" : .nothing
    return field(
      name, title, hint: hint,
      "<input id=\"\(name)\" name=\"\(name)\" type=\"\(type)\"\(mode) value=\"\(form[name])\"\(fault(name))>")
  }

  private func check(_ name: String, _ title: String, _ hint: String, isOn: Bool) -> HTML {
    """
    <div class="field check"><input id="\(name)" type="checkbox" name="\(name)" value="true"\(isOn ? " checked" : .nothing)\
    \(fault(name))><label for="\(name)">\(title)</label><p class="hint" id="\(name)-hint">\(hint)</p>\(sentence(name))</div>
    """
  }

  private func field(_ name: String, _ title: String, hint: String?, _ input: HTML) -> HTML {
    let explained: HTML = hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" } ?? .nothing
    return "<div class=\"field\"><label for=\"\(name)\">\(title)</label>\(input)\(sentence(name))\(explained)</div>"
  }

  private func fault(_ name: String) -> HTML {
    faults.contains { $0.field == name }
      ? " aria-invalid=\"true\" aria-describedby=\"\(name)-fault \(name)-hint\"" : " aria-describedby=\"\(name)-hint\""
  }

  private func sentence(_ name: String) -> HTML {
    faults.first { $0.field == name }.map { "<p class=\"fault\" id=\"\(name)-fault\">\($0.sentence)</p>" } ?? .nothing
  }
}
