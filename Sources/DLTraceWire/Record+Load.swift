// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// An object that was not there before: `struct dlt_wire_load`.
    package struct Load: Hashable, Sendable {
        /// Address of its struct link_map, which is its handle; 0 if unknown.
        package var linkMap: UInt64
        /// What to add to an address in the file.
        package var base: UInt64
        /// Lowest mapped address.
        package var start: UInt64
        /// First address behind it.
        package var end: UInt64
        /// Number of this load in the process, from 1.
        package var generation: UInt32
        /// DT_FLAGS_1.
        package var flags1: UInt32
        /// 0 is LM_ID_BASE.
        package var namespace: UInt32
        /// The number of a `LibraryOrigin`; it may be an unknown one.
        package var originNumber: UInt16
        /// What is known of it.
        package var properties: LibraryProperties
        /// Absolute, as the loader spells it; the vdso's bare name.
        package var path: WireText
        /// DT_SONAME.
        package var soname: WireText
        /// NT_GNU_BUILD_ID's bytes; empty where it has none.
        package var buildID: [UInt8]
        /// DT_NEEDED, in order.
        package var needed: [WireText]

        /// A body of these values.
        package init(
            linkMap: UInt64 = 0, base: UInt64, start: UInt64, end: UInt64, generation: UInt32,
            flags1: UInt32 = 0, namespace: UInt32 = 0,
            originNumber: UInt16 = LibraryOrigin.file.rawValue, properties: LibraryProperties = [],
            path: WireText, soname: WireText = "", buildID: [UInt8] = [], needed: [WireText] = []
        ) {
            self.linkMap = linkMap
            self.base = base
            self.start = start
            self.end = end
            self.generation = generation
            self.flags1 = flags1
            self.namespace = namespace
            self.originNumber = originNumber
            self.properties = properties
            self.path = path
            self.soname = soname
            self.buildID = buildID
            self.needed = needed
        }

        /// How it came to be there; nil for a way that this version does not know.
        package var origin: LibraryOrigin? { LibraryOrigin(rawValue: originNumber) }
    }
}
