// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import DLTraceCollector

@Suite("The FIFO")
struct TracePipeTests {
    @Test(
        "Every write that succeeded was read when the FIFO is retired under fire",
        .timeLimit(.minutes(15)))
    func retire() throws {
        let folder = try TestFolder()
        signal(SIGPIPE, SIG_IGN)
        for _ in 0..<20 {
            let pipe = try TracePipe(path: folder / "pipe")
            let written = Mutex(0)
            let writers = try (0..<4).map { _ in
                try ThreadHandle {
                    let end = open(folder / "pipe", O_WRONLY | O_NONBLOCK)
                    let block = [UInt8](repeating: 1, count: 96)
                    while true {
                        let count = write(end, block, block.count)
                        if count > 0 { written.withLock { $0 += count } }
                        if count < 0, errno != EAGAIN { break }
                    }
                    close(end)
                }
            }
            #expect(becomesTrue { written.withLock { $0 } > 100_000 })
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
            defer { buffer.deallocate() }
            var got = 0
            try pipe.retire {
                let end = Date().addingTimeInterval(0.01)
                while Date() < end {
                    let count = try pipe.read(into: buffer)
                    if count == 0 { return }
                    got += count
                }
            }
            writers.forEach { $0.join() }
            #expect(got == written.withLock { $0 })
            pipe.unlink()
        }
    }

    @Test("What programs wrote after a killed collector's last read is there for the next one")
    func stale() throws {
        let folder = try TestFolder()
        let path = folder / "pipe"
        var first: TracePipe? = try TracePipe(path: path)
        let end = open(path, O_WRONLY | O_NONBLOCK)
        #expect(write(end, "abc", 3) == 3)
        withExtendedLifetime(first) {}
        first = nil
        let second = try TracePipe(path: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
        defer { buffer.deallocate() }
        #expect(try second.read(into: buffer) == 3)
        #expect(try second.read(into: buffer) == 0)
        close(end)
    }

    @Test("What is no FIFO, or is one that others can write to, is refused and left alone")
    func refused() throws {
        let folder = try TestFolder()
        let file = try folder.write("file", Array("precious".utf8))
        #expect(symlink(folder / "elsewhere", folder / "link") == 0)
        #expect(mkfifo(folder / "open", 0o600) == 0)
        #expect(chmod(folder / "open", 0o622) == 0)
        for name in ["file", "link", "open"] {
            let error = #expect(throws: CollectorError.self) { try TracePipe(path: folder / name) }
            #expect(error?.code == .unsafePlace, "\(name)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data("precious".utf8))
    }
}
