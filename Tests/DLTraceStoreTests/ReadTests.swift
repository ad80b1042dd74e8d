// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import DLTraceWire
import GRDB
import Testing

/// Reading can't change a trace, whoever wrote the SQL.
@Suite struct ReadTests {
    private static func folder() throws -> TraceFolder {
        let folder = try TraceFolder()
        var process = Process(stream: 1, pid: 1)
        process.hello()
        process.bye()
        try folder.store(process.records)
        return folder
    }

    @Test("The views are there, and a user's question may use them")
    func views() throws {
        let folder = try Self.folder()
        let database = try TraceDatabase(path: folder.path)
        try database.read { connection in
            let views = try String.fetchAll(
                connection, sql: "SELECT name FROM temp.sqlite_master WHERE type = 'view'")
            #expect(!views.isEmpty)
            for view in views {
                _ = try database.onlyReading(connection) {
                    try Row.fetchAll(connection, sql: "SELECT * FROM \(view) ORDER BY 1")
                }
            }
            let count = try database.onlyReading(connection) {
                try Int.fetchOne(
                    connection,
                    sql: """
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9)
                        SELECT max(i) + (SELECT count(*) FROM event WHERE kind LIKE 'b%') FROM n
                        """)
            }
            #expect(count == 10)
        }
        withExtendedLifetime(folder) {}
    }

    @Test(
        "A user's statement that is no question is refused",
        arguments: [
            "INSERT INTO text VALUES (9, 'x')", "DELETE FROM event", "UPDATE process SET pid = 9",
            "DROP TABLE event", "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)",
            "CREATE TEMP VIEW v AS SELECT 1", "ATTACH '/tmp/other.db' AS other", "DETACH temp",
            "PRAGMA query_only = 0", "PRAGMA journal_mode = WAL", "PRAGMA user_version = 9",
            "SELECT load_extension('/tmp/x.so')", "VACUUM", "VACUUM INTO '/tmp/other.db'",
            "REINDEX", "ANALYZE", "BEGIN", "COMMIT", "SAVEPOINT a",
            "SELECT * FROM pragma_table_info('event')",
        ])
    func refused(sql: String) throws {
        let folder = try Self.folder()
        let database = try TraceDatabase(path: folder.path)
        try database.read { connection in
            _ = #expect(throws: DatabaseError.self) {
                try database.onlyReading(connection) {
                    while let row = try Row.fetchCursor(connection, sql: sql).next() { _ = row }
                }
            }
        }
        #expect(try folder.rows("SELECT count(*) FROM event") == ["2"])
    }

    @Test("dltrace's own statements may make TEMP tables, but not change the file")
    func ownStatements() throws {
        let folder = try Self.folder()
        let database = try TraceDatabase(path: folder.path)
        try database.read { connection in
            try connection.execute(sql: "CREATE TEMP TABLE t AS SELECT * FROM event")
            #expect(try TraceFolder.rows(connection, "SELECT count(*) FROM t") == ["2"])
            #expect(throws: DatabaseError.self) {
                try connection.execute(sql: "DELETE FROM main.event")
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test("Readers see what was committed while the trace is written")
    func whileWriting() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        var process = Process(stream: 1, pid: 1)
        process.hello()
        try writer.append(process.records)
        let reader = try TraceDatabase(path: folder.path)
        let count: (Database) throws -> Int? = {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM event")
        }
        #expect(try reader.read(count) == 1)
        try writer.append([process.open("x")])
        #expect(try reader.read(count) == 2)
        #expect(try TraceDatabase(path: folder.path).read(count) == 2)
        try writer.finish()
    }

    @Test("A killed writer's database can be read")
    func killed() throws {
        let folder = try TraceFolder()
        do {
            let writer = try TraceWriter(path: folder.path)
            var process = Process(stream: 1, pid: 1)
            process.hello()
            try writer.append(process.records)
        }
        #expect(try folder.rows("SELECT count(*) FROM event") == ["1"])
        #expect(try folder.damage() == [])
    }
}
