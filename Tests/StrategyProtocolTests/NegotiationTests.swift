import StrategyProtocol
import Testing

@Suite struct NegotiationTests {
  @Test(arguments: ["1", "1.", ".1", "1.0.0", "v1.0", "1.x", "-1.0", "", "1 .0", "1.12345678901", "１.0"])
  func otherSpellingsAreNoVersion(_ text: String) { #expect(ProtocolVersion(text) == nil) }

  @Test func versionsCompareByNumber() throws {
    let nine = try #require(ProtocolVersion("1.9"))
    let ten = try #require(ProtocolVersion("1.10"))
    let two = try #require(ProtocolVersion("2.0"))
    #expect(nine < ten && ten < two)
    #expect(ten.description == "1.10")
  }

  @Test(
    arguments: [
      ("1.0", ["1.0"], "1.0"), ("1.7", ["1.0"], "1.0"), ("1.7", ["1.2", "1.0", "1.9"], "1.2"), ("2.0", ["1.0"], nil),
      ("1.0", ["1.1"], nil), ("99.0", ["1.0", "2.3"], nil), ("2.5", ["1.9", "2.0"], "2.0"),
    ] as [(String, [String], String?)])
  func servingSideAnswersItsNewestThatIsNotNewer(_ offer: String, _ spoken: [String], _ answer: String?) throws {
    let versions = spoken.compactMap(ProtocolVersion.init)
    let result = ProtocolVersion.answer(to: try #require(ProtocolVersion(offer)), speaking: versions)
    #expect(result?.description == answer)
  }

  @Test func offeringSideTakesOnlyWhatItSpeaks() throws {
    #expect(ProtocolVersion.accepts(.current))
    #expect(!ProtocolVersion.accepts(ProtocolVersion(major: 1, minor: 1)))
    #expect(!ProtocolVersion.accepts(ProtocolVersion(major: 0, minor: 9)))
  }

  @Test func mismatchNamesBothAndTheSideToUpdate() {
    let newer = ProtocolVersion.mismatch(offer: "99.0", side: "this host")
    #expect(newer.known == .unsupportedProtocolVersion)
    #expect(newer.message == "this host speaks protocol 1.0, the other side asked for 99.0")
    #expect(newer.data?.hint == "update this host")
    #expect(newer.data?.supported == ["1.0"] && newer.data?.requested == "99.0")
    #expect(ProtocolVersion.mismatch(offer: "0.9", side: "this host").data?.hint == "update the other side")
  }

  @Test func streamedNeedsBothNeedsDeclaredFalse() {
    var capabilities = StrategyCapabilities(modes: ["streamed", "teleported", "lockstep"])
    #expect(capabilities.resolvedModes == [.streamed, .lockstep])
    #expect(capabilities.obstacle(to: .lockstep) == nil)
    #expect(capabilities.obstacle(to: .preload)?.contains("streamed, lockstep") == true)
    #expect(capabilities.obstacle(to: .streamed) != nil)
    capabilities.needsAccount = false
    #expect(capabilities.obstacle(to: .streamed) != nil)
    capabilities.needsEvents = false
    #expect(capabilities.obstacle(to: .streamed) == nil)
    #expect(StrategyCapabilities(modes: []).obstacle(to: .lockstep) != nil)
  }

  @Test func timesScaleWithinBounds() {
    let half = Timeouts.standard.scaled(by: 0.5)
    #expect(half.barNext == 2_500 && half.initialize == 15_000)
    #expect(Timeouts.standard.scaled(by: 1e-9).barsNextPerBar == 1)
    #expect(Timeouts.standard.scaled(by: 1e300).runEnd == 9_007_199_254_740_991)
    #expect(Timeouts.standard.scaled(by: .infinity).runEnd == 9_007_199_254_740_991)
    #expect(Timeouts.standard.scaled(by: .nan).runEnd == 1)
  }

  @Test func everyFailureHasItsError() {
    for kind in FailureKind.allCases {
      #expect(kind.errorCode.rawValue > 1_000 || kind.errorCode == .internalError)
    }
    #expect(FailureKind.crashed.errorCode == .strategyCrashed)
    #expect(FailureKind.crashed.usualFault == .strategy)
    #expect(FailureKind.storeError.usualFault == .host)
  }

  @Test func parametersAreReadInTheirOrder() throws {
    let text =
      #"{"type":"object","properties":{"n2":{"type":"integer","default":20,"minimum":1},"n1":{"type":"number","exclusiveMaximum":3.5,"description":"d"},"on":{"type":"boolean","default":false}}}"#
    let value = try WireTree(text).value
    let schema = try ParameterSchema(value)
    #expect(schema.parameters.map(\.name) == ["n2", "n1", "on"])
    #expect(schema.parameters[0].defaultValue == .int(20) && schema.parameters[0].minimum == 1)
    #expect(schema.parameters[1].defaultValue == nil && schema.parameters[1].exclusiveMaximum == 3.5)
    #expect(schema.schema == value)
    #expect(try ParameterSchema(nil).parameters.isEmpty)
    #expect(
      throws: WireError(pointer: "/properties/a/type", problem: "must be one of integer, number, string, boolean")
    ) {
      try ParameterSchema(try WireTree(#"{"properties":{"a":{"type":"array"}}}"#).value)
    }
  }
}
