import Foundation
import StrategyKit
import Testing

struct ParameterSchemaTests {
  static let descriptor = StrategyDescriptor(
    name: "demo", summary: "Says \"hi\"\n\\ once.",
    parameters: [
      .integer("n", 10, minimum: 1, summary: "Bars"),
      .number("x", 0.25, minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true, summary: "Part"),
      .number("y", 30, minimum: -1.5, maximum: 100, summary: "Level"),
      ParameterDefinition(name: "file", kind: .string, defaultValue: nil, summary: "Path"),
      ParameterDefinition(name: "on", kind: .boolean, defaultValue: .boolean(true), summary: "Whether"),
      ParameterDefinition(name: "t", kind: .string, defaultValue: .string("a\u{1}b"), summary: "Text"),
    ])

  @Test func schemaIsThisText() {
    #expect(
      Self.descriptor.jsonSchema == #"{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"demo","#
        + #""description":"Says \"hi\"\u000a\\ once.","type":"object","properties":{"#
        + #""n":{"type":"integer","description":"Bars","default":10,"minimum":1,"maximum":10000000},"#
        + #""x":{"type":"number","description":"Part","default":0.25,"exclusiveMinimum":0,"exclusiveMaximum":1},"#
        + #""y":{"type":"number","description":"Level","default":30,"minimum":-1.5,"maximum":100},"#
        + #""file":{"type":"string","description":"Path"},"#
        + #""on":{"type":"boolean","description":"Whether","default":true},"#
        + #""t":{"type":"string","description":"Text","default":"a\u0001b"}},"#
        + #""required":["file"],"additionalProperties":false}"#)
  }

  @Test func schemaIsJSON() throws {
    let value = try JSONSerialization.jsonObject(with: Data(Self.descriptor.jsonSchema.utf8))
    let schema = try #require(value as? [String: Any])
    #expect(schema["description"] as? String == Self.descriptor.summary)
    #expect((schema["properties"] as? [String: Any])?.count == 6)
  }

  @Test func strategyWithoutParametersAllowsNone() {
    let schema = StrategyDescriptor(name: "plain", summary: "Does nothing.").jsonSchema
    #expect(schema.hasSuffix(#""type":"object","properties":{},"additionalProperties":false}"#))
  }

  @Test(arguments: [("true", true), ("false", false), ("True", true), ("False", false)])
  func booleansAreReadAsPythonWritesThemToo(text: String, value: Bool) throws {
    let definition = ParameterDefinition(name: "on", kind: .boolean, defaultValue: .boolean(true), summary: "Whether")
    #expect(try definition.parse(text) == .boolean(value))
    #expect(throws: ParameterError.self) { try definition.parse("yes") }
  }
}
