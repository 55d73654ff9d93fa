import ContentDigest

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The secret that a client must know. Only its hash is kept.
public struct AccessToken: Sendable {
  /// Fewest characters of a token: with 16 random ones nobody guesses it over a network.
  public static let minimumLength = 16
  private static let maximumBytes = 4096

  private let digest: [UInt8]

  /// Makes a token; `nil` when it is shorter than ``minimumLength`` or has characters a header cannot carry.
  public init?(_ text: String) {
    guard text.utf8.count >= Self.minimumLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    digest = Self.hash(Array(text.utf8))
  }

  /// Reads a token from a file of one line.
  ///
  /// - Throws: ``ServerOptionsError/tokenFile(_:)`` when it cannot be read, others can read it, or it holds no token.
  public init(file: String) throws(ServerOptionsError) {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .tokenFile("The token file \(file) cannot be read (\(String(cString: strerror(errno)))); check its name.")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .tokenFile("\(file) is not a file; name one that holds the token with --token-file.")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .tokenFile("The token file \(file) can be read by other users; make it private with chmod 600 \(file).")
    }
    var buffer = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
    let count = max(0, read(descriptor, &buffer, buffer.count))
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    guard count <= Self.maximumBytes, lines.count == 1, let line = lines.first, let token = AccessToken(line) else {
      throw .tokenFile(
        "The token file \(file) must hold one line of at least \(Self.minimumLength) printable ASCII characters; make one "
          + "with openssl rand -hex 24.")
    }
    self = token
  }

  /// Whether an `Authorization` header carries the token: `Bearer TOKEN`, or `Basic` with the token as password, which is
  /// what a browser asks its user for.
  func isCarried(by header: String?) -> Bool {
    guard let header, header.utf8.count <= 2 * Self.maximumBytes, let space = header.firstIndex(of: " ") else {
      return false
    }
    let value = header[header.index(after: space)...].filter { $0 != " " }
    switch header[..<space].lowercased() {
    case "bearer": return matches(Array(value.utf8))
    case "basic":
      guard let pair = Data(base64Encoded: value), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
        return false
      }
      return matches(Array(pair[pair.index(after: colon)...]))
    default: return false
    }
  }

  /// Compares in constant time: hashes of equal length, every byte looked at.
  private func matches(_ bytes: [UInt8]) -> Bool {
    var difference: UInt8 = 0
    for (ours, theirs) in zip(digest, Self.hash(bytes)) { difference |= ours ^ theirs }
    return difference == 0
  }

  private static func hash(_ bytes: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(bytes).utf8)
  }
}
