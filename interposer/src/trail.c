/* SPDX-License-Identifier: Apache-2.0 */
/* Walks along what is known; see trail.h. */
#include "trail.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../arch/arch.h"
#include "cursor.h"
#include "rows.h"
#include "unwind.h"

enum {
	FRAMES_MAX = 40,
	/* Threads share them by chance, which costs a walk; untouched ones take no memory. */
	TRAILS_BITS = 6,
	TRAILS = 1 << TRAILS_BITS,
};

/* A frame as the walk came to it, and where its row has the caller's frame pointer. */
struct frame {
	uint64_t pc, sp, fp;
	uint64_t fp_at; /* 0: in its register still */
};

struct trail {
	atomic_bool in_use;
	uint64_t thread; /* whose walk it was: its control block */
	uint64_t gadget; /* at which it would have ended */
	uint32_t rows;	 /* dlt_rows_forgotten then */
	uint32_t count;
	struct frame frames[FRAMES_MAX]; /* from the innermost; sp grows */
};

static struct trail trails[TRAILS];

/*
 * This thread's trail, or the one that is to become it; NULL where it is in use, by a thread that
 * shares it or by this one, in whose middle a signal came.
 */
static struct trail *enter(void)
{
	uint64_t thread = dlt_arch_thread();
	struct trail *trail = &trails[(thread * 0x9e3779b97f4a7c15u) >> (64 - TRAILS_BITS)];

	if (atomic_exchange_explicit(&trail->in_use, true, memory_order_acquire))
		return NULL;
	if (trail->thread != thread) {
		trail->thread = thread;
		trail->count = 0;
	}
	return trail;
}

static void leave(struct trail *trail)
{
	atomic_store_explicit(&trail->in_use, false, memory_order_release);
}

static uint64_t load(uint64_t address)
{
	return *(const uint64_t *)(uintptr_t)address;
}

/*
 * The usual step: the stack is known to be mapped, and the row is in the cache. False for anything
 * else, with nothing changed.
 */
static bool step_known(struct dlt_cursor *c, uint64_t *fp_at)
{
	struct dlt_short_row row;
	uint64_t cfa, pc;

	if (!dlt_rows_find(c->pc - 1, &row) || row.outermost)
		return false;
	cfa = (row.cfa_from_fp ? c->fp : c->sp) + row.cfa_offset;
	if (cfa <= c->sp || cfa > c->readable_to || cfa & 7)
		return false;
	*fp_at = row.fp_slot ? cfa - 8 * (uint64_t)row.fp_slot : 0;
	if (*fp_at && *fp_at < c->sp)
		return false;
	pc = load(cfa - 8);
	if (!pc)
		return false;
	if (*fp_at)
		c->fp = load(*fp_at);
	c->pc = pc;
	c->sp = cfa;
	return true;
}

/* Whether the walk from frame `first` of the trail on would read the same words again. */
static bool is_unchanged(const struct trail *trail, uint32_t first, const struct dlt_cursor *c)
{
	const struct frame *f = &trail->frames[first];
	const struct frame *last = &trail->frames[trail->count - 1];

	if (f->pc != c->pc || f->sp != c->sp || f->fp != c->fp || last->sp > c->readable_to)
		return false;
	for (; f < last; f++)
		if (load(f[1].sp - 8) != f[1].pc || (f->fp_at && load(f->fp_at) != f[1].fp))
			return false;
	return true;
}

/* Goes along the trail from frame `first`, which is this walk's frame `now`, to its last one. */
static void follow(struct trail *trail, uint32_t first, uint32_t now, struct dlt_cursor *c,
		   struct dlt_stack *stack)
{
	const struct frame *last = &trail->frames[trail->count - 1];

	for (const struct frame *f = &trail->frames[first]; f < last; f++)
		stack->frames[stack->count++] = f->pc;
	c->pc = last->pc;
	c->sp = last->sp;
	c->fp = last->fp;
	if (first != now)
		memmove(&trail->frames[now], &trail->frames[first],
			(trail->count - first) * sizeof(trail->frames[0]));
	trail->count -= first - now;
}

static void end_trail(struct trail *trail, uint32_t now, const struct dlt_cursor *c)
{
	trail->frames[now] = (struct frame){ .pc = c->pc, .sp = c->sp, .fp = c->fp };
	trail->count = now + 1;
}

/* The frame of the trail, from `first` on, from which all is as it was; false if there is none. */
static bool find_unchanged(const struct trail *trail, uint32_t *first, const struct dlt_cursor *c,
			   const struct dlt_stack *stack)
{
	while (*first < trail->count && trail->frames[*first].sp < c->sp)
		++*first;
	return *first < trail->count &&
	       stack->count + trail->count - *first <= DLT_WIRE_FRAMES_MAX &&
	       is_unchanged(trail, *first, c);
}

/* Lays a new trail over the old one, of which what lies before `old` is gone. */
void dlt_trail_walk(struct dlt_cursor *c, struct dlt_stack *stack, uint64_t gadget)
{
	uint32_t rows = atomic_load(&dlt_rows_forgotten), old = 0, now = 0;
	struct trail *trail = enter();
	bool laying = trail != NULL;

	if (trail && (trail->rows != rows || trail->gadget != gadget)) {
		trail->rows = rows;
		trail->gadget = gadget;
		trail->count = 0;
	}
	while (stack->count < DLT_WIRE_FRAMES_MAX && !dlt_unwind_is_own(c->pc) && c->pc != gadget) {
		struct frame frame = { .pc = c->pc, .sp = c->sp, .fp = c->fp };

		if (laying && find_unchanged(trail, &old, c, stack)) {
			follow(trail, old, now, c, stack);
			laying = false;
			continue;
		}
		if (laying && now == FRAMES_MAX - 1) {
			end_trail(trail, now, c);
			laying = false;
		}
		if (!step_known(c, &frame.fp_at))
			break;
		stack->frames[stack->count++] = frame.pc;
		if (laying) {
			trail->frames[now++] = frame;
			old = old > now ? old : now;
		}
	}
	if (laying)
		end_trail(trail, now, c);
	if (trail)
		leave(trail);
}
