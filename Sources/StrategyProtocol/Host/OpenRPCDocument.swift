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

extension OpenRPCDocument {
  /// The host's own document as one line of JSON, because messages are lines: the answer to `rpc.discover`.
  package static let hostText = embedded.map { file in
    // The file has line feeds and indents between its tokens only.
    file.text.description.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
  }.joined()
}
