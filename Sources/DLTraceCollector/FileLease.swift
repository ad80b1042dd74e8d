// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The kernel's leases, fcntl(2): one for reading is granted when nobody has the file open, or mapped, for
/// writing, and keeps whoever wants to open it so waiting.
enum FileLease {
    // Commands that Glibc's module leaves out.
    private static let setLease: Int32 = 1024
    private static let setSignal: Int32 = 10

    /// Whether nobody writes to a file that is open for reading; also where the file system has no leases.
    static func isGranted(_ file: Descriptor) -> Bool {
        whileNobodyWrites(file) {}
    }

    /// Does something while nobody can begin to write to the file.
    ///
    /// - Returns: false where somebody writes; then nothing was done.
    @discardableResult
    static func whileNobodyWrites(_ file: Descriptor, do body: () -> Void) -> Bool {
        // Should somebody open the file in between, the signal that says so is one that does nothing.
        _ = fcntl(file.number, setSignal, SIGURG)
        let isLeased = fcntl(file.number, setLease, F_RDLCK) == 0
        guard isLeased || errno != EAGAIN else { return false }
        body()
        if isLeased { _ = fcntl(file.number, setLease, F_UNLCK) }
        return true
    }
}
