// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The reading end of a FIFO that traced programs write to.
///
/// It belongs to one thread. As long as it is open programs can write; `retire` ends that without
/// losing a record that a program believes to be written.
package final class TracePipe {
    /// Where the FIFO is; also the name of the source in the database.
    package let path: String

    private var readEnd: Descriptor?
    /// Never written to. It keeps the pipe, and what is in it, in being when no program has it open, and
    /// makes poll(2) wait instead of reporting a hang-up.
    private let writeEnd: Descriptor

    /// F_SETPIPE_SZ of fcntl(2), which Glibc's module leaves out.
    private static let setPipeSize: Int32 = 1031
    /// What an ordinary user may have: /proc/sys/fs/pipe-max-size.
    private static let size: Int32 = 1 << 20

    /// Opens the FIFO at `path`, and creates it where it is missing.
    ///
    /// A FIFO that a killed collector left behind is used again, with what programs wrote to it since.
    /// - Throws: `CollectorError` for what is no FIFO, is another user's, or can be written by others.
    package init(path: String) throws {
        self.path = path
        if mkfifo(path, 0o600) != 0, errno != EEXIST {
            throw CollectorError(.cannotUse, "cannot create the FIFO \(path)", errno: errno)
        }
        // A FIFO is recognized before it is opened: opening a device or the like can do things.
        var link = stat()
        guard lstat(path, &link) == 0 else {
            throw CollectorError(.cannotUse, "cannot use the FIFO \(path)", errno: errno)
        }
        try Self.check(link, path)
        guard let readEnd = Descriptor(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW),
            let status = readEnd.status()
        else {
            throw CollectorError(.cannotUse, "cannot open the FIFO \(path)", errno: errno)
        }
        try Self.check(status, path)
        guard let writeEnd = Descriptor(Self.name(of: readEnd), O_WRONLY | O_NONBLOCK) else {
            throw CollectorError(.cannotUse, "cannot open the FIFO \(path)", errno: errno)
        }
        self.readEnd = readEnd
        self.writeEnd = writeEnd
        // Without it there is less room for bursts, no more.
        _ = fcntl(readEnd.number, Self.setPipeSize, Self.size)
    }

    /// What to wait for with poll(2); nil once retired.
    var descriptor: Int32? { readEnd?.number }

    /// Reads what is there, as much as fits.
    ///
    /// - Returns: the number of bytes; 0 where nothing is there.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let readEnd else { return 0 }
        while true {
            let got = Glibc.read(readEnd.number, buffer.baseAddress, buffer.count)
            if got >= 0 { return got }
            if errno == EAGAIN { return 0 }
            guard errno == EINTR else {
                throw CollectorError(.system, "cannot read \(path)", errno: errno)
            }
        }
    }

    /// Closes the reading end, so that every program's next write fails and it goes on in its spill file,
    /// and reads what was written until then.
    ///
    /// What comes between the last read and the closing stays in the pipe, as the writing end is open;
    /// so look for it, and open and close again until there is none. A program's write fails or
    /// is read; it can't do neither. A child of this process has the reading end too between its fork
    /// and its exec, and programs can write meanwhile: wait for that, 2 s at most.
    ///
    /// - Parameter drain: reads with `read(into:)` until nothing is there, within bounds.
    /// - Throws: what `drain` throws, and `CollectorError`.
    func retire(_ drain: () throws -> Void) throws {
        var patience = 2_000
        while readEnd != nil {
            try drain()
            readEnd = nil
            // Once nobody can read nobody can write, and what is not there now will not come.
            let isWritable = Descriptor(Self.name(of: writeEnd), O_WRONLY | O_NONBLOCK) != nil
            var left: Int32 = 0
            guard ioctl(writeEnd.number, UInt(FIONREAD), &left) == 0 else { return }
            if left == 0 {
                guard isWritable, patience > 0 else { return }
                patience -= 1
                usleep(1_000)
            }
            guard let again = Descriptor(Self.name(of: writeEnd), O_RDONLY | O_NONBLOCK) else {
                throw CollectorError(.system, "cannot read the rest of \(path)", errno: errno)
            }
            readEnd = again
        }
    }

    /// Closes the reading end at once; what is in the pipe is lost.
    func close() {
        readEnd = nil
    }

    /// Removes the FIFO's name, so that no program opens it any more.
    func unlink() {
        Glibc.unlink(path)
    }

    private static func check(_ status: stat, _ path: String) throws {
        let why: String
        if status.st_mode & S_IFMT != S_IFIFO {
            why = "it is not a FIFO"
        } else if status.st_uid != geteuid() {
            why = "it belongs to user \(status.st_uid), not to user \(geteuid())"
        } else if status.st_mode & 0o022 != 0 {
            why = "others can write to it"
        } else if status.st_nlink > 1 {
            why = "it has another name, which somebody gave it"
        } else {
            return
        }
        throw CollectorError(
            .unsafePlace, "will not collect at \(path)", why,
            advice: "remove it, or name another FIFO with --pipe or DLTRACE_PIPE")
    }

    /// A name under which the very same FIFO can be opened once more, whatever its path names by now.
    private static func name(of descriptor: Descriptor) -> String {
        "/proc/self/fd/\(descriptor.number)"
    }
}
