import GRDB

/// Turns what GRDB and SQLite throw into a sentence a user can act on.
struct DatabaseFault {
  let file: String
  let busyTimeout: Double

  func translate(_ error: any Error) -> RunStoreError {
    if let error = error as? RunStoreError { return error }
    guard let error = error as? DatabaseError else { return .unexpected(file: file, detail: "\(error)") }
    let detail = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .locked(file: file, timeout: busyTimeout)
    case .SQLITE_READONLY:
      return error.extendedResultCode == .SQLITE_READONLY_DBMOVED
        ? .inputOutput(file: file, detail: "it was moved or deleted while open") : .readOnly(file: file)
    case .SQLITE_NOTADB: return .notADatabase(file: file)
    case .SQLITE_CORRUPT: return .damaged(file: file, detail: detail)
    case .SQLITE_TOOBIG: return .tooLarge(file: file)
    case .SQLITE_FULL: return .diskFull(file: file)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: return unopened(detail)
    case .SQLITE_IOERR:
      // With no room for the shared index of the log SQLite speaks of an I/O error.
      return PathProbe.isDiskFull(file) ? .diskFull(file: file) : .inputOutput(file: file, detail: detail)
    default: return .unexpected(file: file, detail: detail)
    }
  }

  private func unopened(_ detail: String) -> RunStoreError {
    if let reason = PathProbe.obstacle(to: file, writing: true) {
      // An existing file that can be read is only not writable, which has another remedy than one that is out of reach.
      let canRead = PathProbe.exists(file) && PathProbe.obstacle(to: file, writing: false) == nil
      return canRead ? .readOnly(file: file) : .notPermitted(file: file, reason: reason)
    }
    if PathProbe.isDiskFull(file) { return .diskFull(file: file) }
    return .notPermitted(file: file, reason: detail)
  }
}
