// SPDX-License-Identifier: Apache-2.0

/// What a core file holds, before a trace has a say.
package struct CoreImage: Sendable {
    /// A place on a stack.
    package struct Place: Sendable {
        let address: UInt64
        let path: String?
        let fileAddress: UInt64?
        let isUnloaded: Bool
        let functions: [CodeName.Function]

        /// A place of its parts.
        package init(
            address: UInt64, path: String?, fileAddress: UInt64?, isUnloaded: Bool,
            functions: [CodeName.Function]
        ) {
            self.address = address
            self.path = path
            self.fileAddress = fileAddress
            self.isUnloaded = isUnloaded
            self.functions = functions
        }
    }

    /// A thread.
    package struct Thread: Sendable {
        let id: Int64
        let places: [Place]
        let obstacle: String?

        /// A thread of its parts.
        package init(id: Int64, places: [Place], obstacle: String?) {
            self.id = id
            self.places = places
            self.obstacle = obstacle
        }
    }

    /// A file that was mapped.
    package struct Module: Sendable, Equatable {
        let path: String
        let start: UInt64
        let buildID: String
        let isReadable: Bool

        /// A file of its parts.
        package init(path: String, start: UInt64, buildID: String, isReadable: Bool) {
            self.path = path
            self.start = start
            self.buildID = buildID
            self.isReadable = isReadable
        }
    }

    /// The core file's path.
    package let path: String
    /// The process's id.
    package let pid: Int64
    /// When the file was written, in ns since 1970.
    package let writtenUnixNs: Int64?
    /// The signal in it: the one that ended the process, or of gcore(1) one that did not.
    package let signal: Int64?
    /// The signal's si_code.
    package let code: Int64?
    /// The address that could not be accessed, if the signal was about one.
    package let faultAddress: UInt64?
    /// Whether the file ends before what it says to hold.
    package let isTruncated: Bool
    /// What was mapped.
    package let modules: [Module]
    /// All threads, the one that got the signal first.
    package let threads: [Thread]
    /// Paths of unloaded libraries whose files were not there, or others.
    package let missing: [String]

    /// Whether the signal is one that ends a process with a core file.
    package var isOfCrash: Bool {
        signal.map { [3, 4, 5, 6, 7, 8, 11, 24, 25, 31].contains($0) } ?? false
    }

    /// A core file of its parts.
    package init(
        path: String, pid: Int64, writtenUnixNs: Int64?, signal: Int64?, code: Int64?,
        faultAddress: UInt64?,
        isTruncated: Bool, modules: [Module], threads: [Thread], missing: [String]
    ) {
        self.path = path
        self.pid = pid
        self.writtenUnixNs = writtenUnixNs
        self.signal = signal
        self.code = code
        self.faultAddress = faultAddress
        self.isTruncated = isTruncated
        self.modules = modules
        self.threads = threads
        self.missing = missing
    }
}
