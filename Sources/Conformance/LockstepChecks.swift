import JSONRPC
import StrategyProtocol

/// Runs bar by bar.
enum LockstepChecks {
  static let all = [
    ConformanceCheck("core.run_start", "run/start is answered in the right form.") { kit in
      try kit.require(.lockstep)
      try kit.run().end(.cancelled)
    },

    ConformanceCheck("core.bar_next", "Every bar/next of a run of one symbol is answered in the right form.") { kit in
      try kit.require(.lockstep)
      let run = try kit.run()
      for index in 0..<run.count { try AnswerForm.decision(run.probe.ask("bar/next", run.params(index))) }
      try run.end()
    },

    ConformanceCheck(
      "core.actions_form", "Every action has the right form: known words, right types, no unknown fields."
    ) { kit in
      try kit.require(.lockstep)
      let run = try kit.run()
      for index in 0..<run.count {
        let result = try run.probe.ask("bar/next", run.params(index))
        let actions = try Form.array(result["actions"], "/actions")
        for (position, action) in actions.enumerated() {
          try ActionForm.check(
            action, "bar \(index): /actions/\(position)", symbols: run.bars.symbols, isIndexed: false)
        }
        if index >= run.first { run.broker.perform(actions) }
      }
      try run.end()
    },

    ConformanceCheck("core.warmup", "Answers to warm-up bars hold no actions, but those announced as early_orders.") {
      kit in
      try kit.require(.lockstep)
      let run = try kit.run()
      // A warm-up may be as long as the strategy likes, the run is not.
      try run.play(until: run.first < run.count ? run.first + 1 : run.count).end()
    },

    ConformanceCheck(
      "core.id_echo", "Every answer repeats the id of its request with the same type, 2^53-1 included."
    ) { kit in
      try kit.require(.lockstep)
      let run = try kit.run()
      for id in [7, 0, Form.maximumInteger] {
        try run.takeNext(run.probe.send("bar/next", run.params(run.index), id: id))
      }
      try run.end()
    },

    ConformanceCheck("core.unknown_fields", "Unknown fields in params are ignored.") { kit in
      try kit.require(.lockstep)
      let plain = try kit.lockstepActions()
      var options = CheckRun.Options()
      options.extra = [.init("x_check", ["list": [1, nil, "text"], "flag": true]), .init("y_check", nil)]
      let other = try kit.run(options).play().end().actions.map(\.comparable)
      try expectSame(plain, other, "actions with unknown fields in params")
    },

    ConformanceCheck("core.unknown_notification", "An unknown notification is ignored and not answered.") { kit in
      let run = try kit.startedRun()
      try run.probe.notify("x/unknown", ["list": [1]])
      try run.step()
      try run.end()
      if try !run.probe.isSilent(for: .milliseconds(100)) {
        throw CheckFailure("something was answered that was not asked: \"\(HandshakeChecks.shown(run.probe))\"")
      }
    },

    ConformanceCheck(
      "core.unknown_method", "An unknown method is answered with error -32601, and the run goes on."
    ) { kit in
      let run = try kit.startedRun()
      let answer = try run.probe.answer(to: run.probe.send("x/unknown", .object([])))
      if answer["error"]?["code"]?.intValue != ErrorCode.methodNotFound.rawValue {
        throw CheckFailure(
          "the unknown method x/unknown was answered with \(answer.shown()); it must be error -32601")
      }
      try run.step()
      try run.end()
    },

    ConformanceCheck("core.null_volume", "A bar without volume (null) is answered.") { kit in
      try kit.require(.lockstep)
      var bars = kit.bars
      for row in bars.bars[0].indices { bars.bars[0][row]?.volume = nil }
      try kit.run(bars).play().end()
    },

    ConformanceCheck(
      "core.many_symbols",
      "A run of three symbols, some without a bar (null), is answered; only for multi_symbol."
    ) { kit in
      try kit.require(.lockstep)
      if try kit.capabilities()["multi_symbol"]?.boolValue != true {
        throw CheckSkipped("the strategy does not declare multi_symbol")
      }
      var bars = PracticeBars(
        symbols: ["ACME", "BOLT", "COIL"],
        bars: (1...3).map { PracticeBars.make(120, seed: UInt64($0), base: 50 * Double($0)) })
      for row in stride(from: 10, to: 120, by: 7) { bars.bars[1][row] = nil }
      for symbol in bars.bars.indices { bars.bars[symbol][60] = nil }
      try kit.run(bars).play().end()
    },

    ConformanceCheck(
      "core.events", "Order events of every kind are accepted, whether or not it placed the order."
    ) { kit in
      try kit.require(.lockstep)
      if try !kit.session().needs("events") { throw CheckSkipped("the strategy declares needs_events false") }
      let run = try kit.run()
      try run.play(until: run.first < run.count ? run.first + 2 : run.count)
      if run.index < run.count {
        try run.step { params in
          let events = (params["events"]?.arrayValue ?? []) + foreignEvents(run, params)
          params["events"] = .array(events)
        }
      }
      try run.play().end()
    },

    ConformanceCheck(
      "core.account_unchanged",
      "A bar without account, positions, trades and orders means that they are unchanged, and is answered."
    ) { kit in
      try kit.require(.lockstep)
      let session = try kit.session()
      if !session.needs("account") { throw CheckSkipped("the strategy declares needs_account false") }
      if session.capabilities["account"] == "always" {
        throw CheckSkipped("the strategy declares account \"always\"")
      }
      let run = try kit.run()
      try run.play(until: run.first < run.count ? run.first + 1 : run.count)
      for _ in 0..<3 where run.index < run.count { try run.step(advances: false) }
      try run.play().end()
    },

    ConformanceCheck(
      "core.preload",
      "In the mode preload, columns are acknowledged and bars without prices answered, with lock-step's actions; only when declared."
    ) { kit in
      try kit.require(.preload)
      var options = CheckRun.Options()
      options.mode = .preload
      let run = try kit.run(options).play().end()
      if try kit.offersLockstep() {
        try expectSame(
          kit.lockstepActions(), run.actions.map(\.comparable), "actions in the mode preload against lock-step")
      }
      guard run.hasPassedOver else { return }
      // The same from a host that asks about every bar.
      let every = try CheckRun(CheckSession(kit, offersNextIndex: false), kit.bars, options).play().end()
      try expectSame(
        run.actions.map(\.comparable), every.actions.map(\.comparable), "actions when no bar is passed over")
    },

    ConformanceCheck("core.run_end", "run/end is answered in the right form.") { kit in
      try kit.startedRun().end(.cancelled)
    },

    ConformanceCheck(
      "core.reuse",
      "A second run in the same process gives the same answers as the first; only when reuse is declared."
    ) { kit in
      try kit.require(.lockstep)
      if try kit.capabilities()["reuse"]?.boolValue != true {
        throw CheckSkipped("the strategy does not declare reuse")
      }
      let session = try kit.session(fresh: true)
      let first = try CheckRun(session, kit.bars).play().end()
      // A run that is broken off must leave nothing behind either.
      try CheckRun(session, PracticeBars(PracticeBars.make(40, seed: 9))).play(until: 25).end(.cancelled)
      let second = try CheckRun(session, kit.bars).play().end()
      try expectSame(
        first.actions.map(\.comparable), second.actions.map(\.comparable), "actions of the second run")
      try expectSame(first.annotations, second.annotations, "annotations of the second run") { $0.shown() }
    },
  ]

  private static func foreignEvents(_ run: CheckRun, _ params: JSONValue) -> [JSONValue] {
    HostCapabilities.standard.eventKinds.enumerated().map { number, kind in
      var event: JSONValue = [
        "seq": JSONValue(run.broker.sequence), "kind": .string(kind), "index": params["index"] ?? 0,
        "time": params["time"] ?? 0, "order_id": JSONValue(kind == "rejected" ? 0 : 9000 + number),
        "client_order_id": .string("foreign-\(number)"),
        "role": .string(["entry", "close", "stop_loss", "take_profit"][number % 4]), "symbol": "ACME",
        "side": .string(number % 2 == 1 ? "buy" : "sell"), "quantity": JSONValue(number),
        "price": number == 0 ? .null : .double(100.5), "commission": .double(0.25),
      ]
      if ["filled", "partially_closed"].contains(kind) { event["trade_id"] = 9000 }
      let reasons = ["rejected": "insufficient_margin", "cancelled": "excluded", "expired": "end_of_data"]
      if let code = reasons[kind] {
        event["reason"] = ["code": .string(code), "message": "made up by the check"]
      }
      run.broker.sequence += 1
      return event
    }
  }
}

extension CheckKit {
  /// A run in lock-step whose first bar was answered.
  func startedRun(_ options: CheckRun.Options = .init()) throws -> CheckRun {
    try require(.lockstep)
    let run = try run(options)
    try run.step()
    return run
  }

  func run(_ options: CheckRun.Options) throws -> CheckRun { try run(nil, options) }
}
