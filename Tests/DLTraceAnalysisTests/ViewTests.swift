// SPDX-License-Identifier: Apache-2.0

import Testing
import TraceFixtures

/// Each view over a scenario's rows.
@Suite("Views")
struct ViewTests {
    @Test("selected_process has all processes")
    func selectedProcess() throws {
        let rows = try Asking.rows("SELECT * FROM selected_process ORDER BY process_id") {
            try $0.closedInAForkedChild()
        }
        #expect(rows == ["1", "2"])
    }

    @Test("process_line of a forked child leads to its parent up to the fork")
    func processLine() throws {
        let rows = try Asking.rows("SELECT * FROM process_line ORDER BY process_id, depth") {
            try $0.closedInAForkedChild()
        }
        #expect(
            rows == ["1|1|0|9223372036854775807", "2|2|0|9223372036854775807", "2|1|1|11"])
    }

    @Test("call_end pairs each END with what it ends")
    func callEnd() throws {
        let rows = try Asking.rows("SELECT seq, end_seq, result, error FROM call_end ORDER BY seq")
        {
            try $0.failures()
        }
        #expect(
            rows == [
                "6|7|0|libmissing.so: cannot open shared object file: No such file or directory",
                "8|9|0|libmissing.so: cannot open shared object file: No such file or directory",
                "10|11|0|libmissing.so: cannot open shared object file: No such file or directory",
                "12|13|0|-",
            ])
    }

    @Test("loader_call has calls with caller and result")
    func loaderCall() throws {
        let sql = """
            SELECT seq, kind, phase, library_id, name, flags_text, caller_library_id, end_seq, is_ok
            FROM loader_call ORDER BY seq
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(
            rows == [
                "6|dlopen|-|5|./libuser.so|RTLD_NOW|1|11|1",
                "8|dlopen|constructor|6|libres.so|RTLD_NOW|5|10|1",
                "12|dlclose|-|5|-|-|1|25|1",
                "16|dlclose|dlclose|6|-|-|5|17|1",
            ])
    }

    @Test("loader_call names the destructor's library as the caller after a tail call")
    func tailCall() throws {
        let sql = "SELECT caller_library_id FROM loader_call WHERE kind = 'dlclose' AND phase <> ''"
        let rows = try Asking.rows(sql) { fixture in
            try fixture.closedByTheProgram()
            // _dl_call_fini, then _dl_catch_exception, in place of the destructor's frame.
            try fixture.execute(
                """
                INSERT INTO frame VALUES (90, 1, 1, 2, 0), (91, 1, 2, 3, 0);
                UPDATE stack_frame SET frame_id = 90 WHERE stack_id = 4;
                INSERT INTO stack_frame VALUES (4, 1, 91);
                """)
        }
        #expect(rows == ["5"])
    }

    @Test("library_life tells who loaded, finalized and unloaded a library")
    func libraryLife() throws {
        let sql = """
            SELECT name, is_inherited, since_seq, loaded_by_seq, fini_seq, fini_phase, finalized_seq,
                unloaded_seq, unloaded_by_seq, unloaded_by_kind
            FROM library_life WHERE origin = 'file' ORDER BY process_id, library_id
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(
            rows == [
                "libc.so.6|0|4|-|-|-|-|-|-|-",
                "libuser.so|0|7|6|13|dlclose|20|23|12|dlclose",
                "libres.so|0|9|8|21|dlclose|22|24|12|dlclose",
            ])
    }

    @Test("library_span has a library from its load to its unload, also across a fork")
    func librarySpan() throws {
        let sql = """
            SELECT process_id, depth, loaded_process_id, loaded_seq, fini_seq, fini_end_seq, unloaded_seq
            FROM library_span WHERE library_id > 4 ORDER BY process_id, library_id
            """
        let rows = try Asking.rows(sql) { try $0.closedInAForkedChild() }
        #expect(
            rows == [
                "1|0|1|7|-|-|-", "1|0|1|9|-|-|-", "2|1|1|7|3|10|13", "2|1|1|9|11|12|14",
            ])
    }

    @Test("library_kept has what outlived its last dlclose, and what was never closed")
    func libraryKept() throws {
        let sql = """
            SELECT name, close_seq FROM library_kept JOIN library_life USING (process_id, library_id)
            ORDER BY library_id LIMIT 6
            """
        let rows = try Asking.rows(sql) { try $0.stays() }
        #expect(
            rows == [
                "libc.so.6|43", "liba.so|11", "libflag.so|16", "libunique.so|21", "libneeded.so|29",
                "libneeds.so|-",
            ])
    }

    @Test("stay_reason tells why, also of what was never closed")
    func stayReason() throws {
        let sql = """
            SELECT name, reason FROM stay_reason JOIN library_life USING (process_id, library_id)
            WHERE name IN ('liba.so', 'libneeds.so', 'liblinked.so') ORDER BY library_id, rank
            """
        let rows = try Asking.rows(sql) { try $0.stays() }
        #expect(
            rows == [
                "liba.so|1 open of it is not closed, by host",
                "libneeds.so|1 open of it is not closed, by host",
                "liblinked.so|it is linked with -z nodelete (DF_1_NODELETE)",
            ])
    }

    @Test("library_life of a forked child starts with what its parent had")
    func inheritedLife() throws {
        let sql = """
            SELECT name, is_inherited, since_seq, unloaded_by_seq FROM library_life
            WHERE process_id = 2 ORDER BY library_id
            """
        let rows = try Asking.rows(sql) { try $0.closedInAForkedChild() }
        #expect(
            rows == [
                "host|1|0|-", "ld-linux-x86-64.so.2|1|0|-", "libc.so.6|1|0|-",
                "libdltrace.so|1|0|-", "libuser.so|1|0|2", "libres.so|1|0|2",
            ])
    }

    @Test("handle_open pairs each open with the close of the same caller")
    func handleOpen() throws {
        let sql = """
            SELECT library_id, open_seq, caller_library_id, is_first, close_seq FROM handle_open
            ORDER BY open_seq
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(rows == ["5|6|1|1|12", "6|8|5|1|16"])
    }

    @Test("library_opener names the open that gave a handle, or the one that brought it along")
    func libraryOpener() throws {
        let sql = """
            SELECT library_id, open_process_id, open_seq, is_direct FROM library_opener
            WHERE library_id > 4 ORDER BY library_id
            """
        let rows = try Asking.rows(sql) { try $0.keepAliveCycle() }
        #expect(rows == ["5|1|6|1", "6|1|6|0", "7|1|9|1"])
    }

    @Test("library_need has who needs whom")
    func libraryNeed() throws {
        let sql = "SELECT library, needed_library, unloaded_seq FROM library_need ORDER BY 1"
        let rows = try Asking.rows(sql) { try $0.keepAliveCycle() }
        #expect(rows == ["libres.so|libnv.so|25", "libuser.so|libnv.so|16"])
    }

    @Test("close_effect has what a dlclose unloaded, also when the one around it did it")
    func closeEffect() throws {
        let sql = "SELECT * FROM close_effect ORDER BY close_seq, unloaded_seq"
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(rows == ["1|12|23|5|12|0", "1|12|24|6|12|0", "1|16|24|6|12|1"])
    }

    @Test("enclosing_event leads from an event outwards")
    func enclosingEvent() throws {
        let sql = """
            SELECT depth, enclosing_seq, kind FROM enclosing_event WHERE seq = 16 ORDER BY depth
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(
            rows == ["1|15|exit_handler", "2|14|fini_function", "3|13|fini", "4|12|dlclose"])
    }

    @Test("destructor_of_event is the innermost one")
    func destructorOfEvent() throws {
        let sql = """
            SELECT destructor_seq, kind, phase, library_id, type FROM destructor_of_event
            WHERE seq = 16
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(rows == ["15|exit_handler|dlclose|5|3"])
    }

    @Test("destructor_function has names")
    func destructorFunction() throws {
        let sql = """
            SELECT seq, kind, path, registered_with, offset, symbol, label, state
            FROM destructor_function ORDER BY seq
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(
            rows == [
                "14|fini_function|/opt/demo/libuser.so|DT_FINI_ARRAY|256|__do_global_dtors_aux"
                    + "|__do_global_dtors_aux|mapped",
                "15|exit_handler|/opt/demo/libuser.so|__cxa_atexit|768|Holder::~Holder()"
                    + "|Holder::~Holder()|mapped",
            ])
    }

    @Test("event_frame goes on through the events around")
    func eventFrame() throws {
        let sql = """
            SELECT segment, frame_seq, position, library, offset, symbol, symbol_offset, state
            FROM event_frame WHERE seq = 16 ORDER BY segment, position
            """
        let rows = try Asking.rows(sql) { try $0.closedByTheProgram() }
        #expect(
            rows == [
                "0|16|0|libuser.so|796|Holder::~Holder()|28|mapped",
                "4|12|0|host|336|main|28|mapped",
            ])
    }

    @Test("event_frame names the library that was unloaded by then")
    func unloadedFrame() throws {
        let sql = """
            SELECT library, offset, symbol, state FROM event_frame WHERE seq = 14
            ORDER BY segment, position
            """
        let rows = try Asking.rows(sql) { try $0.staleCall() }
        #expect(rows == ["libplug.so|1280|plugin_callback|unloaded", "host|416|main|mapped"])
    }

    @Test("fault_place tells what lay at pc, address and frames")
    func faultPlace() throws {
        let sql =
            "SELECT part, position, library, offset, state FROM fault_place ORDER BY part, position"
        let stale = try Asking.rows(sql) { try $0.staleCall() }
        #expect(
            stale == [
                "address|0|libplug.so|1280|unloaded", "frame|0|libplug.so|1280|unloaded",
                "frame|1|host|415|mapped", "pc|0|libplug.so|1280|unloaded",
            ])
        let reused = try Asking.rows(sql) { try $0.reusedAddress() }
        #expect(
            reused == [
                "address|0|-|-|-", "frame|0|libother.so|1280|mapped", "frame|1|host|415|mapped",
                "pc|0|libother.so|1280|mapped",
            ])
    }

    @Test("unseen_change has loads and unloads without a call")
    func unseenChange() throws {
        let rows = try Asking.rows("SELECT process_id, seq, kind FROM unseen_change") { fixture in
            try fixture.start()
            try fixture.library("/usr/lib/libnss_demo.so", base: 0x7f00_5000_0000)
            try fixture.bye()
        }
        #expect(rows == ["1|6|load"])
    }

    @Test("a library that appears beneath a constructor was loaded by the dlopen around it")
    func loadBeneathConstructor() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.start()
            try fixture.open("liba.so", from: try fixture.stack()) {
                let library = try fixture.library("/opt/demo/liba.so", base: 0x7f00_5000_0000)
                try fixture.call("init", library: library, phase: "constructor") {
                    try fixture.library("/usr/lib/libown.so", base: 0x7f00_6000_0000)
                    return nil
                }
                return library
            }
            try fixture.bye()
        }
        let sql = "SELECT name, loaded_by_seq FROM library_life WHERE since_seq > 5 ORDER BY 1"
        #expect(try Asking.rows(sql, scenario) == ["liba.so|6", "libown.so|6"])
        #expect(try Asking.rows("SELECT * FROM unseen_change", scenario) == [])
    }

    @Test("where the unwinder could not go on, the stack goes on with the event around")
    func brokenStack() throws {
        let sql = "SELECT symbol FROM event_frame WHERE seq = 16 ORDER BY segment, position"
        let rows = try Asking.rows(sql) { fixture in
            try fixture.closedByTheProgram()
            try fixture.execute("UPDATE stack SET is_broken = 1, is_enclosed = 0")
        }
        #expect(rows == ["Holder::~Holder()", "main"])
    }

    @Test("process_summary tells how a process ended and how complete its trace is")
    func processSummary() throws {
        let sql = """
            SELECT process_id, ending, status, signal, core_dumped, lost_records, broken_inputs,
                unseen_callers, is_complete
            FROM process_summary ORDER BY process_id
            """
        let rows = try Asking.rows(sql) { fixture in
            try fixture.clean()
            try fixture.staleCall()
            try fixture.start()
            try fixture.execute("INSERT INTO gap VALUES (3, 6, 9)")
            try fixture.event("lost", value: 3)
            try fixture.bye(status: 3)
            try fixture.start()
        }
        #expect(
            rows == [
                "1|exited|0|-|-|0|0|0|1", "2|killed|-|11|1|0|0|0|0", "3|exited|3|-|-|4|0|0|0",
                "4|running|-|-|-|0|0|0|0",
            ])
    }

    @Test("time_line nests events and hides the tracer")
    func timeLine() throws {
        let sql = """
            SELECT seq, kind, depth, path, name, symbol, end_seq FROM time_line
            WHERE seq > 4 ORDER BY seq
            """
        let rows = try Asking.rows(sql) { try $0.closedAtExit() }
        #expect(
            rows == [
                "6|dlopen|0|/opt/demo/libuser.so|./libuser.so|-|11",
                "7|load|1|/opt/demo/libuser.so|-|-|-",
                "8|dlopen|1|/opt/demo/libres.so|libres.so|-|10",
                "9|load|2|/opt/demo/libres.so|-|-|-",
                "12|exit|0|-|-|-|-",
                "13|exit_handler|1|/opt/demo/libuser.so|-|Holder::~Holder()|19",
                "14|dlclose|2|/opt/demo/libres.so|-|-|18",
                "15|fini|3|/opt/demo/libres.so|-|-|16",
                "17|unload|3|/opt/demo/libres.so|-|-|-",
                "20|bye|0|-|-|-|-",
            ])
    }
}
