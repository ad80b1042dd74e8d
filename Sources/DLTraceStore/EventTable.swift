// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The tables event, fault and gap.
final class EventTable {
    private let rows: EventRows
    private let insertFault: FactStatement
    private let insertGap: FactStatement
    private let selectGap: FactStatement
    private let deleteGap: FactStatement
    private let selectLast: FactStatement
    private let selectLastGap: FactStatement
    private let selectPruned: FactStatement
    private let selectBye: FactStatement

    init(_ database: Database) throws {
        rows = try EventRows(database)
        insertFault = try FactStatement(
            database,
            """
            INSERT INTO fault (process_id, seq, signal, code, address, pc, sp)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        insertGap = try FactStatement(
            database, "INSERT INTO gap (process_id, first_seq, last_seq) VALUES (?, ?, ?)")
        selectGap = try FactStatement(
            database,
            """
            SELECT first_seq, last_seq FROM gap
            WHERE process_id = ? AND first_seq <= ?
            ORDER BY first_seq DESC
            LIMIT 1
            """)
        deleteGap = try FactStatement(
            database, "DELETE FROM gap WHERE process_id = ? AND first_seq = ?")
        selectLast = try FactStatement(
            database,
            "SELECT seq, kind = 'bye' FROM event WHERE process_id = ? ORDER BY seq DESC LIMIT 1")
        selectLastGap = try FactStatement(
            database,
            """
            SELECT last_seq FROM gap WHERE process_id = ? ORDER BY first_seq DESC LIMIT 1
            """)
        selectPruned = try FactStatement(
            database, "SELECT last_seq FROM pruned WHERE process_id = ?")
        selectBye = try FactStatement(
            database, "SELECT 1 FROM process_end WHERE process_id = ? AND witness = 'bye'")
    }

    func add(_ fact: Fact, process: Int64, _ header: RecordHeader) throws {
        try rows.add(fact, process: process, header)
    }

    /// Stores what waits to be stored together with more.
    func flush() throws {
        try rows.flush()
    }

    /// Forgets what waits: its transaction was rolled back.
    func drop() {
        rows.drop()
    }

    func add(_ fault: Record.Fault, process: Int64, seq: UInt64) throws {
        insertFault.bind(1, process)
        insertFault.bind(2, seq)
        insertFault.bind(3, Int64(fault.signal))
        insertFault.bind(4, Int64(fault.code))
        insertFault.bind(5, fault.address)
        insertFault.bind(6, fault.pc)
        insertFault.bind(7, fault.sp)
        try insertFault.run()
    }

    // MARK: - What is there

    /// What is stored of a process, or noted as missing or pruned.
    func extent(
        process: Int64
    ) throws -> (through: UInt64, pruned: UInt64, hasGaps: Bool, hasBye: Bool) {
        try flush()
        selectLast.bind(1, process)
        let last = try selectLast.firstNumber() ?? 0
        selectLastGap.bind(1, process)
        let lastGap = try selectLastGap.firstNumber()
        selectBye.bind(1, process)
        let hasBye = try selectBye.firstNumber() != nil
        selectPruned.bind(1, process)
        let pruned = try selectPruned.firstNumber() ?? 0
        return (
            UInt64(max(last, lastGap ?? 0, pruned, 0)), UInt64(max(pruned, 0)), lastGap != nil,
            hasBye
        )
    }

    // MARK: - Gaps

    /// Notes records that did not come.
    func addGap(process: Int64, _ range: ClosedRange<UInt64>) throws {
        insertGap.bind(1, process)
        insertGap.bind(2, range.lowerBound)
        insertGap.bind(3, range.upperBound)
        try insertGap.run()
    }

    /// Takes a record that came late out of its gap.
    ///
    /// - Returns: false where there is none: the record is in the database.
    func fillGap(process: Int64, seq: UInt64) throws -> Bool {
        selectGap.bind(1, process)
        selectGap.bind(2, seq)
        guard let row = try selectGap.firstRow(columns: 2), let first = row[0], let last = row[1],
            seq <= UInt64(bitPattern: last)
        else { return false }
        deleteGap.bind(1, process)
        deleteGap.bind(2, first)
        try deleteGap.run()
        let (low, high) = (UInt64(bitPattern: first), UInt64(bitPattern: last))
        if low < seq { try addGap(process: process, low...(seq - 1)) }
        if seq < high { try addGap(process: process, (seq + 1)...high) }
        return true
    }
}
