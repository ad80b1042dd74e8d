# SPDX-License-Identifier: Apache-2.0
#
# LD_DEBUG=files,libs -> one line an effect: PID KIND NAME, where NAME is the path as glibc spells it,
# with @n for a namespace other than the program's; the main program has none and is "program".
#
# A line is "   PID:\tfile=NAME [NS];  generating link map" or the like. That one comes before the file is
# mapped; only the next, "  dynamic: ...", says that it was. A forked child writes to its
# parent's file, so that it is the number in the line that counts.

function effect(kind, name,    space) {
	space = ""
	if (match(name, / \[-?[0-9]+\]$/)) {
		space = substr(name, RSTART + 2, RLENGTH - 3)
		name = substr(name, 1, RSTART - 1)
	}
	if (name == "") name = "program"
	print pid, kind, name (space == "" || space == "0" ? "" : "@" space)
}

match($0, /^ *[0-9]+:\t/) {
	pid = substr($0, 1, RLENGTH - 2) + 0
	line = substr($0, RLENGTH + 1)
	if (line ~ /^file=.*;  generating link map$/)
		announced[pid] = substr(line, 6, length(line) - 5 - 22)
	else if (line ~ /^  dynamic: / && pid in announced) {
		effect("load", announced[pid])
		delete announced[pid]
	}
	else if (line ~ /^file=.*;  destroying link map$/)
		effect("unload", substr(line, 6, length(line) - 5 - 22))
	else if (line ~ /^calling init: /)
		effect("init", substr(line, 15))
	else if (line ~ /^calling fini: /)
		effect("fini", substr(line, 15))
}
