import JSONRPC
import RunStore

/// Why a run failed, with everything known about it.
struct FailureSection {
  let record: RunRecord

  init(_ record: RunRecord) { self.record = record }

  var html: HTML {
    guard let failure = record.failure else { return ended }
    let detail = failure.detail.flatMap { try? JSONValue(parsing: $0) }
    let hint: HTML = detail?["hint"]?.stringValue.map { $0.isEmpty ? .nothing : "<p>\($0)</p>" } ?? .nothing
    return """
      <section class="failure" role="alert" aria-labelledby="failure-title">
      <h2 id="failure-title">\(record.status == .failed ? "The run failed" : "The run ended early")</h2>
      <p class="message">\(failure.message)</p>
      \(hint)
      <dl class="facts">
      <div><dt>Kind</dt><dd><code>\(failure.kind)</code></dd></div>
      \(failure.fault.map { "<div><dt>To be put right in</dt><dd>the \($0)</dd></div>" as HTML } ?? .nothing)
      \(Self.facts(detail))
      </dl>
      \(Self.texts(detail))
      </section>
      """
  }

  /// Runs that ended early without a failure.
  private var ended: HTML {
    switch record.status {
    case .cancelled:
      "<section class=\"failure\"><h2>The run was cancelled</h2><p>What follows goes up to the last whole bar.</p></section>"
    case .interrupted:
      "<section class=\"failure\"><h2>The run was interrupted</h2><p>The program that ran it ended before the run did.</p></section>"
    default: .nothing
    }
  }

  private static func facts(_ detail: JSONValue?) -> HTML {
    let names = [
      ("exit_code", "Exit code"), ("signal", "Signal"), ("last_method", "Last message"), ("last_index", "Last bar"),
      ("pointer", "Place in the message"),
    ]
    let items = names.compactMap { key, title -> HTML? in
      guard let value = detail?[key] else { return nil }
      return "<div><dt>\(title)</dt><dd><code>\(value.stringValue ?? (try? value.text()) ?? "")</code></dd></div>"
    }
    return "\(items)"
  }

  private static func texts(_ detail: JSONValue?) -> HTML {
    var texts: [(title: String, text: String)] = []
    if let text = detail?["traceback"]?.stringValue { texts.append(("Traceback", text)) }
    if let text = detail?["stderr_tail"]?.stringValue { texts.append(("End of standard error", text)) }
    let messages = detail?["last_messages"]?.arrayValue?.compactMap(\.stringValue) ?? []
    if !messages.isEmpty { texts.append(("Last messages", messages.joined(separator: "\n"))) }
    let blocks = texts.filter { !$0.text.isEmpty }.enumerated().map { position, block -> HTML in
      position == 0
        ? "<details open><summary>\(block.title)</summary><pre tabindex=\"0\">\(block.text)</pre></details>"
        : "<details><summary>\(block.title)</summary><pre tabindex=\"0\">\(block.text)</pre></details>"
    }
    return "\(blocks)"
  }
}
