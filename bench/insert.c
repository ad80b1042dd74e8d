/*
 * insert TRACE COPY: how fast a C program inserts the rows of a finished trace into the same
 * tables: prepared statements, transactions of 10,000 rows, the pragmas of the collector. COPY must
 * not be there.
 *
 * Reading the rows is not in the time, closing the new database is. Prints one line: rows, events,
 * seconds of CPU, the same with the indexes that the trace has, rows a second, events a second,
 * bytes of the new database.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH 10000
#define COLUMNS_MAX 32

static sqlite3 *trace, *copy;
static sqlite3_value *values[BATCH][COLUMNS_MAX];
static double seconds, index_seconds;
static long rows, events;

/* What the collector sets; the file is the only one that is written. */
static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
			      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;"
			      "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;";

/* Those that refer to others come after them. */
static const char *const tables[] = {
	"process", "process_end", "binary", "library", "library_needed", "text", "frame",
	"stack",   "stack_frame", "event",  "fault",   "left_behind",	 "gap",	 "broken_input",
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void check(sqlite3 *database, int code)
{
	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return;
	fprintf(stderr, "insert: %s\n", sqlite3_errmsg(database));
	exit(1);
}

static void execute(const char *sql)
{
	check(copy, sqlite3_exec(copy, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(sqlite3 *database, char *sql)
{
	sqlite3_stmt *statement;

	check(database, sqlite3_prepare_v2(database, sql, -1, &statement, NULL));
	sqlite3_free(sql);
	return statement;
}

/*
 * The tables, and the indexes that schema.sql makes: those of indexes.sql come when a trace is
 * closed.
 */
static void make_tables(void)
{
	sqlite3_stmt *statement = prepare(
		trace, sqlite3_mprintf("SELECT sql FROM sqlite_master WHERE sql NOT NULL AND "
				       "(type = 'table' OR name = 'process_end_process') "
				       "ORDER BY type DESC"));

	while (sqlite3_step(statement) == SQLITE_ROW)
		execute((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

/* Those that indexes.sql makes. */
static void make_indexes(void)
{
	sqlite3_stmt *statement = prepare(
		trace, sqlite3_mprintf("SELECT sql FROM sqlite_master WHERE type = 'index' AND "
				       "sql NOT NULL AND name <> 'process_end_process'"));
	double begin = now();

	while (sqlite3_step(statement) == SQLITE_ROW)
		execute((const char *)sqlite3_column_text(statement, 0));
	index_seconds = now() - begin;
	sqlite3_finalize(statement);
}

static int read_batch(sqlite3_stmt *select, int columns)
{
	int count = 0;

	while (count < BATCH) {
		int code = sqlite3_step(select);

		check(trace, code);
		if (code != SQLITE_ROW)
			break;
		for (int i = 0; i < columns; i++)
			values[count][i] = sqlite3_value_dup(sqlite3_column_value(select, i));
		count++;
	}
	return count;
}

static void insert_batch(sqlite3_stmt *insert, int columns, int count)
{
	double begin = now();

	execute("BEGIN IMMEDIATE");
	for (int row = 0; row < count; row++) {
		for (int i = 0; i < columns; i++)
			sqlite3_bind_value(insert, i + 1, values[row][i]);
		check(copy, sqlite3_step(insert));
		sqlite3_reset(insert);
	}
	execute("COMMIT");
	seconds += now() - begin;
	for (int row = 0; row < count; row++)
		for (int i = 0; i < columns; i++)
			sqlite3_value_free(values[row][i]);
}

static void copy_table(const char *table)
{
	char marks[2 * COLUMNS_MAX + 1] = "";
	sqlite3_stmt *select = prepare(trace, sqlite3_mprintf("SELECT * FROM \"%w\"", table));
	int columns = sqlite3_column_count(select);
	sqlite3_stmt *insert;
	int count;

	for (int i = 0; i < columns && i < COLUMNS_MAX; i++)
		strcat(marks, i ? ",?" : "?");
	insert = prepare(copy, sqlite3_mprintf("INSERT INTO \"%w\" VALUES (%s)", table, marks));
	do {
		count = read_batch(select, columns);
		insert_batch(insert, columns, count);
		rows += count;
		if (!strcmp(table, "event"))
			events += count;
	} while (count == BATCH);
	sqlite3_finalize(select);
	sqlite3_finalize(insert);
}

int main(int argc, char **argv)
{
	struct stat status;
	double begin;

	if (argc != 3 || !access(argv[2], F_OK)) {
		fputs("usage: insert TRACE COPY, where COPY is not there yet\n", stderr);
		return 64;
	}
	check(trace, sqlite3_open_v2(argv[1], &trace, SQLITE_OPEN_READONLY, NULL));
	check(copy, sqlite3_open(argv[2], &copy));
	execute(pragmas);
	make_tables();
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		copy_table(tables[i]);
	make_indexes();
	begin = now();
	sqlite3_close(copy);
	seconds += now() - begin;
	sqlite3_close(trace);
	if (stat(argv[2], &status))
		return 1;
	printf("rows %ld  events %ld  seconds %.2f  indexed %.2f  rows/s %.0f  events/s %.0f  "
	       "bytes %lld\n",
	       rows, events, seconds, seconds + index_seconds, (double)rows / seconds,
	       (double)events / seconds, (long long)status.st_size);
	return 0;
}
