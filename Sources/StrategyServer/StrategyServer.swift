import JSONRPC
public import StrategyKit

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Serves a strategy type to a host on standard input and output, and ends the process when the host says goodbye.
///
/// The whole of an executable's `main.swift`, after its imports:
///
///     StrategyServer.main(MyStrategy.self)
///
/// The same type compiled into the host and served this way gives the same trades, order events and equity, to the last
/// bit. Whatever the process prints goes to standard error, as standard output carries the protocol.
///
/// - Parameters:
///   - strategy: What to serve. One process serves any number of runs, each with a value of its own.
///   - needs: What it reads beside prices; decides in which modes the host may drive it.
public func main(_ strategy: any NamedStrategy.Type, needs: StrategyNeeds = .account) -> Never {
  serve(strategy, needs)
}

/// Serves the one of several strategy types that the first argument of the command names; see
/// ``main(_:needs:)``.
///
///     StrategyServer.main([SMACross.self: .prices, LaBomba.self: .account])
public func main(_ strategies: KeyValuePairs<any NamedStrategy.Type, StrategyNeeds>) -> Never {
  let names = strategies.map { $0.key.descriptor.name }
  let wanted = CommandLine.arguments.dropFirst().first
  guard let wanted, CommandLine.arguments.count == 2, let place = names.firstIndex(of: wanted) else {
    let problem =
      wanted.map { "There is no strategy \($0)\(NearMiss.hint($0, among: names))." } ?? "No strategy is named."
    StandardStreams.complain("\(problem) Give one of \(names.joined(separator: ", ")) as the only argument.")
    exit(2)
  }
  serve(strategies[place].key, strategies[place].value)
}

private func serve(_ strategy: any NamedStrategy.Type, _ needs: StrategyNeeds) -> Never {
  let name = strategy.descriptor.name
  if isatty(0) != 0 {
    StandardStreams.complain(
      "\(name) is a strategy for backtester, which starts it: backtester run PATH_OF_THIS_PROGRAM --sample GOOG")
    exit(2)
  }
  DescriptorIO.ignoreBrokenPipeSignal()
  guard let (input, output) = StandardStreams.claim() else {
    StandardStreams.complain("\(name) needs standard input and output; one of them is closed.")
    exit(2)
  }
  do {
    let writer = DescriptorWriter(output, stallLimit: nil)
    let session = StrategySession(strategy, needs) { try writer.write($0) }
    try session.serve(input)
  } catch DescriptorError.closedByPeer {
    // The host is gone; what it would have read matters to nobody.
  } catch {
    StandardStreams.complain("\(name): \(error)")
    exit(1)
  }
  exit(0)
}
