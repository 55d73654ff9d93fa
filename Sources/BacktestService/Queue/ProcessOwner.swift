public import RunStore
package import TradingModel

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

/// Which process works on a run, and whether that process is still there.
public enum ProcessOwner {
  /// This process.
  public static var current: RunOwner {
    let id = Int(getpid())
    return RunOwner(host: host, processID: id, instance: instance(of: id))
  }

  /// Whether the owner of an unfinished run still works on it.
  ///
  /// A process of this machine is looked up; one of another machine counts as alive as long as its heartbeat is not older
  /// than ten minutes.
  package static func isAlive(
    _ owner: RunOwner, lastHeartbeat: EpochMilliseconds?, now: EpochMilliseconds
  ) -> Bool {
    guard owner.host == host else { return lastHeartbeat.map { now - $0 < 600_000 } ?? false }
    guard let id = Int32(exactly: owner.processID), id > 0, kill(id, 0) == 0 || errno == EPERM else { return false }
    guard let instance = owner.instance, let present = Self.instance(of: owner.processID) else { return true }
    return instance == present
  }

  /// The time of day, in milliseconds.
  package static var now: EpochMilliseconds {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "localhost" }
  }

  /// The boot and the clock tick at which a process started: a process id is given again, these are not.
  private static func instance(of id: Int) -> String? {
    #if os(Linux)
    // Behind the name in parentheses, which may hold anything, the start time is the 20th field.
    guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      let nameEnd = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[nameEnd...].split(separator: " ")
    guard fields.count > 20 else { return nil }
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return "\(boot.prefix(8))-\(fields[20])"
    #else
    return nil
    #endif
  }
}

/// What the file system says about a name.
enum FilePath {
  /// Whether there is something of that name.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Makes a folder and those above it; nothing happens to one that is there.
  static func makeFolder(_ path: String) {
    if path.isEmpty || exists(path) { return }
    if let slash = path.lastIndex(of: "/") { makeFolder(String(path[..<slash])) }
    mkdir(path, 0o755)
  }
}
