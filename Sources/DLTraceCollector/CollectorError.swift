// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// What keeps the collector, the launcher or the daemon from doing their work.
///
/// The description is one line that names the thing and what is wrong with it, and, where there is
/// something to do about it, a second line that says what.
package struct CollectorError: Error, CustomStringConvertible, Sendable {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: Sendable {
        /// A folder, FIFO or file that others could have prepared or could change.
        case unsafePlace
        /// A folder, FIFO or file that can't be made, opened or read.
        case cannotUse
        /// Another daemon collects at the same place.
        case busy
        /// `libdltrace.so` is not where it should be.
        case noTracer
        /// There is no such program.
        case programNotFound
        /// The program is there and can't be executed.
        case programNotExecutable
        /// The operating system refused something it normally grants.
        case system
        /// It was told to stop.
        case interrupted
    }

    /// What kind of failure it is.
    package let code: Code
    /// The thing that failed: a path, or what was attempted.
    package let what: String
    /// Why it failed.
    package let why: String
    /// What the user can do about it, if there is something.
    package let advice: String?
    /// The system's error, where one is behind it.
    package let errno: Errno?

    /// Makes an error with a reason in words.
    package init(_ code: Code, _ what: String, _ why: String, advice: String? = nil) {
        self.code = code
        self.what = what
        self.why = why
        self.advice = advice
        self.errno = nil
    }

    /// Makes an error from the system's error number.
    package init(_ code: Code, _ what: String, errno: Int32, advice: String? = nil) {
        let error = Errno(rawValue: errno)
        self.code = code
        self.what = what
        self.why = error.description
        self.advice = advice
        self.errno = error
    }

    package var description: String {
        guard let advice else { return "\(what): \(why)" }
        return "\(what): \(why)\n\(advice)"
    }

    /// The exit status of a command that fails with this error: 126 and 127 as env(1) has them for a
    /// program that can't be run, else after sysexits.h.
    package var exitStatus: Int32 {
        switch code {
        case .programNotFound: 127
        case .programNotExecutable: 126
        case .noTracer: 72
        case .cannotUse: 73
        case .busy, .interrupted: 75
        case .unsafePlace: 77
        case .system: 71
        }
    }
}
