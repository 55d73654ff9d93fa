import Foundation
import StrategyProtocol
import Testing
import TradingModel

@testable import PluginHost

/// Real processes that crash, hang, lie and flood: each run ends in its own failure, and nothing is left of the process.
@Suite(.enabled(if: Hostile.hasPython, "python3 is not installed"))
struct HostileTests {
  /// A behaviour, and how its run must end.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// What it does with each request.
    var code: String
    var kind: PluginFailure.Kind
    /// What the sentence must contain.
    var sentence = ""
    var mode = ExecutionMode.lockstep
    var bars = 30
    /// The limit that is meant to be passed, made short.
    var short: (@Sendable (inout Timeouts) -> Void)?

    var testDescription: String { name }

    func run() throws -> Hostile.Outcome {
      var timeouts = Hostile.patient
      short?(&timeouts)
      return try Hostile.run(Hostile.command(code), mode: mode, timeouts: timeouts, bars: bars)
    }
  }

  /// Forks twice into a session of its own, as daemons do, and tells the number of the one that stays.
  static let daemon = """
    def daemon():
        inner, outer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(outer, b"%d" % os.getpid())
                for end in range(64):
                    try: os.close(end)
                    except OSError: pass
                time.sleep(600)
            os._exit(0)
        os.wait()
        os.write(2, b"grandchild " + os.read(inner, 20) + b"\\n")

    """

  static let crashes = [
    Case(
      name: "exits before hello", code: "sys.exit(3)", kind: .crashed,
      sentence: "exit code 3 instead of answering initialize"),
    Case(
      name: "exits with 0 in the middle of a run", code: "answer(m) if method != 'bar/next' else sys.exit(0)",
      kind: .crashed, sentence: "exit code 0 instead of answering bar/next"),
    Case(
      name: "is killed in the middle of a run",
      code: "answer(m) if method != 'bar/next' else os.kill(os.getpid(), 9)", kind: .crashed, sentence: "signal 9"),
    Case(
      name: "dies of a segmentation fault", code: "answer(m) if method != 'run/start' else os.kill(os.getpid(), 11)",
      kind: .crashed, sentence: "signal 11"),
    Case(
      name: "dies inside a line",
      code: "answer(m) if method != 'bar/next' else (raw('{\"jsonrpc\":\"2.0\",\"id\":3,\"res'), sys.exit(1))",
      kind: .crashed, sentence: "exit code 1"),
    Case(
      name: "dies without reading", code: "answer(m)\nif method == 'run/start': os.close(0); sys.exit(4)",
      kind: .crashed, sentence: "exit code 4", mode: .preload, bars: 40_000),
    Case(
      name: "closes its output and stays",
      code: "answer(m) if method != 'bar/next' else (os.close(1), time.sleep(600))",
      kind: .crashed, sentence: "closed its standard output"),
    Case(
      name: "closes its input and stays",
      code: "if method == 'run/start': os.close(0)\nanswer(m)\nif method == 'run/start': time.sleep(600)",
      kind: .crashed, sentence: "closed its standard input"),
    Case(
      name: "leaves a child that holds the pipes",
      code: "answer(m) if method != 'bar/next' else (grandchild(lambda: time.sleep(600)), os._exit(5))",
      kind: .crashed, sentence: "exit code 5"),
    Case(
      name: "leaves a child outside its group that holds the pipes",
      code: "answer(m) if method != 'bar/next' else (grandchild(lambda: time.sleep(600), True), os._exit(6))",
      kind: .crashed, sentence: "exit code 6"),
    Case(
      name: "leaves a child outside its group that writes for ever",
      code: """
        def flood():
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            while True: os.write(2, b'x' * 65536); os.write(1, b'y' * 100)
        answer(m) if method != 'bar/next' else (grandchild(flood, True), os._exit(7))
        """, kind: .crashed, sentence: "exit code 7"),
    Case(
      name: "leaves a daemon with streams of its own",
      code: daemon + "answer(m) if method != 'bar/next' else (daemon(), os._exit(8))", kind: .crashed,
      sentence: "exit code 8"),
  ]

  static let lies = [
    Case(
      name: "answers another id", code: "m['id'] += method == 'bar/next'; answer(m)", kind: .protocolError,
      sentence: "answered id 4 where 3 was asked"),
    Case(
      // In one piece: whether a second one comes before or after the next request would be chance.
      name: "answers twice", code: "raw(text(m, hello if method == 'initialize' else {}) * 2)", kind: .protocolError,
      sentence: "answered id 1 when nothing was asked"),
    Case(
      name: "answers ahead",
      code: "raw(text(m, hello if method == 'initialize' else {}) + text({'id': m['id'] + 1}, {}))",
      kind: .protocolError, sentence: "when nothing was asked"),
    Case(
      name: "answers before it is asked",
      code: "raw(text({'id': 2}, {})) if method == 'initialize' else None; answer(m)", kind: .handshakeFailed,
      sentence: "answered id 2 where 1 was asked"),
    Case(
      name: "speaks another version", code: "hello['protocol_version'] = '9.0'; answer(m)",
      kind: .handshakeFailed, sentence: "speaks protocol 9.0, this host 1.0"),
    Case(
      name: "writes NaN", code: "answer(m, {'annotations': {'x': float('nan')}} if method == 'bar/next' else None)",
      kind: .protocolError, sentence: "no valid message"),
    Case(
      name: "writes a batch",
      code: "answer(m) if method != 'bar/next' else raw('[' + text(m, {}).strip() + ']\\n')", kind: .protocolError,
      sentence: "Batches"),
    Case(
      name: "glues text to a message", code: "raw('loaded ') if method == 'bar/next' else None; answer(m)",
      kind: .protocolError, sentence: "Text stands before a message"),
    Case(
      name: "sends a byte order mark", code: "raw(b'\\xef\\xbb\\xbf') if method == 'bar/next' else None; answer(m)",
      kind: .protocolError, sentence: "byte order mark"),
    Case(
      name: "writes invalid UTF-8",
      code: "answer(m) if method != 'bar/next' else raw(b'{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"\\xff\":1}}\\n')",
      kind: .protocolError, sentence: "is not UTF-8"),
    Case(
      name: "nests too deeply",
      code: "answer(m) if method != 'bar/next' else raw(text(m, 0)[:-3] + '[' * 100 + ']' * 100 + '}\\n')",
      kind: .protocolError, sentence: "nested deeper than"),
    Case(
      name: "asks the host",
      code:
        "raw('{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"host/bars\"}\\n') if method == 'bar/next' else None; answer(m)",
      kind: .protocolError, sentence: "sent a request (host/bars)"),
    Case(
      name: "sends an unknown action",
      code: "answer(m, {'actions': [{'do': 'dance'}]} if method == 'bar/next' else None)",
      kind: .protocolError, sentence: "/actions/0/do was \"dance\""),
    Case(
      name: "receives fewer rows than were sent",
      code: "answer(m, {'received': 1} if method == 'series/load' else None)",
      kind: .protocolError, sentence: "received 1 rows of 30", mode: .preload),
    Case(
      name: "accepts another mode", code: "answer(m, {'mode': 'streamed'} if method == 'run/start' else None)",
      kind: .protocolError, sentence: "asked for mode lockstep and accepted streamed"),
    Case(
      name: "acts on a bar of another chunk",
      code: "answer(m, {'actions': [{'bar_index': 999, 'do': 'close'}]} if method == 'bars/next' else None)",
      kind: .protocolError, sentence: "/actions/0/bar_index was 999", mode: .streamed),
    Case(
      name: "answers a column that is too short",
      code: """
        column = {'encoding': 'json', 'dtype': 'f64', 'count': 2, 'data': [1, 2]}
        answer(m, {'target_position': {'ACME': column}} if method == 'series/evaluate' else None)
        """, kind: .protocolError, sentence: "must be a column of 30 values", mode: .vectorized),
    Case(
      name: "fails by itself",
      code: """
        error = {'code': 2005, 'message': 'boom', 'data': {'traceback': 'line 1', 'hint': 'mend it'}}
        answer(m) if method != 'bar/next' else raw(json.dumps({'jsonrpc': '2.0', 'id': m['id'], 'error': error}) + '\\n')
        """, kind: .strategyError, sentence: "boom"),
  ]

  static let floods = [
    Case(
      name: "writes an endless line", code: "answer(m)\nif method == 'run/start':\n  while True: raw(b'x' * 65536)",
      kind: .limitExceeded, sentence: "too long"),
    Case(
      name: "prints for ever", code: "answer(m)\nif method == 'run/start':\n  while True: raw('noise\\n' * 100)",
      kind: .limitExceeded, sentence: "more than 1000 lines to standard output"),
    Case(
      name: "logs for ever instead of answering",
      code: """
        if method == 'bar/next':
            while True: raw('{"jsonrpc":"2.0","method":"log/message","params":{"level":"info","message":"x"}}\\n' * 50)
        answer(m)
        """, kind: .timeout, sentence: "did not answer bar/next", short: { $0.barNext = 500 }),
    Case(
      name: "writes to standard error for ever instead of answering",
      code: "if method == 'bar/next':\n  while True: os.write(2, b'error\\n' * 10000)\nanswer(m)", kind: .timeout,
      sentence: "did not answer bar/next", short: { $0.barNext = 500 }),
  ]

  static let hangs = [
    Case(
      name: "never says hello", code: "time.sleep(600)", kind: .handshakeFailed, sentence: "did not answer initialize",
      short: { $0.initialize = 300 }),
    Case(
      name: "hangs on a bar", code: "time.sleep(600) if method == 'bar/next' else answer(m)", kind: .timeout,
      sentence: "did not answer bar/next", short: { $0.barNext = 300 }),
    Case(
      name: "hangs on a bar and ignores every signal it can",
      code: """
        for number in (1, 2, 3, 13, 15): signal.signal(number, signal.SIG_IGN)
        if method == 'bar/next':
            while True: time.sleep(600)
        answer(m)
        """, kind: .timeout, sentence: "did not answer bar/next", short: { $0.barNext = 300 }),
    Case(
      name: "spins on a bar", code: "while method == 'bar/next': pass\nanswer(m)", kind: .timeout,
      short: { $0.barNext = 300 }),
    Case(
      name: "stops itself", code: "os.kill(os.getpid(), 19) if method == 'bar/next' else answer(m)", kind: .timeout,
      short: { $0.barNext = 300 }),
    Case(
      name: "hangs with a child that hangs",
      code: "(grandchild(lambda: time.sleep(600)), time.sleep(600)) if method == 'bar/next' else answer(m)",
      kind: .timeout, short: { $0.barNext = 300 }),
    Case(
      name: "stops reading", code: "answer(m)\nif method == 'run/start': time.sleep(600)", kind: .stalled,
      sentence: "stopped reading", mode: .preload, bars: 40_000, short: { $0.writeStall = 300 }),
    Case(
      name: "stops reading and floods standard error",
      code: "answer(m)\nif method == 'run/start':\n  while True: os.write(2, b'x' * 65536)", kind: .stalled,
      mode: .preload,
      bars: 40_000, short: { $0.writeStall = 300 }),
    Case(
      name: "hangs at the end of the run", code: "time.sleep(600) if method == 'run/end' else answer(m)",
      kind: .timeout,
      sentence: "did not answer run/end", short: { $0.runEnd = 300 }),
    Case(
      name: "hangs in a chunk", code: "time.sleep(600) if method == 'bars/next' else answer(m)", kind: .timeout,
      mode: .streamed,
      short: {
        $0.barsNext = 200
        $0.barsNextPerBar = 1
      }),
    Case(
      name: "hangs on all bars at once", code: "time.sleep(600) if method == 'series/evaluate' else answer(m)",
      kind: .timeout, mode: .vectorized, short: { $0.seriesEvaluate = 300 }),
    Case(
      name: "reports progress for ever",
      code: """
        while method == 'series/evaluate':
            token = m['params']['progress_token']
            raw('{"jsonrpc":"2.0","method":"$/progress","params":{"token":"%s","value":{"kind":"report"}}}\\n' % token)
            time.sleep(0.02)
        answer(m)
        """, kind: .timeout, sentence: "reported progress", mode: .vectorized,
      short: {
        $0.seriesEvaluate = 300
        $0.seriesEvaluateMax = 900
      }),
  ]

  @Test(arguments: crashes + lies + floods + hangs)
  func endsInItsOwnFailureAndLeavesNothingBehind(_ hostile: Case) throws {
    let outcome = try hostile.run()
    let failure = try #require(outcome.failure, "the run ended well; \(outcome.log)")
    #expect(failure.kind == hostile.kind, "\(failure)")
    #expect(hostile.sentence.isEmpty || failure.message.contains(hostile.sentence), "\(failure.message)")
    #expect(!failure.hint.isEmpty)
    // Far above every limit involved, far below the ten minutes the fixtures sleep.
    #expect(outcome.duration < .seconds(120))
    #expect(Hostile.isGone(outcome.processID))
    for process in Self.grandchildren(failure) { #expect(Hostile.becomesGone(process), "\(process)") }
    if ![.handshakeFailed, .strategyError, .protocolError].contains(failure.kind) {
      #expect(failure.lastMethod != nil)
    }
    if failure.lastMethod == "bar/next" {
      #expect(failure.lastIndex != nil)
      let isFlood = hostile.name.contains("for ever")
      #expect(isFlood || failure.lastMessages.contains { $0.contains("bar/next") })
    }
  }

  @Test func aDaemonOfAStrategyThatDoesWellEndsWithIt() throws {
    let code = Self.daemon + "if method == 'run/start': daemon()\nanswer(m)"
    let outcome = try Hostile.run(Hostile.command(code))
    #expect(outcome.failure == nil)
    let told = outcome.log.compactMap { $0.hasPrefix("grandchild ") ? Int32($0.dropFirst(11)) : nil }
    #expect(told.count == 1)
    for process in told { #expect(Hostile.becomesGone(process)) }
  }

  private static func grandchildren(_ failure: PluginFailure) -> [Int32] {
    failure.standardErrorTail.split(separator: "\n").compactMap { line in
      line.hasPrefix("grandchild ") ? Int32(line.dropFirst(11)) : nil
    }
  }

  /// What looks bad and is allowed.
  static let harmless = [
    Case(name: "answers ids as text", code: "m['id'] = str(m['id']); answer(m)", kind: .timeout),
    Case(
      name: "prints in every callback", code: "raw('bar!\\n') if method == 'bar/next' else None; answer(m)",
      kind: .timeout),
    Case(
      name: "prints a banner before hello", code: "raw('Model v2\\n') if method == 'initialize' else None; answer(m)",
      kind: .timeout),
    Case(
      name: "ends lines as on Windows",
      code: "raw(text(m, hello if method == 'initialize' else {})[:-1] + '\\r\\n\\r\\n')", kind: .timeout),
    Case(
      name: "writes byte by byte, with letters split",
      code: """
        out = text(m, hello if method == 'initialize' else {'annotations': {'Größe €': 1}} if method == 'bar/next' else {})
        out = json.dumps(json.loads(out), ensure_ascii=False) + '\\n'
        for byte in out.encode(): os.write(1, bytes([byte]))
        """, kind: .timeout, bars: 5),
    Case(
      name: "answers with a line of a megabyte",
      code: "answer(m, {'pad': 'x' * (1 << 20)} if method == 'bar/next' else None)", kind: .timeout, bars: 4),
    Case(
      name: "writes twenty megabytes to standard error",
      code: "answer(m)\nif method == 'run/start': os.write(2, b'z' * 99 + b'\\n' * (20 << 20))",
      kind: .timeout),
    Case(
      name: "logs megabytes while megabytes are sent to it",
      code: """
        if method == 'series/load':
            raw('{"jsonrpc":"2.0","method":"log/message","params":{"level":"info","message":"%s"}}\\n' % ('x' * (4 << 20)))
        answer(m)
        """, kind: .timeout, mode: .preload, bars: 40_000),
    Case(
      name: "asks for ten thousand orders on one bar",
      code:
        "answer(m, {'actions': [{'do': 'order', 'side': 'buy', 'limit_price': 1}] * 10000} if method == 'bar/next' else None)",
      kind: .timeout, bars: 3),
    Case(
      name: "ignores the end of its input", code: "answer(m)\nif method == 'run/end':\n  while True: time.sleep(600)",
      kind: .timeout),
  ]

  @Test(arguments: harmless)
  func isTolerated(_ strange: Case) throws {
    let outcome = try strange.run()
    #expect(outcome.failure == nil, "\(outcome.failure?.description ?? "")")
    #expect(outcome.run?.equity.count == strange.bars)
    #expect(Hostile.isGone(outcome.processID))
    switch strange.name {
    case "answers ids as text": #expect(outcome.warnings.contains { $0.contains("ids back as strings") })
    case "prints in every callback", "prints a banner before hello":
      #expect(outcome.warnings.contains { $0.contains("printed to standard output") })
    case "asks for ten thousand orders on one bar":
      let refused = outcome.run?.orderEvents.count { $0.reason?.code == "too_many_actions" }
      #expect(refused == 3 * 9000)
    default: break
    }
  }

  @Test func aProgramThatIsNotThereIsNamed() throws {
    for (arguments, folder, sentence) in [
      (["/nonexistent/program"], nil, "was not found"), (["/"], nil, "may not be run"), ([""], nil, "is empty"),
      (["python3"], "/nonexistent", "cannot be entered"),
    ] {
      let outcome = try Hostile.run(PluginCommand(arguments: arguments, folder: folder))
      #expect(outcome.failure?.kind == .startFailed)
      #expect(outcome.failure?.message.contains(sentence) == true, "\(outcome.failure?.message ?? "")")
    }
  }
}
