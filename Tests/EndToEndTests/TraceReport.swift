// SPDX-License-Identifier: Apache-2.0

/// `dltrace report --format json`, as far as the contract goes.
struct TraceReport: Decodable {
    let schema: Int
    let processes: [Process]
    let findings: [Finding]

    struct Process: Decodable {
        let id: Int
        let pid: Int32
        let ppid: Int32
        let executable: String
        let arguments: [String]
        let complete: Bool
        let lostRecords: Int
        let unseenCallers: Int
    }

    struct Finding: Decodable {
        let rule: String
        let severity: String
        let process: Int
        let library: String?
        let message: String
        let detail: String
        let evidence: [Evidence]
        let remedies: [String]

        /// Its evidence of one role.
        func evidence(_ role: String) -> Evidence? {
            evidence.first { $0.role == role }
        }
    }

    struct Evidence: Decodable {
        let role: String
        let kind: String
        let thread: Int32
        let phase: String?
        let stack: [Frame]

        /// The functions innermost first, without what has no name.
        var chain: String { stack.compactMap(\.function).joined(separator: " ") }
    }

    struct Frame: Decodable {
        let address: String
        let library: String?
        let offset: String?
        let symbol: String?
        let file: String?
        let line: Int?
        let state: String?

        /// The symbol without arguments and offset.
        var function: String? {
            guard let symbol else { return nil }
            let name = symbol.prefix { $0 != "(" && $0 != "+" }
            return name.isEmpty ? symbol : String(name)
        }
    }
}
