// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of digest.sql, of the database itself or of one connection.
final class DigestTables {
    private let insertLibrary: FactStatement
    private let insertCall: FactStatement
    private let insertChurn: FactStatement
    private let insertProcess: FactStatement

    /// The tables of a schema, `main` or `temp`, which are there.
    init(_ database: Database, schema: String) throws {
        insertLibrary = try FactStatement(
            database,
            """
            INSERT INTO \(schema).digest_library (process_id, library_id, opens, closes)
            VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                opens = COALESCE(excluded.opens, opens),
                closes = COALESCE(excluded.closes, closes)
            """)
        insertCall = try FactStatement(
            database,
            """
            INSERT INTO \(schema).digest_call (process_id, seq, times)
            VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
        insertChurn = try FactStatement(
            database,
            """
            INSERT INTO \(schema).digest_churn (
                process_id, binary_id, namespace, caller_library_id, stack_id,
                loads, unloads, spent_ns, first_seq, close_seq
            )
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                loads = loads + excluded.loads,
                unloads = unloads + excluded.unloads,
                spent_ns = spent_ns + excluded.spent_ns,
                first_seq = MIN(first_seq, excluded.first_seq),
                close_seq = COALESCE(MIN(close_seq, excluded.close_seq), close_seq, excluded.close_seq)
            """)
        insertProcess = try FactStatement(
            database,
            """
            INSERT INTO \(schema).digest_process (
                process_id, last_seq, missing, pruned, forks, is_forked, unseen_callers, has_rare,
                is_inheriting
            )
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    }

    func add(
        library: Int64, opens: Int? = nil, closes: Int? = nil, of process: Int64
    ) throws {
        insertLibrary.bind(1, process)
        insertLibrary.bind(2, library)
        insertLibrary.bind(3, opens.map { Int64($0) })
        insertLibrary.bind(4, closes.map { Int64($0) })
        try insertLibrary.run()
    }

    func add(call: Int64, times: Int, of process: Int64) throws {
        insertCall.bind(1, process)
        insertCall.bind(2, call)
        insertCall.bind(3, Int64(times))
        try insertCall.run()
    }

    func add(_ churn: DigestChurn, _ place: DigestChurn.Place, of process: Int64) throws {
        insertChurn.bind(1, process)
        insertChurn.bind(2, place.binary)
        insertChurn.bind(3, place.namespace)
        insertChurn.bind(4, place.caller)
        insertChurn.bind(5, place.stack)
        insertChurn.bind(6, churn.loads)
        insertChurn.bind(7, churn.unloads)
        insertChurn.bind(8, churn.spentNs)
        insertChurn.bind(9, churn.firstSeq)
        insertChurn.bind(10, churn.closeSeq)
        try insertChurn.run()
    }

    func add(
        _ state: DigestState, unseenCallers: Int64, hasRare: Bool, isInheriting: Bool
    ) throws {
        insertProcess.bind(1, state.process)
        insertProcess.bind(2, state.lastSeq)
        insertProcess.bind(3, state.missing)
        insertProcess.bind(4, state.pruned)
        insertProcess.bind(5, Int64(state.forks.count))
        insertProcess.bind(6, state.parent != nil)
        insertProcess.bind(7, unseenCallers)
        insertProcess.bind(8, hasRare)
        insertProcess.bind(9, isInheriting)
        try insertProcess.run()
    }
}
