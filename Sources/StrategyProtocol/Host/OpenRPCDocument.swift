/// The answer to `rpc.discover`: the host's OpenRPC document, `protocol/v1/host.openrpc.json`.
package struct OpenRPCDocument: Codable, Equatable, Sendable, WireChecked, WireShape {
  package enum CodingKeys: CodingKey, CaseIterable {}

  /// The whole document.
  package var document: WireValue

  package init(_ document: WireValue) { self.document = document }
  package init(from decoder: any Decoder) throws { document = try WireValue(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
  package func check(_ path: WirePath) throws { try path.check(object: document) }
}
