// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// SQL of the user's own.
@Suite("Query")
struct QueryTests {
    private func refusal(_ sql: String) throws -> String {
        do {
            return "accepted: \(try Asking.rows(sql) { try $0.clean() })"
        } catch let error as AnalysisError {
            #expect(error.code == .badQuery)
            return error.description
        }
    }

    @Test("a SELECT is answered, also with comments in front and WITH")
    func answered() throws {
        #expect(
            try Asking.rows("/* x */ -- y\n SELECT 1, 'a', NULL, 1.5") { _ in } == ["1|a|-|1.5"])
        #expect(try Asking.rows("WITH a AS (SELECT 2 AS b) SELECT b FROM a") { _ in } == ["2"])
        #expect(try Asking.rows("VALUES (1)") { _ in } == ["1"])
    }

    @Test("nothing else is")
    func refused() throws {
        for sql in [
            "DELETE FROM event", "CREATE TABLE x (a)", "ATTACH '/tmp/x' AS x",
            "PRAGMA user_version = 9",
            "VACUUM", "INSERT INTO text VALUES (1, 'x')", "DROP VIEW loader_call",
            "SELECT load_extension('/tmp/x.so')", "SELECT writefile('/tmp/x', 'y')", "",
            "-- nothing",
            "SELECT 1; DELETE FROM event", "EXPLAIN",
        ] {
            #expect(try !refusal(sql).hasPrefix("accepted"), "\(sql)")
        }
        #expect(try refusal("SELECT\nnowhere") == "query, line 2: no such column: nowhere")
    }
}
