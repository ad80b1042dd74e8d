/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire format: what libdltrace.so writes, into the pipe or a spill file, and the collector
 * reads. This header is its only definition; C and Swift share it and nothing else
 * (docs/wire-format.md explains).
 *
 * A stream is a sequence of records from one process image. A record is a header, a body struct
 * named after its kind, and the body's variable data in the order the struct names it. A record is
 * one write(2) of at most DLT_WIRE_RECORD_MAX bytes, so that records of many threads and processes
 * never mix in a pipe (pipe(7): writes of up to PIPE_BUF bytes are atomic). An event that needs
 * more goes in numbered parts: each part repeats the header (same seq), and the bodies are laid
 * end to end.
 *
 * All numbers are little-endian. Strings are bytes as the program had them, without a terminating
 * zero, and in no particular encoding. `reserved` fields are written as zero and ignored by
 * readers.
 *
 * Versions: a new kind, a new enumerator or the use of a reserved field keeps the version (readers
 * skip kinds they do not know). Any other change to a struct raises DLT_WIRE_VERSION, and the
 * golden bytes of the old version stay in Tests/Fixtures/wire.
 */
#ifndef DLTRACE_WIRE_H
#define DLTRACE_WIRE_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define DLT_WIRE_MAGIC 0x31544c44u /* "DLT1" */
#define DLT_WIRE_VERSION 1
#define DLT_WIRE_SPILL_END 0x45544c44u /* "DLTE": ends a spill file that another one follows */
#define DLT_WIRE_RECORD_MAX 4096       /* PIPE_BUF on Linux, pipe(7) */
#define DLT_WIRE_ALIGN 8	       /* every record's length is a multiple of it, zero-padded */
#define DLT_WIRE_FRAMES_MAX 128	       /* return addresses in one stack */
#define DLT_WIRE_PARTS_MAX 64	       /* parts of one event */

/* What a record says. What begins something is ended by a DLT_WIRE_END that names its seq. */
enum dlt_wire_kind {
	DLT_WIRE_HELLO = 1,	/* struct dlt_wire_hello: first of a stream */
	DLT_WIRE_BYE = 2,	/* struct dlt_wire_bye: last of a stream; else it was killed */
	DLT_WIRE_LOST = 3,	/* struct dlt_wire_lost: records that could be written nowhere */
	DLT_WIRE_LOAD = 4,	/* struct dlt_wire_load: an object that was not there before */
	DLT_WIRE_UNLOAD = 5,	/* struct dlt_wire_unload: an object that is gone */
	DLT_WIRE_DLOPEN = 6,	/* struct dlt_wire_dlopen, begins */
	DLT_WIRE_DLMOPEN = 7,	/* struct dlt_wire_dlopen, begins */
	DLT_WIRE_DLCLOSE = 8,	/* struct dlt_wire_dlclose, begins */
	DLT_WIRE_FINI = 9,	/* struct dlt_wire_fini, begins: the loader finalizes one object */
	DLT_WIRE_FUNCTION = 10, /* struct dlt_wire_function, begins: one destructor function runs */
	DLT_WIRE_END = 11,	/* struct dlt_wire_end */
	DLT_WIRE_EXIT = 12,	/* struct dlt_wire_exit: the process starts to exit */
	DLT_WIRE_FAULT = 13,	/* struct dlt_wire_fault: a signal that will end the process */
	DLT_WIRE_FORK = 14,	/* struct dlt_wire_fork: in the parent, after fork */
	DLT_WIRE_INIT = 15, /* struct dlt_wire_fini, begins: the loader initializes one object */
	DLT_WIRE_REGISTER = 16, /* struct dlt_wire_register: an address is given to the C library */
	DLT_WIRE_THREAD = 17,	/* struct dlt_wire_thread: in the creator, before the creation */
	DLT_WIRE_THREAD_START = 18, /* struct dlt_wire_thread_start, begins: in the new thread */
	DLT_WIRE_LEFT = 19,	    /* struct dlt_wire_left: what refers to an object that goes */
	DLT_WIRE_STALE = 20,	    /* struct dlt_wire_stale: use of a handle closed for good */
	DLT_WIRE_STAYED = 21,	    /* struct dlt_wire_stayed: why a dlclose left an object */
};

/* Where in a program's end an event happens; rules.md names the phases. */
enum dlt_wire_phase {
	DLT_WIRE_PHASE_NONE = 0,	  /* beneath no destructor or constructor */
	DLT_WIRE_PHASE_DLCLOSE = 1,	  /* beneath an object's fini inside a dlclose */
	DLT_WIRE_PHASE_EXIT_HANDLERS = 2, /* beneath an exit handler that exit calls */
	DLT_WIRE_PHASE_EXIT_FINI = 3,	  /* beneath _dl_fini, which holds every object in memory */
	DLT_WIRE_PHASE_THREAD_EXIT = 4,	  /* beneath a thread_local or pthread_key destructor */
	DLT_WIRE_PHASE_CONSTRUCTOR = 5,	  /* beneath an object's constructors inside a dlopen */
};

/* How an object came to be in the process. */
enum dlt_wire_origin {
	DLT_WIRE_ORIGIN_FILE = 1,    /* mapped from a file: LD_DEBUG "generating link map" */
	DLT_WIRE_ORIGIN_PROGRAM = 2, /* the main program, mapped by the kernel */
	DLT_WIRE_ORIGIN_LOADER = 3,  /* ld.so itself */
	DLT_WIRE_ORIGIN_VDSO = 4,    /* the kernel's vdso; it has no file */
	DLT_WIRE_ORIGIN_TRACER = 5,  /* libdltrace.so itself */
};

/* dlt_wire_load.properties */
#define DLT_WIRE_HAS_UNIQUE 0x0001   /* defines an STB_GNU_UNIQUE symbol: stays once bound */
#define DLT_WIRE_HAS_TLS 0x0002	     /* has a PT_TLS segment */
#define DLT_WIRE_HAS_INIT 0x0004     /* has DT_INIT or a DT_INIT_ARRAY that is not empty */
#define DLT_WIRE_HAS_FINI 0x0008     /* has DT_FINI or a DT_FINI_ARRAY that is not empty */
#define DLT_WIRE_AT_START 0x0010     /* was there before the program's own code ran */
#define DLT_WIRE_UNSEEN_FINI 0x0020  /* its fini functions could not be hooked */
#define DLT_WIRE_HAS_SYMBOLIC 0x0040 /* DT_SYMBOLIC or DF_SYMBOLIC */
#define DLT_WIRE_PINNED 0x0080	     /* DLTRACE_PIN names it: never unloaded */

/* Why a destructor function runs: who had it registered where. */
enum dlt_wire_function_type {
	DLT_WIRE_FINI_ARRAY = 1,   /* an entry of DT_FINI_ARRAY; attribute destructor */
	DLT_WIRE_DT_FINI = 2,	   /* DT_FINI */
	DLT_WIRE_CXA_ATEXIT = 3,   /* __cxa_atexit: a C++ static destructor, or atexit(3) */
	DLT_WIRE_ON_EXIT = 4,	   /* on_exit(3) */
	DLT_WIRE_QUICK_EXIT = 5,   /* at_quick_exit(3) */
	DLT_WIRE_THREAD_LOCAL = 6, /* __cxa_thread_atexit_impl: a C++ thread_local destructor */
	DLT_WIRE_TLS_KEY = 7,	   /* the destructor of a pthread_key_create(3) key */
	DLT_WIRE_FORK_HANDLER = 8, /* pthread_atfork(3): prepare, parent or child handler */
};

/* What refers to an object without being seen by the loader. */
enum dlt_wire_reference {
	DLT_WIRE_REF_TLS_KEY = 1,	 /* pthread_key_create: number is the key */
	DLT_WIRE_REF_TLS_KEY_DELETE = 2, /* pthread_key_delete: number is the key */
	DLT_WIRE_REF_SIGNAL = 3,	 /* sigaction, signal: number is the signal; address 0 is
					    SIG_DFL, 1 SIG_IGN */
	DLT_WIRE_REF_EXIT_HANDLER = 4,	 /* __cxa_atexit of a function outside its dso_handle's
					    object */
	DLT_WIRE_REF_ON_EXIT = 5,	 /* on_exit */
	DLT_WIRE_REF_ENVIRON = 6,	 /* putenv: address is the string's, text the name */
	DLT_WIRE_REF_FORK_HANDLER = 7, /* pthread_atfork: number is 0 prepare, 1 parent, 2 child */
	DLT_WIRE_REF_THREAD_LOCAL = 8, /* __cxa_thread_atexit_impl */
	/* in LEFT alone */
	DLT_WIRE_REF_THREAD = 9,	/* a thread's start routine: number is its tid */
	DLT_WIRE_REF_THREAD_STACK = 10, /* a frame of a thread's stack: number is its tid */
	DLT_WIRE_REF_POINTER = 11,	/* a word of writable memory, found by the census */
};

/* Which function was given a stale handle. */
enum dlt_wire_stale_function {
	DLT_WIRE_STALE_DLSYM = 1,
	DLT_WIRE_STALE_DLVSYM = 2,
	DLT_WIRE_STALE_DLINFO = 3,
};

/* What keeps an object that nobody has open any more. */
enum dlt_wire_reason {
	DLT_WIRE_REASON_UNIQUE = 1,  /* the holder binds to this STB_GNU_UNIQUE symbol of it */
	DLT_WIRE_REASON_BINDING = 2, /* the holder, which does not need it, binds to this symbol */
};

/* How a process starts to exit, dlt_wire_exit.how. */
enum dlt_wire_exit_how {
	DLT_WIRE_EXIT_CALL = 1,	  /* exit(3) was called */
	DLT_WIRE_EXIT_RETURN = 2, /* main returned, or an unseen caller of exit */
	DLT_WIRE_EXIT_QUICK = 3,  /* quick_exit(3) */
	DLT_WIRE_EXIT_NOW = 4,	  /* _exit(2) or _Exit: no handler and no fini runs */
};

/* dlt_wire_stack.flags */
#define DLT_WIRE_STACK_TRUNCATED 0x0001 /* more frames than DLT_WIRE_FRAMES_MAX */
#define DLT_WIRE_STACK_EXACT 0x0002	/* frame 0 is the program counter itself */
#define DLT_WIRE_STACK_BROKEN 0x0004	/* ended at a frame without good unwind information */
#define DLT_WIRE_STACK_ENCLOSED 0x0008	/* ends at the enclosing event, whose stack continues it */

/* 64 bytes at the start of every record. */
struct dlt_wire_header {
	uint32_t magic;	  /* DLT_WIRE_MAGIC; a reader that lost its place looks for the next one */
	uint16_t version; /* DLT_WIRE_VERSION */
	uint16_t kind;	  /* enum dlt_wire_kind */
	uint32_t length;  /* bytes of this record with its header and padding */
	uint16_t part;	  /* number of this part, from 0 */
	uint16_t parts;	  /* parts of this event, 1 for nearly all */
	uint32_t pid;	  /* getpid(2) in the process's own pid namespace */
	uint32_t tid;	  /* gettid(2) of the thread the event happened in */
	uint64_t stream;  /* random, never 0; a new one for each process image and forked child */
	uint64_t seq;	  /* 1, 2, 3, ... in the stream; a gap is a loss */
	uint64_t time_ns; /* CLOCK_MONOTONIC in ns when the event happened */
	uint64_t parent;  /* seq of the thread's innermost event that has not ended, or 0 */
	uint16_t phase;	  /* enum dlt_wire_phase the event happened in */
	uint16_t body_padding; /* zeros at the end of this part, 0 to 7 */
	uint32_t reserved;
};

/* A backtrace, embedded in a body: `count` return addresses (uint64_t), innermost first, follow. */
struct dlt_wire_stack {
	uint16_t count; /* 0 to DLT_WIRE_FRAMES_MAX */
	uint16_t flags; /* DLT_WIRE_STACK_* */
	uint32_t reserved;
};

/* Then: executable, arguments (each with its terminating zero), interposer version. */
struct dlt_wire_hello {
	uint64_t realtime_ns;	/* CLOCK_REALTIME in ns, taken together with the header's time_ns */
	uint64_t parent_stream; /* of a forked child: its parent's stream; else 0 */
	uint64_t parent_seq;	/* last seq the parent had given out at the fork; else 0 */
	uint32_t ppid;		/* getppid(2) */
	uint32_t flags;		/* DLT_WIRE_HELLO_* */
	uint32_t executable_bytes; /* of /proc/self/exe */
	uint32_t arguments_bytes;
	uint32_t version_bytes; /* of the interposer's version, "0.1.0" */
	uint32_t reserved;
};

#define DLT_WIRE_HELLO_NO_IDENTITY 0x0001 /* shadow stack: dlopen can't pass its caller on */
#define DLT_WIRE_HELLO_NO_FAULTS 0x0002	  /* fatal signals are not recorded */
#define DLT_WIRE_HELLO_QUARANTINE 0x0004  /* unloaded ranges stay reserved */
#define DLT_WIRE_HELLO_PIN 0x0008	  /* some libraries are never unloaded */
#define DLT_WIRE_HELLO_CENSUS 0x0010	  /* memory is searched after each unload */

struct dlt_wire_bye {
	int32_t status; /* as given to exit(3) or _exit(2) */
	uint32_t how;	/* enum dlt_wire_exit_how */
};

/* Its seq is above all that were given out: what is missing before it never arrived. */
struct dlt_wire_lost {
	uint64_t records; /* known to have been written nowhere; their seqs are missing */
};

/* Then: path, soname, build id (raw bytes), DT_NEEDED names (each with its terminating zero). */
struct dlt_wire_load {
	uint64_t link_map;   /* address of its struct link_map, which is its handle; 0 if unknown */
	uint64_t base;	     /* l_addr: what to add to an address in the file */
	uint64_t start;	     /* lowest mapped address */
	uint64_t end;	     /* first address behind it */
	uint32_t generation; /* number of this load in the process, from 1, never reused */
	uint32_t flags_1;    /* DT_FLAGS_1 */
	uint32_t lmid;	     /* namespace, 0 is LM_ID_BASE */
	uint16_t origin;     /* enum dlt_wire_origin */
	uint16_t properties; /* DLT_WIRE_HAS_* and following */
	uint32_t path_bytes; /* absolute, as the loader spells it; the vdso's bare name */
	uint32_t soname_bytes;
	uint32_t build_id_bytes;
	uint32_t needed_bytes;
};

struct dlt_wire_unload {
	uint32_t generation;
	uint32_t reserved;
};

/* Then: frames, name. Begins a dlopen(3) or dlmopen(3). */
struct dlt_wire_dlopen {
	int64_t lmid;	     /* as given to dlmopen: LM_ID_NEWLM is -1; 0 for dlopen */
	uint32_t flags;	     /* RTLD_* as given */
	uint32_t name_bytes; /* DLT_WIRE_NO_NAME: the null pointer */
	struct dlt_wire_stack stack;
};

#define DLT_WIRE_NO_NAME 0xffffffffu

/* Then: frames. Begins a dlclose(3). */
struct dlt_wire_dlclose {
	uint64_t handle;
	uint32_t generation; /* of the object whose handle this is; 0 where no live object has it */
	uint32_t reserved;
	struct dlt_wire_stack stack;
};

/* Begins the finalization of one object, LD_DEBUG "calling fini"; in INIT its initialization. */
struct dlt_wire_fini {
	uint32_t generation;
	uint32_t flags; /* DLT_WIRE_FINI_* */
};

#define DLT_WIRE_FINI_DEDUCED 0x0001 /* it has no such function: deduced */

/* Begins one call of a destructor function. Its stack is that of the enclosing event. */
struct dlt_wire_function {
	uint64_t function;   /* its address */
	uint64_t argument;   /* as registered; 0 where it takes none */
	uint64_t dso_handle; /* as registered with __cxa_atexit; 0 elsewhere */
	uint32_t generation; /* of the object the function lies in; 0 where none does */
	uint16_t type;	     /* enum dlt_wire_function_type */
	uint16_t reserved;
};

/* Then: text. Ends the event whose seq is the header's parent. */
struct dlt_wire_end {
	uint64_t result;     /* dlopen, dlmopen: the handle; dlclose: the int returned; else 0 */
	uint32_t generation; /* dlopen, dlmopen: of the handle's object, 0 on failure */
	uint32_t text_bytes; /* dlerror(3)'s text on failure */
};

/* Then: frames. */
struct dlt_wire_exit {
	int32_t status;
	uint32_t how; /* enum dlt_wire_exit_how; status is meaningless for DLT_WIRE_EXIT_RETURN */
	struct dlt_wire_stack stack;
};

/* Then: frames. The registers are the interrupted thread's. */
struct dlt_wire_fault {
	int32_t signal;
	int32_t code;	  /* si_code, sigaction(2) */
	uint64_t address; /* si_addr; for a signal that was sent (code <= 0): the sender's pid */
	uint64_t pc;
	uint64_t sp;
	struct dlt_wire_stack stack;
};

struct dlt_wire_fork {
	uint64_t child_stream; /* the stream the child opens */
};

/* Then: frames, text. What is registered, replaced or removed. */
struct dlt_wire_register {
	uint64_t address;    /* of the function or string */
	uint64_t argument;   /* as registered; 0 where it takes none */
	uint64_t dso_handle; /* as registered; 0 where there is none */
	int64_t number;	     /* key or signal, see enum dlt_wire_reference */
	uint32_t generation; /* of the object the address lies in; 0 where none does */
	uint16_t type;	     /* enum dlt_wire_reference */
	uint16_t reserved;
	uint32_t text_bytes; /* of an environment variable's name */
	uint32_t reserved_2;
	struct dlt_wire_stack stack;
};

/* Then: frames. A creation that failed has an END with the error number as its result. */
struct dlt_wire_thread {
	uint64_t function; /* the start routine */
	uint64_t argument;
	uint32_t generation; /* of the object the routine lies in; 0 where none does */
	uint32_t reserved;
	struct dlt_wire_stack stack;
};

/* Ended when the thread is done with its routine and all destructors. */
struct dlt_wire_thread_start {
	uint64_t thread_seq; /* of the THREAD that created it */
	uint64_t function;   /* the start routine */
	uint32_t generation; /* of the object the routine lies in; 0 where none does */
	uint32_t reserved;
};

/*
 * Then: frames (of THREAD_STACK: that thread's), text (of ENVIRON: the name). Beneath a dlclose (or
 * a dlopen that failed): what still refers to an object that it has just unloaded. Beneath an EXIT:
 * THREAD and THREAD_STACK of a thread that runs on while the object's fini runs.
 */
struct dlt_wire_left {
	uint64_t address;	    /* in the object: function, string, return address */
	int64_t number;		    /* key, signal or tid, see enum dlt_wire_reference */
	uint64_t holder;	    /* of POINTER: the address of the word; else 0 */
	uint64_t registered_seq;    /* of the REGISTER or THREAD that made it; 0 if none was seen */
	uint64_t registered_stream; /* the stream that has it: an ancestor's after a fork */
	uint32_t generation;	    /* of the object that goes */
	uint32_t holder_generation; /* of POINTER: the object with the word; else 0 */
	uint16_t type;		    /* enum dlt_wire_reference */
	uint16_t reserved;
	uint32_t text_bytes;
	struct dlt_wire_stack stack;
};

/* Then: frames, name. */
struct dlt_wire_stale {
	uint64_t handle;
	uint32_t generation; /* of the object that is still there with this handle; else 0 */
	uint16_t function;   /* enum dlt_wire_stale_function */
	uint16_t reserved;
	uint32_t name_bytes; /* the symbol asked for */
	uint32_t reserved_2;
	struct dlt_wire_stack stack;
};

/* Then: symbol. Beneath the dlclose that took the object's last open. */
struct dlt_wire_stayed {
	uint32_t generation;	    /* of the object that stayed */
	uint32_t holder_generation; /* of the object that binds to it */
	uint16_t reason;	    /* enum dlt_wire_reason */
	uint16_t reserved;
	uint32_t symbol_bytes;
};

/*
 * The ledger is a file beside the spill folder, named as the folder with DLT_WIRE_LEDGER_SUFFIX
 * behind it, and has nothing but these: one for each process that could map no spill file. It has
 * its room on the disk before the disk is full. A slot is claimed by setting `owner`, and freed by
 * the reader, once the process is gone and what the slot says is in the database.
 */
struct dlt_wire_ledger_slot {
	uint64_t owner; /* 0: free; else a pid, above it the inode of its pid namespace */
	struct dlt_wire_header hello_header; /* a HELLO without arguments, magic stored last */
	struct dlt_wire_hello hello;
	char text[320]; /* the HELLO's; what is behind its length is of no meaning */
	struct dlt_wire_header lost_header; /* a LOST, magic stored last */
	struct dlt_wire_lost lost;
};

#define DLT_WIRE_LEDGER_SUFFIX ".ledger"
#define DLT_WIRE_LEDGER_BYTES 65536 /* or less, where there was no room for that much */

#define DLT_WIRE_ASSERT(type, field, offset) \
	static_assert(offsetof(struct type, field) == (offset), #type "." #field)

static_assert(sizeof(struct dlt_wire_header) == 64, "dlt_wire_header");
DLT_WIRE_ASSERT(dlt_wire_header, magic, 0);
DLT_WIRE_ASSERT(dlt_wire_header, version, 4);
DLT_WIRE_ASSERT(dlt_wire_header, kind, 6);
DLT_WIRE_ASSERT(dlt_wire_header, length, 8);
DLT_WIRE_ASSERT(dlt_wire_header, part, 12);
DLT_WIRE_ASSERT(dlt_wire_header, parts, 14);
DLT_WIRE_ASSERT(dlt_wire_header, pid, 16);
DLT_WIRE_ASSERT(dlt_wire_header, tid, 20);
DLT_WIRE_ASSERT(dlt_wire_header, stream, 24);
DLT_WIRE_ASSERT(dlt_wire_header, seq, 32);
DLT_WIRE_ASSERT(dlt_wire_header, time_ns, 40);
DLT_WIRE_ASSERT(dlt_wire_header, parent, 48);
DLT_WIRE_ASSERT(dlt_wire_header, phase, 56);
DLT_WIRE_ASSERT(dlt_wire_header, body_padding, 58);
DLT_WIRE_ASSERT(dlt_wire_header, reserved, 60);
static_assert(sizeof(struct dlt_wire_stack) == 8, "dlt_wire_stack");
DLT_WIRE_ASSERT(dlt_wire_stack, count, 0);
DLT_WIRE_ASSERT(dlt_wire_stack, flags, 2);
DLT_WIRE_ASSERT(dlt_wire_stack, reserved, 4);
static_assert(sizeof(struct dlt_wire_hello) == 48, "dlt_wire_hello");
DLT_WIRE_ASSERT(dlt_wire_hello, realtime_ns, 0);
DLT_WIRE_ASSERT(dlt_wire_hello, parent_stream, 8);
DLT_WIRE_ASSERT(dlt_wire_hello, parent_seq, 16);
DLT_WIRE_ASSERT(dlt_wire_hello, ppid, 24);
DLT_WIRE_ASSERT(dlt_wire_hello, flags, 28);
DLT_WIRE_ASSERT(dlt_wire_hello, executable_bytes, 32);
DLT_WIRE_ASSERT(dlt_wire_hello, arguments_bytes, 36);
DLT_WIRE_ASSERT(dlt_wire_hello, version_bytes, 40);
DLT_WIRE_ASSERT(dlt_wire_hello, reserved, 44);
static_assert(sizeof(struct dlt_wire_bye) == 8, "dlt_wire_bye");
DLT_WIRE_ASSERT(dlt_wire_bye, status, 0);
DLT_WIRE_ASSERT(dlt_wire_bye, how, 4);
static_assert(sizeof(struct dlt_wire_lost) == 8, "dlt_wire_lost");
DLT_WIRE_ASSERT(dlt_wire_lost, records, 0);
static_assert(sizeof(struct dlt_wire_load) == 64, "dlt_wire_load");
DLT_WIRE_ASSERT(dlt_wire_load, link_map, 0);
DLT_WIRE_ASSERT(dlt_wire_load, base, 8);
DLT_WIRE_ASSERT(dlt_wire_load, start, 16);
DLT_WIRE_ASSERT(dlt_wire_load, end, 24);
DLT_WIRE_ASSERT(dlt_wire_load, generation, 32);
DLT_WIRE_ASSERT(dlt_wire_load, flags_1, 36);
DLT_WIRE_ASSERT(dlt_wire_load, lmid, 40);
DLT_WIRE_ASSERT(dlt_wire_load, origin, 44);
DLT_WIRE_ASSERT(dlt_wire_load, properties, 46);
DLT_WIRE_ASSERT(dlt_wire_load, path_bytes, 48);
DLT_WIRE_ASSERT(dlt_wire_load, soname_bytes, 52);
DLT_WIRE_ASSERT(dlt_wire_load, build_id_bytes, 56);
DLT_WIRE_ASSERT(dlt_wire_load, needed_bytes, 60);
static_assert(sizeof(struct dlt_wire_unload) == 8, "dlt_wire_unload");
DLT_WIRE_ASSERT(dlt_wire_unload, generation, 0);
DLT_WIRE_ASSERT(dlt_wire_unload, reserved, 4);
static_assert(sizeof(struct dlt_wire_dlopen) == 24, "dlt_wire_dlopen");
DLT_WIRE_ASSERT(dlt_wire_dlopen, lmid, 0);
DLT_WIRE_ASSERT(dlt_wire_dlopen, flags, 8);
DLT_WIRE_ASSERT(dlt_wire_dlopen, name_bytes, 12);
DLT_WIRE_ASSERT(dlt_wire_dlopen, stack, 16);
static_assert(sizeof(struct dlt_wire_dlclose) == 24, "dlt_wire_dlclose");
DLT_WIRE_ASSERT(dlt_wire_dlclose, handle, 0);
DLT_WIRE_ASSERT(dlt_wire_dlclose, generation, 8);
DLT_WIRE_ASSERT(dlt_wire_dlclose, reserved, 12);
DLT_WIRE_ASSERT(dlt_wire_dlclose, stack, 16);
static_assert(sizeof(struct dlt_wire_fini) == 8, "dlt_wire_fini");
DLT_WIRE_ASSERT(dlt_wire_fini, generation, 0);
DLT_WIRE_ASSERT(dlt_wire_fini, flags, 4);
static_assert(sizeof(struct dlt_wire_function) == 32, "dlt_wire_function");
DLT_WIRE_ASSERT(dlt_wire_function, function, 0);
DLT_WIRE_ASSERT(dlt_wire_function, argument, 8);
DLT_WIRE_ASSERT(dlt_wire_function, dso_handle, 16);
DLT_WIRE_ASSERT(dlt_wire_function, generation, 24);
DLT_WIRE_ASSERT(dlt_wire_function, type, 28);
DLT_WIRE_ASSERT(dlt_wire_function, reserved, 30);
static_assert(sizeof(struct dlt_wire_end) == 16, "dlt_wire_end");
DLT_WIRE_ASSERT(dlt_wire_end, result, 0);
DLT_WIRE_ASSERT(dlt_wire_end, generation, 8);
DLT_WIRE_ASSERT(dlt_wire_end, text_bytes, 12);
static_assert(sizeof(struct dlt_wire_exit) == 16, "dlt_wire_exit");
DLT_WIRE_ASSERT(dlt_wire_exit, status, 0);
DLT_WIRE_ASSERT(dlt_wire_exit, how, 4);
DLT_WIRE_ASSERT(dlt_wire_exit, stack, 8);
static_assert(sizeof(struct dlt_wire_fault) == 40, "dlt_wire_fault");
DLT_WIRE_ASSERT(dlt_wire_fault, signal, 0);
DLT_WIRE_ASSERT(dlt_wire_fault, code, 4);
DLT_WIRE_ASSERT(dlt_wire_fault, address, 8);
DLT_WIRE_ASSERT(dlt_wire_fault, pc, 16);
DLT_WIRE_ASSERT(dlt_wire_fault, sp, 24);
DLT_WIRE_ASSERT(dlt_wire_fault, stack, 32);
static_assert(sizeof(struct dlt_wire_fork) == 8, "dlt_wire_fork");
DLT_WIRE_ASSERT(dlt_wire_fork, child_stream, 0);
static_assert(sizeof(struct dlt_wire_register) == 56, "dlt_wire_register");
DLT_WIRE_ASSERT(dlt_wire_register, address, 0);
DLT_WIRE_ASSERT(dlt_wire_register, argument, 8);
DLT_WIRE_ASSERT(dlt_wire_register, dso_handle, 16);
DLT_WIRE_ASSERT(dlt_wire_register, number, 24);
DLT_WIRE_ASSERT(dlt_wire_register, generation, 32);
DLT_WIRE_ASSERT(dlt_wire_register, type, 36);
DLT_WIRE_ASSERT(dlt_wire_register, reserved, 38);
DLT_WIRE_ASSERT(dlt_wire_register, text_bytes, 40);
DLT_WIRE_ASSERT(dlt_wire_register, reserved_2, 44);
DLT_WIRE_ASSERT(dlt_wire_register, stack, 48);
static_assert(sizeof(struct dlt_wire_thread) == 32, "dlt_wire_thread");
DLT_WIRE_ASSERT(dlt_wire_thread, function, 0);
DLT_WIRE_ASSERT(dlt_wire_thread, argument, 8);
DLT_WIRE_ASSERT(dlt_wire_thread, generation, 16);
DLT_WIRE_ASSERT(dlt_wire_thread, reserved, 20);
DLT_WIRE_ASSERT(dlt_wire_thread, stack, 24);
static_assert(sizeof(struct dlt_wire_thread_start) == 24, "dlt_wire_thread_start");
DLT_WIRE_ASSERT(dlt_wire_thread_start, thread_seq, 0);
DLT_WIRE_ASSERT(dlt_wire_thread_start, function, 8);
DLT_WIRE_ASSERT(dlt_wire_thread_start, generation, 16);
DLT_WIRE_ASSERT(dlt_wire_thread_start, reserved, 20);
static_assert(sizeof(struct dlt_wire_left) == 64, "dlt_wire_left");
DLT_WIRE_ASSERT(dlt_wire_left, address, 0);
DLT_WIRE_ASSERT(dlt_wire_left, number, 8);
DLT_WIRE_ASSERT(dlt_wire_left, holder, 16);
DLT_WIRE_ASSERT(dlt_wire_left, registered_seq, 24);
DLT_WIRE_ASSERT(dlt_wire_left, registered_stream, 32);
DLT_WIRE_ASSERT(dlt_wire_left, generation, 40);
DLT_WIRE_ASSERT(dlt_wire_left, holder_generation, 44);
DLT_WIRE_ASSERT(dlt_wire_left, type, 48);
DLT_WIRE_ASSERT(dlt_wire_left, reserved, 50);
DLT_WIRE_ASSERT(dlt_wire_left, text_bytes, 52);
DLT_WIRE_ASSERT(dlt_wire_left, stack, 56);
static_assert(sizeof(struct dlt_wire_stale) == 32, "dlt_wire_stale");
DLT_WIRE_ASSERT(dlt_wire_stale, handle, 0);
DLT_WIRE_ASSERT(dlt_wire_stale, generation, 8);
DLT_WIRE_ASSERT(dlt_wire_stale, function, 12);
DLT_WIRE_ASSERT(dlt_wire_stale, reserved, 14);
DLT_WIRE_ASSERT(dlt_wire_stale, name_bytes, 16);
DLT_WIRE_ASSERT(dlt_wire_stale, reserved_2, 20);
DLT_WIRE_ASSERT(dlt_wire_stale, stack, 24);
static_assert(sizeof(struct dlt_wire_stayed) == 16, "dlt_wire_stayed");
DLT_WIRE_ASSERT(dlt_wire_stayed, generation, 0);
DLT_WIRE_ASSERT(dlt_wire_stayed, holder_generation, 4);
DLT_WIRE_ASSERT(dlt_wire_stayed, reason, 8);
DLT_WIRE_ASSERT(dlt_wire_stayed, reserved, 10);
DLT_WIRE_ASSERT(dlt_wire_stayed, symbol_bytes, 12);
static_assert(sizeof(struct dlt_wire_ledger_slot) == 512, "dlt_wire_ledger_slot");
DLT_WIRE_ASSERT(dlt_wire_ledger_slot, owner, 0);
DLT_WIRE_ASSERT(dlt_wire_ledger_slot, hello_header, 8);
DLT_WIRE_ASSERT(dlt_wire_ledger_slot, hello, 72);
DLT_WIRE_ASSERT(dlt_wire_ledger_slot, text, 120);
DLT_WIRE_ASSERT(dlt_wire_ledger_slot, lost_header, 440);
DLT_WIRE_ASSERT(dlt_wire_ledger_slot, lost, 504);

#endif /* DLTRACE_WIRE_H */
