import StrategyProtocol
import Testing
import TradingModel

@Suite struct SchemaTests {
  let schemas: Schemas

  init() throws { schemas = try Schemas() }

  @Test func everySchemaHasItsTypeAndTheOtherWayRound() {
    let inCode = Set(Shapes.objects.map { $0.wireName }).union(Shapes.words.map(\.name)).union(Shapes.others)
    let inDocuments = schemas.definitions.map(\.name)
    #expect(Set(inDocuments).count == inDocuments.count)
    #expect(inCode.subtracting(inDocuments) == [])
    #expect(Set(inDocuments).subtracting(inCode) == [])
  }

  @Test func fieldsAreTheSchemasInTheSameOrder() throws {
    for type in Shapes.objects {
      #expect(type.fields == (try schemas.fields(type.wireName)), "\(type.wireName)")
      #expect(schemas[type.wireName]?["additionalProperties"] == .bool(false), "\(type.wireName)")
    }
  }

  @Test func wordsAreTheSchemas() throws {
    for (name, words) in Shapes.words {
      #expect(words == schemas[name]?["enum"]?.elements?.compactMap(\.string), "\(name)")
    }
  }

  /// A value with every field decodes and is written again with the same fields in the same order; without a field it
  /// decodes if and only if the schema does not require the field.
  @Test func fieldsAreRequiredWhereTheSchemaRequiresThem() throws {
    for type in Shapes.objects {
      let name = type.wireName
      let sample = try schemas.sample(of: try #require(schemas[name]))
      let members = try #require(sample.members)
      #expect(try reencode(type, sample) == sample, "\(name)")
      let required = try schemas.required(name)
      for member in members {
        let rest = WireValue.object(members.filter { $0.key != member.key })
        let isAccepted = (try? reencode(type, rest)) != nil
        #expect(isAccepted == !required.contains(member.key), "\(name).\(member.key)")
      }
    }
  }

  /// The limits of fields beyond their types are another matter: the examples hold those.
  private func reencode<Shape: WireShape>(_ type: Shape.Type, _ value: WireValue) throws -> WireValue {
    try WireValue.encoding(try Shape(from: WireDecoder(value: value, codingPath: [])))
  }

  @Test func reasonsAreTheModels() {
    let reasons: [OrderReason] = [
      .invalidSize(0), .invalidPrice(name: "", value: 0),
      .invalidBracket(side: .buy, stopLoss: nil, reference: 0, takeProfit: nil),
      .lessThanOneUnit(available: 0, unitCost: 0), .insufficientMargin(required: 0, available: 0),
      .unknownInstrument(symbol: "X"), .unknownTrade(0), .unknownOrder(""), .duplicateClientOrderID(""), .warmUp,
      .tooManyActions(limit: 0), .unsupported(""), .requested, .amended, .tradeClosed, .excluded, .ruin, .endOfData,
    ]
    // Stops compiling when the model learns a reason that is not in the list above.
    for reason in reasons {
      switch reason {
      case .invalidSize, .invalidPrice, .invalidBracket, .lessThanOneUnit, .insufficientMargin, .unknownInstrument,
        .unknownTrade, .unknownOrder, .duplicateClientOrderID, .warmUp, .tooManyActions, .unsupported, .requested,
        .amended, .tradeClosed, .excluded, .ruin, .endOfData:
        break
      }
    }
    #expect(reasons.map(\.code) == schemas["OrderReasonCode"]?["enum"]?.elements?.compactMap(\.string))
  }

  @Test func methodsAreTheDocuments() throws {
    let table = try ProtocolFiles.json("v1/methods.json")
    try compare(table, "strategy", served: StrategyMethod.self, sent: StrategyNotification.self)
    try compare(table, "host", served: HostMethod.self, sent: HostNotification.self)
  }

  private func compare<Served: ProtocolMethod, Sent: ProtocolMethod>(
    _ table: WireTree, _ side: String, served: Served.Type, sent: Sent.Type
  ) throws {
    let entries = try #require(table.value[side]?.elements)
    let rows = entries.map { entry in
      ["name", "kind", "params", "result"].map { entry[$0]?.string ?? "" }
    }
    let inCode =
      served.allCases.map { [$0.rawValue, $0.kind.rawValue, $0.params.wireName, $0.result?.wireName ?? ""] }
      + sent.allCases.map { [$0.rawValue, $0.kind.rawValue, $0.params.wireName, $0.result?.wireName ?? ""] }
    #expect(inCode == rows)
    let page = try ProtocolFiles.json("v1/\(side).openrpc.json")
    let documented = try #require(page.value["methods"]?.elements).map { $0["name"]?.string }
    #expect(documented == rows.map { $0.first })
  }

  @Test func hostCarriesItsDocument() throws {
    #expect(!OpenRPCDocument.hostText.contains("\n"))
    #expect(try WireTree(OpenRPCDocument.hostText).value == (try ProtocolFiles.json("v1/host.openrpc.json").value))
  }

  @Test func errorsAreTheDocuments() throws {
    let rows = try #require(try ProtocolFiles.json("v1/errors.json").value["errors"]?.elements)
    #expect(rows.count == ErrorCode.allCases.count)
    for (row, code) in zip(rows, ErrorCode.allCases) {
      #expect(row["code"]?.integer == code.rawValue)
      #expect(row["name"]?.string == code.name)
      #expect(row["since"]?.string == code.since)
      #expect(row["answered_by"]?.string == code.origin.rawValue)
      #expect(row["retryable"] == .bool(code.isRetryable))
      #expect(row["meaning"]?.string == code.meaning)
      #expect(row["hint"]?.string == code.hint)
    }
    #expect(Set(ErrorCode.allCases.map(\.name)).count == ErrorCode.allCases.count)
    // JSON-RPC keeps this range for itself, and other protocols had to move codes out of it.
    #expect(!ErrorCode.allCases.contains { (-32_099 ... -32_000).contains($0.rawValue) })
  }

  @Test func capabilitiesAreTheDocuments() throws {
    let rows = try #require(try ProtocolFiles.json("v1/capabilities.json").value["capabilities"]?.elements)
    let inDocument = rows.map { "\($0["side"]?.string ?? "") \($0["name"]?.string ?? "")" }
    let inCode =
      StrategyCapabilities.fields.map { "strategy \($0)" } + HostCapabilities.fields.map { "host to strategy \($0)" }
      + ClientCapabilities.fields.map { "client \($0)" } + ServiceCapabilities.fields.map { "host to client \($0)" }
    #expect(inCode == inDocument)
  }

  @Test func defaultsOfCapabilitiesAreTheDocuments() throws {
    let rows = try #require(try ProtocolFiles.json("v1/capabilities.json").value["capabilities"]?.elements)
    let given = StrategyCapabilities()
    let resolved = StrategyCapabilities(
      modes: given.resolvedModes.map(\.rawValue), needsAccount: given.resolvedNeedsAccount,
      needsEvents: given.resolvedNeedsEvents, account: given.resolvedAccount, multiSymbol: given.resolvedMultiSymbol,
      outputs: given.resolvedOutputs.map(\.rawValue), encodings: given.resolvedEncodings.map(\.rawValue),
      maxMessageBytes: given.resolvedMessageBytes, reuse: given.resolvedReuse, cancel: given.resolvedCancel,
      progress: given.resolvedProgress, deterministic: given.resolvedDeterministic,
      statelessSeries: given.resolvedStatelessSeries, orderTypes: OrderType.allCases.map(\.rawValue),
      experimental: .emptyObject)
    let defaults = rows.filter { $0["side"]?.string == "strategy" }.compactMap { row in
      row["name"]?.string.flatMap { name in row["default"].map { WireValue.Member(name, $0) } }
    }
    #expect(try WireValue.encoding(resolved) == .object(defaults))
  }

  @Test func checksHaveDistinctIdsOfTheirLevel() throws {
    let rows = try #require(try ProtocolFiles.json("v1/checks.json").value["checks"]?.elements)
    let ids = rows.compactMap { $0["id"]?.string }
    #expect(Set(ids).count == rows.count)
    for row in rows {
      let level = try #require(row["level"]?.string)
      #expect(CheckLevel(rawValue: level) != nil)
      #expect(row["id"]?.string?.hasPrefix(level + ".") == true)
      #expect(row["claim"]?.string?.hasSuffix(".") == true)
    }
  }
}
