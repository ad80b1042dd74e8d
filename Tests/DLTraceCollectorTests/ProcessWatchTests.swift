// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import DLTraceCollector

@Suite("Who is traced")
struct ProcessWatchTests {
    @Test("Of many processes those that have ended are forgotten, and no others")
    func bounded() {
        var watch = ProcessWatch(namesMax: 10)
        let living = ProcessName(pid: getpid(), startedUnixNs: 1)
        #expect(watch.hello(stream: 1, living) == nil)
        for stream in 2...100 as ClosedRange<UInt64> {
            let name = ProcessName(pid: FakeProgram.nobody - Int32(stream), startedUnixNs: stream)
            #expect(watch.hello(stream: stream, name) == nil)
            watch.bye(stream: stream)
            #expect(watch.names.count <= 10)
            #expect(watch.names[stream] == name)
        }
        #expect(watch.names[1] == living)
        #expect(watch.stream(of: getpid()) == 1)
        // Its next image is told apart from it still.
        #expect(watch.hello(stream: 200, ProcessName(pid: getpid(), startedUnixNs: 2)) == 1)
    }
}
