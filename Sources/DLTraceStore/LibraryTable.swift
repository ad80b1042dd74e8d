// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The tables library, library_needed and binary.
final class LibraryTable {
    private struct Binary: Hashable {
        let path: WireText
        let buildID: [UInt8]
    }

    private static let cachedBytesMax = 1024

    private let selectBinary: FactStatement
    private let insertBinary: FactStatement
    private let insertLibrary: FactStatement
    private let selectLibrary: FactStatement
    private let insertNeeded: FactStatement
    private var binaries = BoundedCache<Binary>(limit: 4096)

    init(_ database: Database) throws {
        selectBinary = try FactStatement(
            database, "SELECT id FROM binary WHERE path = ? AND build_id = ?")
        insertBinary = try FactStatement(
            database, "INSERT INTO binary (path, build_id) VALUES (?, ?)")
        insertLibrary = try FactStatement(
            database,
            """
            INSERT INTO library (
                process_id, generation, binary_id, soname, origin, link_map, base_address,
                start_address, end_address, namespace, flags_1, at_start, has_unique, has_tls,
                has_init, has_fini, unseen_fini, is_pinned
            )
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
        selectLibrary = try FactStatement(
            database, "SELECT id FROM library WHERE process_id = ? AND generation = ?")
        insertNeeded = try FactStatement(
            database,
            "INSERT INTO library_needed (library_id, position, name) VALUES (?, ?, ?)")
    }

    /// The number of a load, which is added where it is new.
    func id(process: Int64, _ load: Record.Load) throws -> Int64? {
        guard let binary = try binary(load) else { return nil }
        let row = insertLibrary
        let properties = load.properties
        row.bind(1, process)
        row.bind(2, Int64(load.generation))
        row.bind(3, binary)
        row.bind(4, text: load.soname.isEmpty ? nil : load.soname.stored)
        row.bind(5, Self.name(load.origin))
        row.bind(6, load.linkMap)
        row.bind(7, load.base)
        row.bind(8, load.start)
        row.bind(9, load.end)
        row.bind(10, Int64(load.namespace))
        row.bind(11, Int64(load.flags1))
        row.bind(12, properties.contains(.atStart))
        row.bind(13, properties.contains(.hasUnique))
        row.bind(14, properties.contains(.hasTLS))
        row.bind(15, properties.contains(.hasInit))
        row.bind(16, properties.contains(.hasFini))
        row.bind(17, properties.contains(.unseenFini))
        row.bind(18, properties.contains(.pinned))
        guard let id = try row.insert() else {
            return try self.id(process: process, generation: load.generation)
        }
        for (position, name) in load.needed.enumerated() {
            insertNeeded.bind(1, id)
            insertNeeded.bind(2, Int64(position))
            insertNeeded.bind(3, text: name.stored)
            try insertNeeded.run()
        }
        return id
    }

    /// The number of a load that is in the database.
    func id(process: Int64, generation: UInt32) throws -> Int64? {
        selectLibrary.bind(1, process)
        selectLibrary.bind(2, Int64(generation))
        return try selectLibrary.firstNumber()
    }

    func clearCache() {
        binaries.clear()
    }

    private func binary(_ load: Record.Load) throws -> Int64? {
        let key = Binary(path: load.path, buildID: load.buildID)
        if let known = binaries[key] { return known }
        let path = load.path.stored
        let buildID = Self.hex(load.buildID)
        selectBinary.bind(1, text: path)
        selectBinary.bind(2, text: buildID)
        var id = try selectBinary.firstNumber()
        if id == nil {
            insertBinary.bind(1, text: path)
            insertBinary.bind(2, text: buildID)
            id = try insertBinary.insert()
        }
        if path.count + buildID.count <= Self.cachedBytesMax { binaries[key] = id }
        return id
    }

    private static func hex(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// An origin that is not known was added later, and is most like a file.
    private static func name(_ origin: LibraryOrigin?) -> StaticString {
        switch origin {
        case .file, nil: "file"
        case .program: "program"
        case .loader: "loader"
        case .vdso: "vdso"
        case .tracer: "tracer"
        }
    }
}
