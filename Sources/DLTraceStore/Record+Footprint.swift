// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

extension Record {
    /// About how many bytes of memory it takes.
    var footprint: Int {
        let variable =
            switch body {
            case .hello(let hello):
                hello.executable.bytes.count + hello.interposerVersion.bytes.count
                    + Self.footprint(hello.arguments)
            case .load(let load):
                load.path.bytes.count + load.soname.bytes.count + load.buildID.count
                    + Self.footprint(load.needed)
            case .dlopen(let open), .dlmopen(let open):
                (open.name?.bytes.count ?? 0) + open.stack.addresses.count * 8
            case .dlclose(let close): close.stack.addresses.count * 8
            case .exit(let exit): exit.stack.addresses.count * 8
            case .fault(let fault): fault.stack.addresses.count * 8
            case .end(let end): end.text.bytes.count
            case .register(let register):
                register.text.bytes.count + register.stack.addresses.count * 8
            case .thread(let thread): thread.stack.addresses.count * 8
            case .left(let left): left.text.bytes.count + left.stack.addresses.count * 8
            case .stale(let stale): stale.name.bytes.count + stale.stack.addresses.count * 8
            case .stayed(let stayed): stayed.symbol.bytes.count
            case .bye, .lost, .unload, .fini, .initialization, .function, .threadStart, .fork,
                .unknown:
                0
            }
        return 320 + variable
    }

    private static func footprint(_ texts: [WireText]) -> Int {
        texts.reduce(0) { $0 + 48 + $1.bytes.count }
    }
}
