import JSONRPC
import StrategyProtocol

/// How messages arrive.
enum FramingChecks {
  static let all = [
    ConformanceCheck("robust.crlf", "Lines ended by CR LF are read.") { kit in
      let run = try kit.startedRun()
      try deliver(run) { try run.probe.write(run.probe.encode($0) + [0x0D, 0x0A]) }
    },

    ConformanceCheck("robust.blank_line", "Blank lines are skipped.") { kit in
      let run = try kit.startedRun()
      try run.probe.write(Array("\n\r\n\n".utf8))
      try run.step()
      try run.end()
    },

    ConformanceCheck("robust.split_message", "A message that arrives byte by byte is read.") { kit in
      let run = try kit.startedRun()
      try deliver(run) { request in
        for (position, byte) in (try run.probe.encode(request) + [0x0A]).enumerated() {
          try run.probe.write([byte])
          if position % 16 == 0 { run.probe.pause(.milliseconds(2)) }
        }
      }
    },

    ConformanceCheck(
      "robust.joined_messages", "Two messages that arrive in one piece are both answered, in order."
    ) { kit in
      let run = try kit.startedRun()
      let probe = run.probe
      let unknown = probe.request("x/unknown", .object([]))
      let request = probe.request("bar/next", run.params(run.index))
      try probe.write(probe.encode(unknown) + [0x0A] + probe.encode(request) + [0x0A])
      _ = try probe.answer(to: unknown)
      try run.takeNext(request)
      try run.step()
      try run.end()
    },

    ConformanceCheck(
      "robust.split_utf8",
      "Symbols of non-ASCII characters are read even when a character is split between two writes."
    ) { kit in
      try kit.require(.lockstep)
      let bars = PracticeBars(symbols: ["ZÜRICH-€-🙂"], bars: [Array(kit.bars.bars[0].prefix(120))])
      let run = try kit.run(bars)
      while run.index < run.count {
        let request = run.probe.request("bar/next", run.params(run.index))
        let line = try run.probe.encode(request) + [0x0A]
        // Inside a character of two bytes, then inside one of four.
        let (lead, offset): (UInt8, Int) = run.index % 2 == 1 ? (0xC3, 1) : (0xF0, 2)
        if run.index < 4, let place = line.firstIndex(of: lead) {
          try run.probe.write(Array(line[..<(place + offset)]))
          run.probe.pause(.milliseconds(20))
          try run.probe.write(Array(line[(place + offset)...]))
        } else {
          try run.probe.write(line)
        }
        try run.takeNext(request)
      }
      try run.end()
    },

    ConformanceCheck("robust.long_line_70k", "A line of 70,000 bytes is read.") { kit in
      try longLine(kit, 70_000)
    },

    ConformanceCheck(
      "robust.long_line_1m", "A line of 1,048,576 bytes is read; only when max_message_bytes allows it."
    ) { kit in
      try longLine(kit, 1_048_576)
    },

    ConformanceCheck("robust.large_integers", "Integers up to 2^53-1 are read: the seed, an unknown field.") { kit in
      var options = CheckRun.Options()
      options.seed = Form.maximumInteger
      options.extra = [
        .init("x_large", JSONValue(Form.maximumInteger)), .init("x_small", JSONValue(-Form.maximumInteger)),
      ]
      let run = try kit.startedRun(options)
      try run.step()
      try run.end()
    },

    ConformanceCheck(
      "robust.bad_line", "A line that is not JSON is answered with error -32700 or ignored, and the run goes on."
    ) { kit in
      let run = try kit.startedRun()
      try run.probe.write(Array("{this is not JSON\n".utf8))
      let request = try run.probe.send("bar/next", run.params(run.index))
      let allowance = Duration.milliseconds(Timeouts.standard.scaled(by: kit.options.timeoutScale).barNext)
      let message = try run.probe.receive(
        until: .now() + allowance, "an answer after a line that is not JSON", allowance)
      if message["id"]?.isNull == true, let error = message["error"] {
        if error["code"]?.intValue != ErrorCode.parseError.rawValue {
          throw CheckFailure(
            "a line that is not JSON was answered with error \(error["code"]?.shown() ?? ""); it must be -32700")
        }
        try run.takeNext(request)
      } else {
        guard message["id"] == request["id"], let result = message["result"] else {
          throw CheckFailure("after a line that is not JSON, bar/next was answered with \(message.shown())")
        }
        try run.take(run.index, result)
        run.index += 1
      }
      try run.step()
      try run.end()
    },
  ]

  /// Has the next bar's request written by `write`, takes its answer, and goes on for a bar.
  private static func deliver(_ run: CheckRun, _ write: (JSONValue) throws -> Void) throws {
    let request = run.probe.request("bar/next", run.params(run.index))
    try write(request)
    try run.takeNext(request)
    try run.step()
    try run.end()
  }

  private static func longLine(_ kit: CheckKit, _ size: Int) throws {
    try kit.require(.lockstep)
    let limit = try kit.session().maximumBytes
    if limit < size { throw CheckSkipped("the strategy declares max_message_bytes \(limit)") }
    let run = try kit.startedRun()
    var params = run.params(run.index)
    params["x_padding"] = ""
    let request = run.probe.request("bar/next", params)
    let room = size - (try request.serialized()).count
    params["x_padding"] = .string(String(repeating: "a", count: max(0, room)))
    var padded = request
    padded["params"] = params
    try run.probe.write(run.probe.encode(padded) + [0x0A])
    try run.takeNext(padded)
    try run.step()
    try run.end()
  }
}
