// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The service manager that started dltrace, if one did: sd_notify(3)'s protocol.
enum Supervisor {
    /// Sends a line such as `READY=1` to the socket that NOTIFY_SOCKET names.
    static func tell(_ message: String, environment: EnvironmentBlock = EnvironmentBlock()) {
        guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@")
        else {
            return
        }
        var bytes = Array(name.utf8)
        // @ stands for the zero byte of an abstract address.
        if name.hasPrefix("@") { bytes[0] = 0 }
        var address = sockaddr_un()
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length =
            socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2)
            + socklen_t(bytes.count)
        let socket = Descriptor(owning: Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(socket.number, message, message.utf8.count, 0, $0, length)
            }
        }
    }
}
