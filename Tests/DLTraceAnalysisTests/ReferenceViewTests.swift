// SPDX-License-Identifier: Apache-2.0

import Testing
import TraceFixtures

/// The views of what refers to libraries without the loader's knowing, and of handles.
@Suite("Views of references")
struct ReferenceViewTests {
    @Test("registration names what was given to the C library")
    func registration() throws {
        let sql = """
            SELECT seq, kind, path, name, label, number, text FROM registration ORDER BY seq
            """
        let rows = try Asking.rows(sql) { try $0.leftBehind() }
        let place = "/opt/demo/libplug.so|libplug.so"
        #expect(
            rows == [
                "9|tls_key_create|\(place)|free_state|3|-",
                "10|signal_handler|\(place)|on_term|15|-",
                "11|cxa_atexit|\(place)|flush|-|-",
                "12|putenv|\(place)|libplug.so+0x4010|-|PLUGIN_HOME",
                "13|thread|\(place)|worker|-|-",
            ])
    }

    @Test("a registration of no function, and one that is taken back, have no place")
    func withoutPlace() throws {
        let sql = "SELECT kind, path, label, number FROM registration"
        let rows = try Asking.rows(sql) { fixture in
            try fixture.start()
            try fixture.event("signal_handler", address: 0, value: 15)
            try fixture.event("signal_handler", address: 1, value: 2)
            try fixture.event("tls_key_delete", value: 3)
        }
        #expect(
            rows == [
                "signal_handler|-|SIG_DFL|15", "signal_handler|-|SIG_IGN|2",
                "tls_key_delete|-|-|3",
            ])
    }

    @Test("a creation of a thread that failed is none")
    func failedCreation() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.start()
            try fixture.call(
                "thread", library: fixture.host, address: 0x40_0500, result: 11)
        }
        #expect(try Asking.rows("SELECT * FROM registration", scenario) == [])
        #expect(try Asking.rows("SELECT * FROM thread_life", scenario) == [])
    }

    @Test("thread_life goes from a thread's creation to its end")
    func threadLife() throws {
        let sql = """
            SELECT create_seq, creator, start_seq, thread, path, label, started_ns, end_seq, ended_ns
            FROM thread_life ORDER BY create_seq IS NULL, create_seq
            """
        let rows = try Asking.rows(sql) { fixture in
            try fixture.start()
            let stack = try fixture.stack()
            let (_, ending) = try fixture.thread(
                9001, in: fixture.host, at: 0x500, named: "worker", from: stack)
            try fixture.thread(9002, in: fixture.libc, at: 0x700, from: stack)
            try fixture.event("thread", address: 0x10)
            try fixture.event("thread_start", address: 0x20, value: 77, thread: 9003)
            try fixture.end(ofThread: 9001, started: ending)
        }
        let libc = "/lib/x86_64-linux-gnu/libc.so.6|libc.so.6+0x700"
        #expect(
            rows == [
                "6|4711|7|9001|/opt/demo/host|worker|1007000|12|1012000",
                "8|4711|9|9002|\(libc)|1009000|-|-",
                "10|4711|-|-|-|0x10|-|-|-",
                "-|-|11|9003|-|0x20|1011000|-|-",
            ])
    }

    @Test("left_reference tells what refers to a library that goes, and who made it")
    func leftReference() throws {
        let sql = """
            SELECT seq, type, thread, name, label, number, text, is_at_exit, close_seq, exit_seq,
                registered_process_id, registered_seq, registered_kind, holder_name, holder_label
            FROM left_reference ORDER BY seq
            """
        let rows = try Asking.rows(sql) { try $0.leftBehind() }
        let made = "0|15|-|1"
        #expect(
            rows == [
                "19|tls_key|4711|libplug.so|free_state|3|-|\(made)|9|tls_key_create|-|-",
                "20|signal_handler|4711|libplug.so|on_term|15|-|\(made)|10|signal_handler|-|-",
                "21|cxa_atexit|4711|libplug.so|flush|0|-|\(made)|11|cxa_atexit|-|-",
                "22|environ|4711|libplug.so|libplug.so+0x4010|0|PLUGIN_HOME|\(made)|12|putenv|-|-",
                "23|thread|4711|libplug.so|worker|9001|-|\(made)|13|thread|-|-",
                "24|thread_stack|4711|libplug.so|worker|9001|-|\(made)|13|thread|-|-",
                "25|pointer|4711|libplug.so|table|0|-|0|15|-|-|-|-|host|registry",
            ])
    }

    @Test("left_reference tells variables from code, where there is a symbol")
    func data() throws {
        let sql = "SELECT type, is_data FROM left_reference WHERE seq >= 22 ORDER BY seq"
        #expect(
            try Asking.rows(sql) { try $0.leftBehind() }
                == ["environ|-", "thread|0", "thread_stack|0", "pointer|1"])
    }

    @Test("left_reference at exit has no dlclose; one beneath a dlclose at exit has")
    func leftAtExit() throws {
        let sql = "SELECT type, is_at_exit, close_seq, exit_seq, phase FROM left_reference"
        #expect(
            try Asking.rows(sql) { try $0.threadAtExit() } == ["thread|1|-|8|exit-fini"])
        let rows = try Asking.rows(sql) { fixture in
            try fixture.start()
            try fixture.exit {
                try fixture.close(fixture.libc, from: try fixture.stack()) {
                    try fixture.unload(fixture.libc)
                    try fixture.left("on_exit", in: fixture.libc, at: 0x10)
                }
            }
        }
        #expect(rows == ["on_exit|0|7|-|-"])
    }

    @Test("left_reference without a call around it is of an unseen one")
    func leftUnseen() throws {
        let sql = "SELECT is_at_exit, close_seq, exit_seq FROM left_reference"
        let rows = try Asking.rows(sql) { fixture in
            try fixture.start()
            try fixture.unload(fixture.libc)
            try fixture.left("on_exit", in: fixture.libc, at: 0x10)
        }
        #expect(rows == ["0|-|-"])
    }

    @Test("left_reference after a fork names what an ancestor registered")
    func leftInChild() throws {
        let sql = """
            SELECT process_id, registered_process_id, registered_seq, registered_kind, path, close_seq
            FROM left_reference
            """
        let rows = try Asking.rows(sql) { fixture in
            try fixture.start()
            let stack = try fixture.stack()
            let made = try fixture.register(
                "signal_handler", in: fixture.libc, at: 0x10, number: 15, from: stack)
            try fixture.start(forkedFrom: 1)
            try fixture.close(fixture.libc, from: stack) {
                try fixture.unload(fixture.libc)
                try fixture.left(
                    "signal_handler", in: fixture.libc, at: 0x10, number: 15, registered: made,
                    registeredIn: 1)
            }
        }
        #expect(rows == ["2|1|6|signal_handler|/lib/x86_64-linux-gnu/libc.so.6|2"])
    }

    @Test("the stack of a thread in an unloaded library has that library's names")
    func leftStack() throws {
        let sql = """
            SELECT library, offset, symbol, state FROM event_frame WHERE seq = 24 AND segment = 0
            ORDER BY position
            """
        let rows = try Asking.rows(sql) { try $0.leftBehind() }
        #expect(rows == ["libplug.so|1308|worker|unloaded", "libc.so.6|144|-|mapped"])
    }

    @Test("a function's name is its own, whatever is inlined at its start")
    func inlined() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.leftBehind()
            try fixture.function(
                "exit_handler", in: fixture.host, at: 0x300, named: "flush", type: 3, phase: nil)
            try fixture.execute(
                """
                UPDATE symbol SET inline_depth = 1 WHERE is_exact;
                INSERT INTO symbol (binary_id, file_address, is_exact, inline_depth, name)
                SELECT binary_id, file_address, 1, 0, 'inlined' FROM symbol WHERE inline_depth = 1
                """)
        }
        for view in ["registration", "thread_life", "left_reference", "destructor_function"] {
            let labels = try Asking.rows("SELECT label FROM \(view)", scenario)
            #expect(!labels.isEmpty && !labels.contains("inlined"), "\(view)")
        }
        #expect(
            try Asking.rows("SELECT 1 FROM time_line WHERE symbol = 'inlined'", scenario) == [])
    }

    @Test("a fork handler is labelled, and is no destructor")
    func forkHandler() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.start()
            try fixture.function(
                "fork_handler", in: fixture.host, at: 0x300, named: "prepare", type: 8, phase: nil
            ) {
                try fixture.close(fixture.libc, from: try fixture.stack(isEnclosed: true))
            }
        }
        #expect(
            try Asking.rows(
                "SELECT seq, kind, registered_with, label FROM destructor_function", scenario)
                == ["6|fork_handler|pthread_atfork|prepare"])
        #expect(
            try Asking.rows("SELECT seq FROM destructor_of_event WHERE seq = 7", scenario) == [])
        #expect(
            try Asking.rows("SELECT caller_library_id FROM loader_call WHERE seq = 7", scenario)
                == ["1"])
        #expect(
            try Asking.rows("SELECT symbol FROM time_line WHERE seq = 6", scenario) == ["prepare"])
    }
}
