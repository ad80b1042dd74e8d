// SPDX-License-Identifier: Apache-2.0

/// What is known of a place in a file.
package struct CodeName: Sendable, Equatable {
    /// A function that the place lies in.
    package struct Function: Sendable, Equatable {
        /// Its demangled name.
        package let name: String?
        /// Bytes from its start to the place; of an inlined one it is not known.
        package let offset: Int64?
        /// The source file.
        package let file: String?
        /// The line in it.
        package let line: Int64?

        /// A function of its parts.
        package init(name: String?, offset: Int64?, file: String?, line: Int64?) {
            self.name = name
            self.offset = offset
            self.file = file
            self.line = line
        }
    }

    /// The functions, the innermost inlined one first; empty where the file has no name for it.
    package let functions: [Function]
    /// Why the file could not be asked, or not as it was.
    package let obstacle: String?

    /// What is known, or why it is not.
    package init(functions: [Function], obstacle: String? = nil) {
        self.functions = functions
        self.obstacle = obstacle
    }
}
