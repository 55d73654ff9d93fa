import CSHA256
import ContentDigest
import Testing

struct SHA256Tests {
  /// Examples of FIPS 180-4 and of NIST's Cryptographic Standards and Guidelines.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func agreesWithPublishedExamples(text: String, digest: String) {
    #expect(SHA256.hash(Array(text.utf8)) == digest)
  }

  @Test func agreesOnAMillionLetters() {
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)) == digest)
  }

  @Test func doesNotDependOnHowBytesAreSplit() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7919) }
    let whole = SHA256.hash(bytes)
    for step in [1, 3, 63, 64, 65, 130, 999] {
      var digest = SHA256()
      for start in stride(from: 0, to: bytes.count, by: step) {
        digest.update(Array(bytes[start..<min(start + step, bytes.count)]))
      }
      #expect(digest.finalize() == whole, "in pieces of \(step)")
    }
  }

  @Test func theProcessorsInstructionsAgreeWithPortableCode() {
    let blocks = (0..<64 * 9).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 / 7) }
    var fast: [UInt32] = [1, 2, 3, 4, 5, 6, 7, 8]
    var portable = fast
    csha256_blocks(&fast, blocks, 9)
    csha256_blocks_portable(&portable, blocks, 9)
    #expect(fast == portable)
  }
}
