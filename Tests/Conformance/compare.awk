# SPDX-License-Identifier: Apache-2.0
#
# compare.awk EXPECTED ACTUAL, each lines of "PID KIND NAME" in the order of events.
#
# Prints one line: processes loads inits finis unloads (expected) recall precision order, where order is
# that of inits, finis and unloads; then a line a difference. Processes are paired first by having
# done the same, since pids are not the same twice, then the rest in the order of their first effect.

BEGIN { kinds = split("load init fini unload", kind_names) }

# What LD_DEBUG shows of a load is the name that was asked for, so only the file's name counts.
{
	pid = $1
	kind = $2
	name = substr($0, length($1) + length($2) + 3)
	sub(/.*\//, "", name)
	file = FILENAME == ARGV[1] ? 1 : 2
	if (!((file, pid) in known)) {
		known[file, pid] = 1
		pids[file, ++processes[file]] = pid
	}
	done[file, pid, kind] = done[file, pid, kind] "/" name
	total[file, kind]++
	all[file]++
}

# Everything that a process did.
function whole(file, pid,    text, k) {
	text = ""
	for (k = 1; k <= kinds; k++) text = text " " done[file, pid, kind_names[k]]
	return text
}

# Adds what two processes have in common; notes what only one of them has.
function compare(one, two,    k, kind, before, names, n, i, name, left) {
	for (k = 1; k <= kinds; k++) {
		kind = kind_names[k]
		before = differences
		split("", left)
		n = split(substr(done[1, one, kind], 2), names, "/")
		for (i = 1; i <= n; i++) left[names[i]]++
		n = split(substr(done[2, two, kind], 2), names, "/")
		for (i = 1; i <= n; i++)
			if (left[names[i]]-- > 0) common++
			else difference(one, two, kind, "only traced: " names[i])
		for (name in left)
			if (left[name] > 0)
				difference(one, two, kind, "only untraced: " name (left[name] > 1 ? " x " left[name] : ""))
		if (kind != "load" && before == differences && done[1, one, kind] != done[2, two, kind]) {
			disordered = 1
			difference(one, two, kind, "order: " done[1, one, kind] " but traced " done[2, two, kind])
		}
	}
}

function difference(one, two, kind, text) {
	note[++differences] = "processes " (one == "" ? "none" : one) " and " (two == "" ? "none" : two) ": " kind " " text
}

# Rounded down, so that 100% is all.
function percent(part, of) { return of == 0 ? "100%" : int(100 * part / of) "%" }

END {
	for (i = 1; i <= processes[2]; i++) {
		text = whole(2, pids[2, i])
		waiting[text, ++count[text]] = i
	}
	for (i = 1; i <= processes[1]; i++) {
		text = whole(1, pids[1, i])
		if (taken[text] < count[text]) {
			j = waiting[text, ++taken[text]]
			paired[1, i] = paired[2, j] = 1
			compare(pids[1, i], pids[2, j])
		}
	}
	j = 1
	for (i = 1; i <= processes[1]; i++) {
		if (paired[1, i]) continue
		while (paired[2, j]) j++
		compare(pids[1, i], pids[2, j++])
	}
	for (; j <= processes[2]; j++) if (!paired[2, j]) compare("", pids[2, j])

	if (all[1] == 0) difference("", "", "", "nothing in glibc's account")
	print processes[1] + 0, total[1, "load"] + 0, total[1, "init"] + 0, total[1, "fini"] + 0, \
		total[1, "unload"] + 0, percent(common, all[1]), percent(common, all[2]), \
		disordered ? "differs" : "same"
	for (i = 1; i <= differences && i <= 20; i++) print note[i]
	if (differences > 20) print "and " differences - 20 " more"
}
