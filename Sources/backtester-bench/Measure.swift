#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Timing and printing.
enum Measure {
  /// Seconds the fastest of several runs took; the fastest is the one the machine disturbed least.
  static func seconds(_ repetitions: Int = 5, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<repetitions {
      let start = now
      try body()
      best = min(best, now - start)
    }
    return best
  }

  /// CPU seconds the fastest of several runs took; other work on the machine hardly shows in them.
  static func cpuSeconds(_ repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<repetitions {
      let start = cpuSeconds
      try body()
      best = min(best, cpuSeconds - start)
    }
    return best
  }

  /// CPU seconds each of several works took at best. They take turns, so that what disturbs the machine disturbs all, and
  /// a ratio of two of them is of one moment.
  static func turns(_ repetitions: Int, _ works: [() throws -> Void]) throws -> [Double] {
    var best = [Double](repeating: .infinity, count: works.count)
    for _ in 0..<repetitions {
      for (index, work) in works.enumerated() {
        let start = cpuSeconds
        try work()
        best[index] = min(best[index], cpuSeconds - start)
      }
    }
    return best
  }

  /// CPU seconds of this process.
  static var cpuSeconds: Double { time(CLOCK_PROCESS_CPUTIME_ID) }

  private static var now: Double { time(CLOCK_MONOTONIC) }

  private static func time(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// One line: what, our figure, the other's, and the ratio.
  static func report(_ what: String, _ ours: String, _ other: String = "", ratio: Double? = nil) {
    let label = what + String(repeating: " ", count: max(1, 44 - what.count))
    let figure = String(repeating: " ", count: max(0, 14 - ours.count)) + ours
    let beside = other.isEmpty ? "" : "   " + other
    print("  \(label)\(figure)\(beside)" + (ratio.map { "   ratio \(decimals($0, 2))" } ?? ""))
  }

  /// A number with few decimals.
  static func decimals(_ value: Double, _ count: Int) -> String {
    var scale = 1.0
    for _ in 0..<count { scale *= 10 }
    let scaled = (value * scale).rounded() / scale
    return count == 0 ? String(Int(scaled)) : "\(scaled)"
  }

  /// The resident memory of this process at its largest, in MB.
  static var peakMegabytes: Double {
    var usage = rusage()
    #if os(Linux)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
    #else
    getrusage(RUSAGE_SELF, &usage)
    return Double(usage.ru_maxrss) / 1_048_576
    #endif
  }
}
