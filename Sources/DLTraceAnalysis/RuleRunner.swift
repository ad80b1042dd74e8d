// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import FoundationEssentials
import GRDB

/// Runs one rule and reads its rows by the contract of docs/rules.md.
struct RuleRunner {
    private struct EvidenceItem: Decodable {
        let role: String
        /// Nil where it was not recorded.
        let event: Int64?
        let process: Int64?
    }

    private static let required: Set<String> = [
        "process_id", "library", "severity", "message", "evidence",
    ]
    private static let possible = required.union(["detail", "remedies", "is_brief"])

    let rule: Rule
    let database: Database
    let trace: TraceDatabase
    /// The views that it runs over, if they are not of the whole.
    let views: NarrowedViews?

    /// Compiles the rule, and checks that it only reads and has the columns it must have.
    func compile() throws -> Statement {
        let statement: Statement
        do {
            statement = try ReadingStatement.make(rule.sql, in: database, of: trace)
        } catch let refusal as ReadingStatement.Refusal {
            let place = refusal.line.map { "\(rule.source):\($0)" } ?? rule.source
            throw Rule.bad(place, refusal.why)
        }
        let columns = Set(statement.columnNames)
        if let missing = Self.required.subtracting(columns).min() {
            throw Rule.bad(rule.source, "its SELECT has no column \(missing)")
        }
        if let odd = columns.subtracting(Self.possible).min() {
            throw Rule.bad(rule.source, "its SELECT has a column \(odd), which rules have not")
        }
        return statement
    }

    /// Whether there is anything that the rule may find something about; to compile it takes time.
    func hasSubject() throws -> Bool {
        guard let subject = rule.subject else { return true }
        do {
            return try trace.onlyReading(database) {
                try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM \(subject))") ?? true
            }
        } catch is DatabaseError {
            throw Rule.bad("\(rule.source):3", "no view or table \(subject)")
        }
    }

    /// What the statement that `compile` made of it gives.
    func rows(_ statement: Statement) throws -> [Row] {
        do {
            return try trace.onlyReading(database) { try Row.fetchAll(statement) }
        } catch let error as DatabaseError {
            throw Rule.bad(rule.source, error.message ?? "it fails")
        }
    }

    /// The finding of a row, with its evidence.
    func finding(_ row: Row) throws -> Finding {
        guard let process = Int64.fromDatabaseValue(row["process_id"]) else {
            throw Rule.bad(rule.source, "a row has no number in process_id")
        }
        let severityText = String.fromDatabaseValue(row["severity"]) ?? ""
        guard let severity = Severity(rawValue: severityText) else {
            throw Rule.bad(
                rule.source, "a row's severity is \"\(severityText)\", not error, warning or note")
        }
        // In SQL a sentence with a part that is not known is NULL.
        let message =
            String.fromDatabaseValue(row["message"])
            ?? "\(rule.title); the records that tell more are missing"
        let items: [EvidenceItem] = try list(row, "evidence")
        var evidence: [Evidence] = []
        for item in items {
            guard let event = item.event else { continue }
            try views?.show(stackOf: event, in: item.process ?? process)
            if let read = try EvidenceReader.evidence(
                item.role, event: event, process: item.process ?? process, in: database)
            {
                evidence.append(read)
            }
        }
        let library = String.fromDatabaseValue(row["library"])
        return Finding(
            rule: rule.id,
            severity: severity,
            process: process,
            library: library == "" ? nil : library,
            message: message,
            detail: row.hasColumn("detail") ? try list(row, "detail") : [],
            evidence: evidence,
            remedies: row.hasColumn("remedies") ? try list(row, "remedies") : [],
            isBrief: row.hasColumn("is_brief") && Bool.fromDatabaseValue(row["is_brief"]) == true)
    }

    /// A column's JSON list without what is null in it: what was not recorded.
    private func list<Element: Decodable>(_ row: Row, _ column: String) throws -> [Element] {
        guard let text = String.fromDatabaseValue(row[column]), text != "[]" else { return [] }
        do {
            return try JSONDecoder().decode([Element?].self, from: Data(text.utf8))
                .compactMap(\.self)
        } catch {
            throw Rule.bad(rule.source, "a row's \(column) is not the JSON that docs/rules.md says")
        }
    }
}

extension Row {
    fileprivate subscript(column: String) -> DatabaseValue {
        self[Column(column)] as DatabaseValue
    }
}
