// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Somebody cuts the spill files of a program short that has them mapped.
@Suite("Spill files that are cut short", .serialized)
struct CutFileTests {
    /// Loads and unloads, cuts all spill files, and does so again in two threads.
    private static let source = """
        #include <dirent.h>
        #include <dlfcn.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static const char *library;
        static void cut(const char *folder, off_t size)
        {
            DIR *dir = opendir(folder);
            struct dirent *entry;
            char path[4096];
            while (dir && (entry = readdir(dir))) {
                snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
                if (strstr(path, ".spill") && truncate(path, size))
                    abort();
            }
        }
        static void *load(void *unused)
        {
            for (int i = 0; i < 50; i++)
                dlclose(dlopen(library, RTLD_NOW));
            return unused;
        }
        int main(int argc, char **argv)
        {
            pthread_t thread;
            library = argv[2];
            load(NULL);
            cut(argv[1], atoi(argv[3]));
            pthread_create(&thread, NULL, load, NULL);
            load(NULL);
            pthread_join(thread, NULL);
            puts("done");
            return argc;
        }
        """

    @Test(
        "the program goes on, and only what was cut off is missing",
        .enabled(if: access("/usr/bin/cc", X_OK) == 0, "needs a C compiler"),
        .timeLimit(.minutes(15)), arguments: [0, 8_192, 10_000])
    func cut(size: Int) throws {
        let workspace = try Workspace()
        let source = "\(workspace.path)/program.c"
        let program = "\(workspace.path)/program"
        try Self.source.write(toFile: source, atomically: false, encoding: .utf8)
        let built = try Command(
            executable: "/usr/bin/cc", arguments: [source, "-o", program, "-pthread", "-ldl"],
            environment: workspace.plainEnvironment
        ).run(in: workspace)
        #expect(built.ending == .exited(0), "\(built)")
        // It is not there at start.
        let outcome = try workspace.preload(
            program, [workspace.spillFolder, "libm.so.6", "\(size)"])
        #expect(outcome.output == "done\n", "\(outcome)")
        #expect(outcome.ending == .exited(4), "\(outcome)")
        let told = try workspace.dltrace([
            "query", "--format", "csv",
            "SELECT ending, lost_records > 0, is_complete FROM process_summary",
        ])
        #expect(told.output.hasSuffix("\r\nexited,1,0\r\n"), "\(told)")
        let opens = try workspace.events().count { $0.kind == "dlopen" }
        #expect(size == 0 ? opens == 100 : opens > 100 && opens < 150, "\(opens)")
    }
}
