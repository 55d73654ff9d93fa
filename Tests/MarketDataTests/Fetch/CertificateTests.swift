import Foundation
import MarketData
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
import TestSupport
#endif

/// A web server with a certificate of its own making, by the openssl tool.
private final class SecureServer: @unchecked Sendable {
  let port: Int
  let certificate: String
  private let folder = TemporaryFolder()
  private let process: Process

  static var tool: String? {
    ["/usr/bin/openssl", "/opt/homebrew/bin/openssl"].first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    certificate = folder.path + "/certificate.pem"
    let key = folder.path + "/key.pem"
    let making = try Self.openssl([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ])
    making.waitUntilExit()
    // The tool takes no port 0, so try ports below those the system hands out.
    for _ in 0..<20 {
      let port = Int.random(in: 20_000..<30_000)
      let process = try Self.openssl([
        "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-www",
      ])
      for _ in 0..<200 where process.isRunning {
        if Self.listens(port) {
          self.port = port
          self.process = process
          return
        }
        Thread.sleep(forTimeInterval: 0.02)
      }
      Self.kill(process)
    }
    throw CocoaError(.executableLoad)
  }

  private static func listens(_ port: Int) -> Bool {
    do throws(HTTPError) {
      _ = try HTTPClient().fetchBlocking(HTTPRequest(url: "https://127.0.0.1:\(port)/"))
      return true
    } catch {
      if case .insecure = error { return true }
      return false
    }
  }

  deinit { Self.kill(process) }

  /// SIGKILL, since children inherit the blocked signals of the thread that started them.
  private static func kill(_ process: Process) {
    #if canImport(Darwin)
    _ = Darwin.kill(process.processIdentifier, SIGKILL)
    #else
    _ = Glibc.kill(process.processIdentifier, SIGKILL)
    #endif
  }

  private static func openssl(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool ?? "/usr/bin/openssl")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}

@Suite("Certificates", .enabled(if: SecureServer.tool != nil, "needs the openssl tool"))
struct CertificateTests {
  @Test func unknownCertificateIsRefusedAndAcceptedOnceItsFileIsNamed() async throws {
    let server = try await HTTPClientTests.offPool { Result { try SecureServer() } }.get()
    let request = HTTPRequest(url: "https://127.0.0.1:\(server.port)/")
    var error: HTTPError?
    do throws(HTTPError) { _ = try await HTTPClient().fetch(request) } catch let failure { error = failure }
    guard case .insecure(let host, _) = error else {
      Issue.record("expected a refused certificate: \(String(describing: error))")
      return
    }
    #expect(host == "127.0.0.1:\(server.port)")
    #expect(error?.description.contains("BACKTESTER_CA_FILE") == true)
    #expect(error?.mayPass == false)
    let client = HTTPClient(settings: .init(certificateFile: server.certificate))
    #expect(try await client.fetch(request).status == 200)
  }
}
