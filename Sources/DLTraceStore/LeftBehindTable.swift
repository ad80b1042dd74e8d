// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The table left_behind.
final class LeftBehindTable {
    private let insert: FactStatement

    init(_ database: Database) throws {
        insert = try FactStatement(
            database,
            """
            INSERT INTO left_behind (
                process_id, seq, type, holder_library_id, holder_address, registered_process_id,
                registered_seq
            )
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
    }

    func add(
        process: Int64, seq: UInt64, type: StaticString, holder: UInt64?, holderLibrary: Int64?,
        registered: (process: Int64, seq: UInt64)?
    ) throws {
        insert.bind(1, process)
        insert.bind(2, seq)
        insert.bind(3, type)
        insert.bind(4, holderLibrary)
        insert.bind(5, holder.map { Int64(bitPattern: $0) })
        insert.bind(6, registered?.process)
        insert.bind(7, registered.map { Int64(bitPattern: $0.seq) })
        try insert.run()
    }

    /// What a reference is called in the table; nil where it can't be left behind, or is not known.
    static func name(_ type: ReferenceType?) -> StaticString? {
        switch type {
        case .tlsKey: "tls_key"
        case .signal: "signal_handler"
        case .exitHandler: "cxa_atexit"
        case .onExit: "on_exit"
        case .environ: "environ"
        case .forkHandler: "atfork"
        case .threadLocal: "thread_local"
        case .thread: "thread"
        case .threadStack: "thread_stack"
        case .pointer: "pointer"
        case .tlsKeyDelete, nil: nil
        }
    }
}
