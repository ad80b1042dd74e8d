// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire

/// The numbers of dltrace_wire.h, as Swift wants them.
enum WireFormat {
    static let magic = UInt32(DLT_WIRE_MAGIC)
    static let version = UInt16(DLT_WIRE_VERSION)
    static let recordMax = Int(DLT_WIRE_RECORD_MAX)
    static let align = Int(DLT_WIRE_ALIGN)
    static let framesMax = Int(DLT_WIRE_FRAMES_MAX)
    static let partsMax = Int(DLT_WIRE_PARTS_MAX)
    static let noName = UInt32(DLT_WIRE_NO_NAME)
    static let headerSize = MemoryLayout<dlt_wire_header>.size
}
