import JSONRPC
import StrategyKit
import StrategyProtocol
import WireText

/// Why a request is answered with an error.
struct Refusal: Error {
  let object: ErrorObject

  init(_ code: ErrorCode, _ message: String, details: (inout ErrorData) -> Void = { _ in }) {
    object = ErrorObject(code, message: message, details: details)
  }

  init(_ object: ErrorObject) { self.object = object }

  /// A field of the params is wrong.
  init(_ error: WireError) {
    self.init(.invalidParams, error.description) { $0.pointer = error.pointer }
  }

  /// The params have the right syntax but another form than asked for.
  init(_ error: JSONScanError) { self.init(.invalidParams, error.description) }

  /// A parameter of the strategy is wrong.
  init(_ error: ParameterError) {
    self.init(.badParameters, error.description) { data in
      switch error {
      case .unknown(let name, _, _): data.pointer = WirePath.root.member(name).pointer
      case .missing(let definition, _), .invalid(let definition, _):
        data.pointer = WirePath.root.member(definition.name).pointer
      case .impossible: break
      }
    }
  }

  /// The strategy's own code threw.
  ///
  /// - Parameter place: Where, for the traceback: Swift keeps none.
  init(thrown error: any Error, _ place: String) {
    self.init(.strategyError, "\(error)") { data in
      data.traceback = "\(place): \(error)"
    }
  }

  /// The error as it is written.
  var json: JSONRPCErrorObject {
    // Encoding only fails for numbers that are not finite, of which an error has none.
    let data = object.data.flatMap { try? WireValue.encoding($0) }
    return JSONRPCErrorObject(code: object.code, message: object.message, data: data?.json)
  }
}
