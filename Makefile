# The front door. `make help` lists what there is.
#
# SPDX-License-Identifier: Apache-2.0

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# Where Swift builds; a second one must be named .build-NAME.
SCRATCH ?= .build
VICTIMS ?= $(CURDIR)/build/victims
# How much `make bench` measures, and the events of its largest trace.
BENCH ?= default
EVENTS ?=

# Where bash, zsh and fish look below share/.
COMPLETIONS := bash-completion/completions/dltrace zsh/site-functions/_dltrace fish/vendor_completions.d/dltrace.fish

JOBS := -j$(shell nproc)
SWIFT_BUILD := $(SWIFT) build --scratch-path $(SCRATCH)
LIBRARY := interposer/build/libdltrace.so
CLANG := $(shell command -v clang 2>/dev/null)
C_SOURCES = $(shell git ls-files -co --exclude-standard '*.c' '*.h' '*.cpp')
SWIFT_SOURCES = Package.swift $(wildcard Sources Tests)

.DEFAULT_GOAL := help

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: packages interposer dltrace demo-victims ## build all, trace a program as in TensorRT issue 4617, show the report
	@DLTRACE=$(SCRATCH)/debug/dltrace VICTIMS=$(VICTIMS)/gcc scripts/demo

.PHONY: test
test: packages test-packages interposer victims ## run every test
	+$(MAKE) -C interposer check
	$(SWIFT) test --scratch-path $(SCRATCH) --disable-xctest

.PHONY: conformance
conformance: interposer dltrace ## compare what is recorded of Debian's programs with glibc's own account
	@DLTRACE=$(abspath $(SCRATCH)/debug/dltrace) DLTRACE_LIBRARY=$(abspath $(LIBRARY)) Tests/Conformance/run $(PROGRAMS)

.PHONY: faults
faults: interposer dltrace ## kill, stop and starve programs and collectors, and count what is lost
	@DLTRACE=$(abspath $(SCRATCH)/debug/dltrace) DLTRACE_LIBRARY=$(abspath $(LIBRARY)) Tests/Faults/run $(FAULTS)

.PHONY: soak
soak: interposer release ## a daemon under load for SOAK_SECONDS (30 minutes): nothing may grow
	@DLTRACE=$(abspath $(SCRATCH)/release/dltrace) DLTRACE_LIBRARY=$(abspath $(LIBRARY)) Tests/Soak/run

.PHONY: limits
limits: interposer dltrace ## try what docs/limits.md states: 4,000 libraries, 1,000 threads, 10,000 processes
	@DLTRACE=$(abspath $(SCRATCH)/debug/dltrace) DLTRACE_LIBRARY=$(abspath $(LIBRARY)) Tests/Limits/run $(LIMITS)

.PHONY: unnoticed
unnoticed: interposer dltrace ## compare what look closely at themselves, traced and untraced: Python's tests, sanitizers, core files
	@DLTRACE=$(abspath $(SCRATCH)/debug/dltrace) DLTRACE_LIBRARY=$(abspath $(LIBRARY)) Tests/Unnoticed/run $(CHECKS)

.PHONY: fuzz
fuzz: packages ## libFuzzer over what reads pipes and spill files (TARGETS=, FUZZ_SECONDS=600)
	for program in FuzzDecoder FuzzIngest FuzzAnswers; do DLTRACE_FUZZ=1 $(SWIFT) build --scratch-path .build-fuzz -c release --sanitize fuzzer --product $$program || exit 1; done
	@FUZZERS=.build-fuzz/release Tests/Fuzz/run $(TARGETS)

.PHONY: interposer
interposer: packages ## build interposer/build/libdltrace.so
	+$(MAKE) -C interposer

.PHONY: dltrace
dltrace: packages ## build the dltrace command (debug)
	$(SWIFT_BUILD) --product dltrace

.PHONY: release
release: packages ## build the dltrace command (release, with the Swift library inside)
	$(SWIFT_BUILD) -c release --static-swift-stdlib --product dltrace

.PHONY: lint
lint: packages ## check format, compiler warnings and static analysis
	$(SWIFT) format lint --strict --recursive $(SWIFT_SOURCES)
	scripts/lint-c
	scripts/format-c --check $(C_SOURCES)
	for script in .ci/run $$(git ls-files -co --exclude-standard scripts bench/reports Tests/Conformance Tests/Unnoticed ":!*.awk" ":!*.c"); do bash -n $$script || exit 1; done
	/usr/bin/python3 -c 'import ast, sys; [ast.parse(open(name).read(), name) for name in sys.argv[1:]]' bench/run bench/*/*.py

.PHONY: fmt
fmt: ## format every source file in place
	$(SWIFT) format --in-place --recursive $(SWIFT_SOURCES)
	scripts/format-c --in-place $(C_SOURCES)

.PHONY: bench
bench: interposer release bench-packages ## measure what tracing costs here, and its peers; BENCH=quick, default or full
	+$(MAKE) --no-print-directory -C bench
	@DLTRACE=$(SCRATCH)/release/dltrace LIBRARY=$(LIBRARY) bench/run $(BENCH) $(if $(EVENTS),--events $(EVENTS))

.PHONY: install
install: interposer release ## install below DESTDIR and PREFIX (/usr/local)
	install -D -m 755 $(SCRATCH)/release/dltrace $(DESTDIR)$(PREFIX)/bin/dltrace
	install -D -m 755 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/dltrace/libdltrace.so
	install -D -m 644 Sources/DLTraceStore/Schema/views.sql $(DESTDIR)$(PREFIX)/share/dltrace/views.sql
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,$(dir $(COMPLETIONS))) $(DESTDIR)$(PREFIX)/lib/systemd/user
	$(SCRATCH)/release/dltrace --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/$(word 1,$(COMPLETIONS))
	$(SCRATCH)/release/dltrace --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/$(word 2,$(COMPLETIONS))
	$(SCRATCH)/release/dltrace --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/$(word 3,$(COMPLETIONS))
	sed 's|/usr/local/|$(PREFIX)/|g' docs/dltrace.service > $(DESTDIR)$(PREFIX)/lib/systemd/user/dltrace.service
	@echo 'dltrace: for the sqlite3 shell: .read $(PREFIX)/share/dltrace/views.sql'

.PHONY: clean
clean: ## remove what the builds made
	rm -rf $(SCRATCH) .build-fuzz build interposer/build bench/build

# What the targets above need.

.PHONY: packages
packages:
	@scripts/ensure-packages build

.PHONY: test-packages
test-packages:
	@scripts/ensure-packages test

.PHONY: bench-packages
bench-packages:
	@scripts/ensure-packages bench

.PHONY: victims
victims: packages
	+$(MAKE) --no-print-directory -C Tests/Victims BUILD=$(VICTIMS) $(JOBS)
ifneq ($(CLANG),)
	+$(MAKE) --no-print-directory -C Tests/Victims BUILD=$(VICTIMS) COMPILER=clang $(JOBS)
endif

.PHONY: demo-victims
demo-victims: packages
	@+$(MAKE) --no-print-directory -C Tests/Victims BUILD=$(VICTIMS) $(JOBS) demo
