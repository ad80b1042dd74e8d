# SPDX-License-Identifier: Apache-2.0
#
# The checks. lacks_NAME says what NAME cannot run for, and fails if nothing; check_NAME runs it by `both` and
# `compare` of run, and prints a word on what it did, or on what differs, and then fails.

# lacks PACKAGE FILE: installs what is missing; says what still is.
lacks() {
	[ -e "$2" ] || "$here/../../scripts/ensure-packages" conformance "$1" >/dev/null 2>&1 || true
	[ ! -e "$2" ] && echo "no $2 ($1)"
}

# Python's own tests.
# The names of those that did not just pass, and how many there were.
python_results() { sed -nE 's/^(FAIL|ERROR): /&/p; s/^(test_[^ ]+ \([^)]*\)).* \.\.\. .*skipped .*/skipped \1/p; /^Ran /s/ in .*//p; /^(OK|FAILED)/p' | sort; }
python_module() {
	local count
	limit=600 both /usr/bin/python3 -m test -v "$1"
	compare python_results || return
	count=$(sed -n 's/^Ran \([0-9]*\) tests.*/\1/p' "$work/traced.stdout")
	echo "${count:?no tests} tests"
}
testsuite=/usr/lib/python3.11/test
lacks_test_ctypes() { lacks libpython3.11-testsuite $testsuite/test_ctypes.py; }
check_test_ctypes() { python_module test_ctypes; }
lacks_test_import() { lacks libpython3.11-testsuite $testsuite/test_import/__init__.py; }
check_test_import() { python_module test_import; }
lacks_test_ssl() { lacks libpython3.11-testsuite $testsuite/test_ssl.py; }
check_test_ssl() { python_module test_ssl; }
lacks_test_subprocess() { lacks libpython3.11-testsuite $testsuite/test_subprocess.py; }
check_test_subprocess() { python_module test_subprocess; }

# Victims built with a sanitizer, or run under valgrind.
build() { # FLAGS VICTIM…
	local flags=$1 victim
	shift
	make -s -C "$sources" BUILD="$work/victims" VARIANTS=plain FLAGS_plain="-O1 $flags" \
		"${@/#/$work/victims/gcc/}" >/dev/null
}
subjects=(well-behaved threads needs exception thread-local exit-handlers fork-loads namespace-calls dlopen-fails)
subject_libraries=(liba.so libb.so libd.so libtop.so libq0.so libq1.so libq2.so libq3.so libq4.so libthrower.so
	libcatcher.so libperthread.so libhandlers.so librunner.so private/libhidden.so)
run_subjects() { # COMMAND…: before each
	local victim count=0
	for victim in "${subjects[@]}"; do
		both "$@" "$work/victims/gcc/$victim-plain"
		compare without_numbers || { echo "of $victim" && return 1; }
		count=$((count + 1))
	done
	echo "$count programs"
}
# What valgrind thinks of glibc differs from run to run.
without_numbers() { sed -E '/^==[0-9]+==/d; s,0x[0-9A-Fa-f]+,ADDRESS,g; s,\(pid=[0-9]+\),(pid),g'; }
sanitized() {
	rm -rf "$work/victims"
	build "$1" "${subject_libraries[@]}" "${subjects[@]/%/-plain}" || { echo "no build" && return 1; }
	run_subjects
}
runtime() { gcc -print-file-name="lib$1.so"; }
lacks_asan() { lacks libasan8 "$(runtime asan)"; }
check_asan() { sanitized "-fsanitize=address"; }
lacks_tsan() { lacks libtsan2 "$(runtime tsan)"; }
check_tsan() { sanitized "-fsanitize=thread"; }
lacks_ubsan() { lacks libubsan1 "$(runtime ubsan)"; }
check_ubsan() { sanitized "-fsanitize=undefined"; }
lacks_lsan() { lacks liblsan0 "$(runtime lsan)"; }
check_lsan() { sanitized "-fsanitize=leak"; }
lacks_valgrind() { lacks valgrind /usr/bin/valgrind; }
check_valgrind() {
	rm -rf "$work/victims"
	build "" "${subject_libraries[@]}" "${subjects[@]/%/-plain}" || { echo "no build" && return 1; }
	run_subjects valgrind --quiet
}

# A program under an auditor of its own, which is told of the same.
lacks_audit() { lacks gcc /usr/bin/gcc; }
check_audit() {
	rm -rf "$work/victims"
	build "" liba.so libb.so libd.so libauditor.so well-behaved-plain || { echo "no build" && return 1; }
	both env LD_AUDIT="$work/victims/gcc/libauditor.so" "$work/victims/gcc/well-behaved-plain"
	compare || return
	grep -o 'audit:[0-9-]*' "$work/traced.stdout" | tail -1
}

# What gdb says of the core files of the ways to die.
backtrace() {
	gdb -batch -nx -ex 'p $_siginfo.si_signo' -ex 'p $_siginfo.si_code' -ex 'p $_siginfo.si_code > 0 ? (long)$_siginfo._sifields._sigfault.si_addr : 0' \
		-ex bt "$work/crash" "$1" 2>/dev/null |
		sed -nE '/^(\$|#|Thread|Program)/p' |
		sed -E 's/LWP [0-9]+/LWP/g; s/0x[0-9a-f]{6,}/ADDRESS/g; /_start|__libc_start/d'
}
lacks_core() {
	lacks gdb /usr/bin/gdb && return
	grep -qv '^core$' /proc/sys/kernel/core_pattern && echo "core_pattern is $(cat /proc/sys/kernel/core_pattern)"
}
check_core() {
	local way
	gcc -g -O0 -pthread -I"$sources/include" -o "$work/crash" "$here/crash.c" -ldl
	for way in pointer abort divide jump instruction thread raise trap; do
		(ulimit -c unlimited && both setarch --addr-no-randomize "$work/crash" "$way")
		compare || return
		[ -s "$work/untraced/core" ] || { echo "no core of $way" && return 1; }
		diff <(backtrace "$work/untraced/core") <(backtrace "$work/traced/core") >"$work/diff" ||
			{ echo "core of $way" && return 1; }
	done
	echo "8 ways"
}

# Programs that can't be traced: one line says why, and they run as ever.
untraceable() { # REASON COMMAND…
	local reason=$1
	shift
	both "$@"
	cmp -s "$work/untraced.stdout" "$work/traced.stdout" && cmp -s "$work/untraced.status" "$work/traced.status" ||
		{ echo "output or status" && return 1; }
	diff "$work/untraced.stderr" "$work/traced.stderr" >"$work/diff" || true
	grep '^> ' "$work/diff" >"$work/added" || true
	[ "$(wc -l <"$work/added")" = 1 ] && grep -q "cannot trace .*$reason" "$work/added" || { echo "what is said" && return 1; }
	sed 's/^> dltrace: //' "$work/added" | sed "s|$work/||"
}
hello() { echo 'int puts(const char *); int main(void) { puts("hello"); return 3; }' >"$work/hello.c"; }
lacks_static() { lacks gcc /usr/bin/gcc; }
check_static() { hello && gcc -static -o "$work/static" "$work/hello.c" && untraceable static "$work/static"; }
lacks_musl() { lacks musl-tools /usr/bin/musl-gcc; }
check_musl() { hello && musl-gcc -o "$work/musl" "$work/hello.c" && untraceable musl "$work/musl"; }
lacks_32-bit() { lacks gcc-multilib /usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a; }
check_32-bit() { hello && gcc -m32 -o "$work/narrow" "$work/hello.c" && untraceable 32-bit "$work/narrow"; }
lacks_setuid() { lacks passwd /usr/bin/passwd; }
check_setuid() {
	if [ "$(id -u)" -eq 0 ]; then # which is whom they run as
		setpriv --reuid=65534 --regid=65534 --clear-groups "$here/run" setuid >"$work/nobody" || true
		sed -n 's/^setuid *//p' "$work/nobody" | sed 's/^same, //'
		grep -q '^setuid *same' "$work/nobody"
		return
	fi
	untraceable "another user's rights" /usr/bin/passwd --status
}
