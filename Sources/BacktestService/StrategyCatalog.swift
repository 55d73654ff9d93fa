import BacktestEngine
import BuiltInStrategies
public import PluginHost
public import StrategyKit
import TradingModel

/// The strategies that can be run: those compiled in, installed plugins, and programs given by path.
public struct StrategyCatalog: Sendable {
  /// A strategy compiled into the program.
  struct BuiltIn: Sendable {
    let descriptor: StrategyDescriptor
    let run: @Sendable (ParameterValues, BacktestEngine, RunHooks) throws -> BacktestRun

    /// Captures a bar loop specialised for `S`: one indirect call a run, none a bar.
    init<S: NamedStrategy>(_ type: S.Type) {
      descriptor = S.descriptor
      run = { parameters, engine, hooks in
        var strategy = try S(parameters: parameters)
        return try engine.run(&strategy, hooks: hooks)
      }
    }
  }

  /// What a name stands for.
  enum Resolution: Sendable {
    case builtIn(BuiltIn)
    case plugin(name: String, PluginCommand)
  }

  static let builtIns = [
    BuiltIn(BuyAndHold.self), BuiltIn(EMACross.self), BuiltIn(LaBomba.self), BuiltIn(MACDCross.self),
    BuiltIn(RSIReversion.self), BuiltIn(Scripted.self), BuiltIn(SMACross.self),
  ]

  /// Where plugins are looked for.
  public let directory: PluginDirectory
  /// The folder of the Python package `backtester`, for strategy files where it is not installed.
  public let pythonPackage: String?
  /// Who may ask for a strategy.
  public private(set) var access = Access.local

  /// Who may ask for a strategy, and so what a name may stand for.
  public enum Access: Sendable {
    /// The user of this machine: anything, paths and programs among it.
    case local
    /// Whoever reaches a server: built-in strategies and installed plugins by name. A name is never looked up as a path,
    /// and strategies that read files of this machine are refused.
    case remote
  }

  /// Makes a catalog for the user of this machine.
  public init(directory: PluginDirectory, pythonPackage: String?) {
    self.directory = directory
    self.pythonPackage = pythonPackage
  }

  /// The same strategies for whoever reaches a server; see ``Access/remote``.
  public var remote: StrategyCatalog {
    var catalog = self
    catalog.access = .remote
    return catalog
  }

  /// Built-in strategies that read files their parameters name.
  private static let localOnly = [Scripted.descriptor.name]

  /// The strategies compiled in, by name.
  public static var builtInDescriptors: [StrategyDescriptor] {
    builtIns.map(\.descriptor).sorted { $0.name < $1.name }
  }

  /// The strategies compiled in that may be asked for, by name.
  public var descriptors: [StrategyDescriptor] {
    Self.builtInDescriptors.filter { access == .local || !Self.localOnly.contains($0.name) }
  }

  /// Finds what a user means: a built-in strategy by name or alias, an installed plugin by name, or a path.
  ///
  /// - Throws: ``ServiceError/unknownStrategy(_:known:)``, ``ServiceError/localOnly(strategy:)``, or `PluginFailure` for a
  ///   path that leads nowhere.
  func resolve(_ name: String) throws -> Resolution {
    if access == .remote, Self.localOnly.contains(name) { throw ServiceError.localOnly(strategy: name) }
    if let found = Self.builtIns.first(where: { $0.descriptor.name == name }) { return .builtIn(found) }
    let entries = name.contains("/") ? [] : directory.entries()
    for case .plugin(let manifest) in entries where manifest.name == name {
      return .plugin(name: name, StrategyReference.command(of: manifest, pythonPackage: pythonPackage))
    }
    if access == .local, let command = try StrategyReference.command(path: name, pythonPackage: pythonPackage) {
      return .plugin(name: name, command)
    }
    let alias = BuiltInStrategies.aliases.first { $0.key.lowercased() == name.lowercased() }?.value
    if let found = Self.builtIns.first(where: { $0.descriptor.name == alias }) { return .builtIn(found) }
    var known = descriptors.map(\.name)
    for case .plugin(let manifest) in entries { known.append(manifest.name) }
    throw ServiceError.unknownStrategy(name, known: known)
  }

  /// Finds the strategy of a request; see ``resolve(_:)``.
  func resolve(_ request: BacktestRequest) throws -> Resolution {
    if let command = request.command {
      if access == .remote { throw ServiceError.localOnly(strategy: request.strategy) }
      return .plugin(name: request.strategy, command)
    }
    return try resolve(request.strategy)
  }

  /// What is known about a strategy; a plugin is started to ask it.
  ///
  /// - Throws: As ``resolve(_:)``; `PluginFailure` when a plugin cannot be asked.
  public func describe(_ name: String, options: Plugin.Options) throws -> StrategyDescriptor {
    switch try resolve(name) {
    case .builtIn(let builtIn): return builtIn.descriptor
    case .plugin(let name, let command):
      let plugin = try Plugin(command, options: options)
      defer { plugin.close() }
      return try plugin.descriptor(named: name)
    }
  }
}
