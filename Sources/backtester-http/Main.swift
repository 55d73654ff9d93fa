import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program's entry; `backtester http` starts it.
@main
enum Main {
  /// Exit codes: 0 stopped by request, 1 it cannot serve, 2 wrong usage.
  static func main() async {
    do {
      let command = try HTTPCommand.parse()
      try await command.run()
    } catch let failure as Failure {
      Message.write("Error: \(failure.message)")
      exit(failure.exitCode)
    } catch {
      let code = HTTPCommand.exitCode(for: error)
      let message = HTTPCommand.fullMessage(for: error)
      if code.isSuccess { print(message) } else { Message.write(message) }
      exit(code == .validationFailure ? 2 : code.rawValue)
    }
  }
}

/// An error that ends the program: what to say, and with which exit code.
struct Failure: Error {
  var message: String
  var exitCode: Int32
}

/// Lines on standard error.
enum Message {
  static func write(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { bytes in
      // Nothing is left to be done when nobody reads standard error.
      _ = write(2, bytes.baseAddress, bytes.count)
    }
  }

  private static func write(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
    #if canImport(Glibc)
    Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
    Musl.write(descriptor, bytes, count)
    #else
    Darwin.write(descriptor, bytes, count)
    #endif
  }
}
