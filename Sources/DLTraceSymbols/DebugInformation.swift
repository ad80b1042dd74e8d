// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// A file's DWARF, its own or its separate debug file's: functions, inlined ones too, and lines.
final class DebugInformation {
    private let module: OpaquePointer
    private let bias: Dwarf_Addr
    private let dwarf: OpaquePointer?
    private lazy var units = CompilationUnits(dwarf: dwarf)
    /// The namespaces around functions, by the address of the declaration's entry.
    private var qualifiers: [UnsafeMutableRawPointer?: [String]] = [:]
    /// By the address of the unit's entry.
    private var functionTrees: [UnsafeMutableRawPointer?: FunctionTree] = [:]

    /// Finds the debug information of a module, which may be in another file.
    init(module: OpaquePointer) {
        self.module = module
        var bias: Dwarf_Addr = 0
        dwarf = dwfl_module_getdwarf(module, &bias)
        self.bias = bias
    }

    /// The functions that an address lies in, innermost first, with lines; empty without any.
    ///
    /// The last one is the real function; its offset counts from its entry to `address`.
    func frames(at address: UInt64) -> [ResolvedFrame] {
        guard dwarf != nil else { return [] }
        let place = address &- bias
        // libdwfl counts the gaps between units to the unit before.
        guard var unit = unit(containing: address), dwarf_haspc(&unit, place) != 0 else {
            return []
        }
        let folder = text(of: &unit, UInt32(DW_AT_comp_dir))
        var frames = [ResolvedFrame()]
        var isEnd = false
        if let line = dwarf_getsrc_die(&unit, place), dwarf_lineendsequence(line, &isEnd) == 0,
            !isEnd
        {
            var number: CInt = 0
            dwarf_lineno(line, &number)
            frames[0].file = path(dwarf_linesrc(line, nil, nil), in: folder)
            frames[0].line = number > 0 ? Int(number) : nil
        }
        addFunctions(to: &frames, at: place, unit: unit, folder: folder)
        let isEmpty = frames.count == 1 && frames[0].name == nil && frames[0].file == nil
        return isEmpty ? [] : frames
    }

    // MARK: - Units

    private func unit(containing address: UInt64) -> Dwarf_Die? {
        var bias: Dwarf_Addr = 0
        // By .debug_aranges, which gcc writes; clang and swiftc leave it out.
        if let unit = dwfl_module_addrdie(module, address, &bias) { return unit.pointee }
        return units.unit(containing: address &- self.bias)
    }

    /// The unit that holds the functions: with split DWARF that is the one in the .dwo file.
    private func unitWithFunctions(_ unit: Dwarf_Die) -> Dwarf_Die {
        var type: UInt8 = 0
        var split = Dwarf_Die()
        guard
            dwarf_cu_info(unit.cu, nil, &type, nil, &split, nil, nil, nil) == 0,
            Int(type) == Int(DW_UT_skeleton), split.cu != nil
        else { return unit }
        return split
    }

    // MARK: - Functions

    /// Fills in the names, and adds a frame for each function that another is inlined in.
    private func addFunctions(
        to frames: inout [ResolvedFrame], at place: UInt64, unit: Dwarf_Die, folder: String?
    ) {
        var holder = unitWithFunctions(unit)
        for var function in functionTree(of: holder).functions(at: place) {
            frames[frames.count - 1].name = functionName(&function)
            if Int(dwarf_tag(&function)) == Int(DW_TAG_inlined_subroutine) {
                frames.append(call(&function, unit: &holder, folder: folder))
                continue
            }
            var entry: Dwarf_Addr = 0
            if dwarf_entrypc(&function, &entry) == 0, entry <= place {
                frames[frames.count - 1].offset = place - entry
            }
        }
    }

    private func functionTree(of unit: Dwarf_Die) -> FunctionTree {
        if let tree = functionTrees[unit.addr] { return tree }
        let tree = FunctionTree(unit: unit)
        functionTrees[unit.addr] = tree
        return tree
    }

    /// Where an inlined function was called, as a frame yet without a name.
    private func call(
        _ scope: inout Dwarf_Die, unit: inout Dwarf_Die, folder: String?
    ) -> ResolvedFrame {
        var frame = ResolvedFrame()
        if let line = number(of: &scope, UInt32(DW_AT_call_line)), line > 0 {
            frame.line = Int(exactly: line)
        }
        var files: OpaquePointer?
        if let index = number(of: &scope, UInt32(DW_AT_call_file)),
            dwarf_getsrcfiles(&unit, &files, nil) == 0, let files
        {
            frame.file = path(dwarf_filesrc(files, Int(clamping: index), nil, nil), in: folder)
        }
        return frame
    }

    private func functionName(_ scope: inout Dwarf_Die) -> String? {
        for attribute in [DW_AT_linkage_name, DW_AT_MIPS_linkage_name] {
            if let name = text(of: &scope, UInt32(attribute)), !name.isEmpty {
                return Demangler.readable(name)
            }
        }
        guard let name = text(of: &scope, UInt32(DW_AT_name)), !name.isEmpty else { return nil }
        return (qualifiers(of: scope) + [Demangler.readable(name)]).joined(separator: "::")
    }

    /// The namespaces and classes around a function's declaration, outermost first.
    ///
    /// What has internal linkage has no linkage name: only its surroundings tell whose it is.
    private func qualifiers(of function: Dwarf_Die) -> [String] {
        guard !isPlainC(function) else { return [] }
        var declaration = function
        // An inlined instance, its abstract function, the declaration in the class.
        for _ in 0..<3 {
            guard
                let next = reference(of: &declaration, UInt32(DW_AT_abstract_origin))
                    ?? reference(of: &declaration, UInt32(DW_AT_specification))
            else { break }
            declaration = next
        }
        if let names = qualifiers[declaration.addr] { return names }
        let names = surroundings(of: &declaration)
        qualifiers[declaration.addr] = names
        return names
    }

    /// Whether a function is in C or assembler, where nothing is around it.
    private func isPlainC(_ function: Dwarf_Die) -> Bool {
        var unit = Dwarf_Die()
        guard dwarf_cu_die(function.cu, &unit, nil, nil, nil, nil, nil, nil) != nil else {
            return true
        }
        let languages = [DW_LANG_C89, DW_LANG_C, DW_LANG_C99, DW_LANG_C11, DW_LANG_Mips_Assembler]
        return languages.contains(Int(dwarf_srclang(&unit)))
    }

    private func surroundings(of declaration: inout Dwarf_Die) -> [String] {
        var found: UnsafeMutablePointer<Dwarf_Die>?
        let count = dwarf_getscopes_die(&declaration, &found)
        guard count > 1, let scopes = found else { return [] }
        defer { free(scopes) }
        var names: [String] = []
        for index in 1..<min(Int(count), 32) {
            switch Int(dwarf_tag(scopes + index)) {
            case Int(DW_TAG_namespace):
                names.append(
                    text(of: &scopes[index], UInt32(DW_AT_name)) ?? "(anonymous namespace)")
            case Int(DW_TAG_class_type), Int(DW_TAG_structure_type), Int(DW_TAG_union_type):
                names.append(text(of: &scopes[index], UInt32(DW_AT_name)) ?? "(unnamed)")
            default:
                break
            }
        }
        return names.reversed()
    }

    // MARK: - Attributes

    private func text(of die: inout Dwarf_Die, _ name: UInt32) -> String? {
        var attribute = Dwarf_Attribute()
        guard dwarf_attr_integrate(&die, name, &attribute) != nil,
            let text = dwarf_formstring(&attribute)
        else { return nil }
        return String(bounded: text, limit: Demangler.longestSymbol + 1)
    }

    private func number(of die: inout Dwarf_Die, _ name: UInt32) -> UInt64? {
        var attribute = Dwarf_Attribute()
        var value: Dwarf_Word = 0
        guard dwarf_attr(&die, name, &attribute) != nil,
            dwarf_formudata(&attribute, &value) == 0
        else { return nil }
        return value
    }

    private func reference(of die: inout Dwarf_Die, _ name: UInt32) -> Dwarf_Die? {
        var attribute = Dwarf_Attribute()
        var target = Dwarf_Die()
        guard dwarf_attr(&die, name, &attribute) != nil,
            dwarf_formref_die(&attribute, &target) != nil
        else { return nil }
        return target
    }

    private func path(_ text: UnsafePointer<CChar>?, in folder: String?) -> String? {
        guard let text else { return nil }
        let path = String(bounded: text, limit: Int(PATH_MAX))
        // "<compiler-generated>" and "<stdin>" are nothing that can be opened.
        let name = path.split(separator: "/").last ?? ""
        guard !name.isEmpty, path != "???", !(name.hasPrefix("<") && name.hasSuffix(">")) else {
            return nil
        }
        guard !path.hasPrefix("/"), let folder, !folder.isEmpty else { return path }
        return "\(folder)/\(path)"
    }
}
