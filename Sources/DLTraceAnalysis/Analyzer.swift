// SPDX-License-Identifier: Apache-2.0

package import DLTraceStore
import GRDB

/// Asks a trace what a report wants to know.
package struct Analyzer: Sendable {
    let database: TraceDatabase

    /// An analyzer of an open trace. Its connection serves one report: `analyze` narrows the views to it.
    package init(_ database: TraceDatabase) {
        self.database = database
    }

    /// Every process of the trace, oldest first.
    package func processes() throws -> [TracedProcess] {
        try database.read { try ProcessReader.all($0) }
    }

    /// The processes of a selection, oldest first.
    ///
    /// - Throws: `AnalysisError` if there is none.
    package func processes(_ selection: ProcessSelection) throws -> [TracedProcess] {
        try Self.choose(selection, among: processes())
    }

    /// The process images of a selection, oldest first: quick, however long the trace.
    ///
    /// - Throws: `AnalysisError` if there is none.
    package func images(_ selection: ProcessSelection) throws -> [ProcessImage] {
        try database.read { try Self.images(selection, $0) }
    }

    static func images(
        _ selection: ProcessSelection, _ connection: Database
    ) throws -> [ProcessImage] {
        // There may be ten thousand.
        if case .ids(let ids) = selection {
            let images = try ProcessReader.images(connection, only: ids)
            if !images.isEmpty { return images }
        }
        return try choose(selection, among: ProcessReader.images(connection))
    }

    /// Runs the rules over the processes of a selection.
    ///
    /// - Parameters:
    ///   - selection: which processes.
    ///   - rules: which rules.
    ///   - suppressions: what is to be left out of the findings; the first one that matches counts.
    /// - Returns: the processes and the findings.
    /// - Throws: `AnalysisError` if there is no such process, or a rule is in no order.
    package func analyze(
        _ selection: ProcessSelection, rules: RuleSet, suppressions: [Suppression] = []
    ) throws -> Analysis {
        try analyze(selection, rules: rules, suppressions: suppressions, isNarrow: true)
    }

    /// The same over the whole trace, where `isNarrow` is false, as for rules of the user's.
    func analyze(
        _ selection: ProcessSelection, rules: RuleSet, suppressions: [Suppression] = [],
        isNarrow: Bool
    ) throws -> Analysis {
        try database.read { connection in
            let images = try ProcessReader.images(connection)
            let ids = try Set(Self.choose(selection, among: images).map(\.id))
            // Over the views themselves SQLite would take seconds to plan the longer rules.
            let views =
                rules.isBuiltIn && isNarrow
                ? try NarrowedViews(connection, processes: ids.sorted(), among: images) : nil
            if views == nil { try FrozenViews.freeze(connection, processes: ids.sorted()) }
            let chosen = try ProcessReader.all(connection)
            let compiled =
                try rules.rules.compactMap { rule in
                    let runner = RuleRunner(
                        rule: rule, database: connection, trace: database, views: views)
                    guard try !rule.isBuiltIn || runner.hasSubject() else { return nil }
                    return (runner: runner, statement: try runner.compile())
                } as [(runner: RuleRunner, statement: Statement)]
            // Evidence adds to the views: it is read when all rules have run.
            let rows = try compiled.map { ($0.runner, try $0.runner.rows($0.statement)) }
            let found = try rows.flatMap { runner, rows in
                try rows.map(runner.finding).filter { ids.contains($0.process) }
            }
            let order = Dictionary(
                uniqueKeysWithValues: chosen.enumerated().map { ($1.id, $0) })
            let (findings, uses) = Self.suppress(found, by: suppressions)
            let broken = try BrokenInputReader.sources(of: ids, in: connection)
            return Analysis(
                processes: chosen,
                findings: findings.sorted { Self.isBefore($0, $1, order: order) },
                otherProcesses: images.count - chosen.count,
                suppressions: uses,
                symbolFailures: try SymbolFailureReader.failures(of: findings, in: connection),
                brokenSources: broken.sources, otherBrokenSources: broken.others)
        }
    }

    private static func suppress(
        _ findings: [Finding], by suppressions: [Suppression]
    ) -> (findings: [Finding], uses: [SuppressionUse]) {
        var counts = Array(repeating: 0, count: suppressions.count)
        let left = findings.filter { finding in
            guard let index = suppressions.firstIndex(where: { $0.matches(finding) }) else {
                return true
            }
            counts[index] += 1
            return false
        }
        return (
            left, zip(suppressions, counts).map { SuppressionUse(suppression: $0, findings: $1) }
        )
    }

    private static func choose(
        _ selection: ProcessSelection, among processes: [TracedProcess]
    ) throws -> [TracedProcess] {
        let chosen = try Set(choose(selection, among: processes.map(\.image)).map(\.id))
        return processes.filter { chosen.contains($0.id) }
    }

    private static func choose(
        _ selection: ProcessSelection, among images: [ProcessImage]
    ) throws -> [ProcessImage] {
        guard !images.isEmpty else {
            throw AnalysisError(
                code: .noProcess, what: "the database", why: "no process was traced yet",
                advice: "Trace one with: dltrace run -- PROGRAM")
        }
        let chosen: [ProcessImage]
        let why: String
        switch selection {
        case .all:
            return images
        case .run(let back):
            let tree = ProcessTree(images)
            chosen = tree.program(back: back)
            why =
                "only \(tree.programs) program\(tree.programs == 1 ? " is" : "s are") in this database"
        case .ids(let ids):
            chosen = images.filter { ids.contains($0.id) }
            why = "not in this database"
        case .tree(let id):
            chosen = ProcessTree(images).tree(id)
            why = "not in this database"
        }
        guard !chosen.isEmpty else {
            throw AnalysisError(
                code: .noSuchProcess, what: "process \(selection.argument)", why: why,
                advice: "`dltrace processes` lists those that are; their numbers are in column ID.")
        }
        return chosen
    }

    /// Worst first; then by process, rule and first event, so that the order is always the same.
    private static func isBefore(_ left: Finding, _ right: Finding, order: [Int64: Int]) -> Bool {
        func key(_ finding: Finding) -> (Int, String, Int64, String) {
            (
                order[finding.process] ?? 0, finding.rule, finding.evidence.first?.event ?? 0,
                finding.message
            )
        }
        guard left.severity == right.severity else { return left.severity > right.severity }
        return key(left) < key(right)
    }
}
