// SPDX-License-Identifier: Apache-2.0

/// The source texts that tests compile.
enum Sources {
    /// Inlined functions, a template's destructor, a lambda, a call that never returns.
    static let inlined = """
        #include <cstdio>
        #include <cstdlib>
        volatile int sink;
        namespace box {
        static inline __attribute__((always_inline)) int innermost(int x) {
            sink = x;
            if (sink == 42)
                abort();
            return sink * 3;
        }
        inline __attribute__((always_inline)) int middle(int x) {
            int y = innermost(x);
            return y + 1;
        }
        template <typename T> struct Holder {
            T value;
            __attribute__((noinline)) ~Holder() {
                sink = middle((int)value);
            }
        };
        } // namespace box
        extern "C" __attribute__((noinline)) void stop_here() {
            std::puts("stop");
            std::abort();
        }
        extern "C" __attribute__((noinline)) int entry(int a) {
            box::Holder<long> holder{a};
            auto add = [&](int q) __attribute__((noinline)) { sink = q; return sink + a; };
            if (a > 100)
                stop_here();
            return add(3);
        }
        int main(int argc, char **) {
            return entry(argc);
        }

        """

    /// A library with an exported function and a static one.
    static let library = """
        volatile int sink;
        static __attribute__((noinline)) void hidden_work(int x)
        {
            sink = x * 2;
            sink = sink + 1;
        }
        void exported_work(int x)
        {
            hidden_work(x);
            sink = sink + 3;
        }

        """

    /// Functions without sizes, with and without symbols between them.
    static let assembler = """
            .section .note.GNU-stack, "", @progbits
            .text
            .globl unsized_first
        unsized_first:
            nop
            nop
            nop
            nop
            .globl sized
            .type sized, @function
        sized:
            nop
            nop
            .size sized, . - sized
            nop
            nop
            .globl unsized_last
        unsized_last:
            nop
            nop
            .section .text.other, "ax", @progbits
            .globl other
            .type other, @function
        other:
            nop
            .size other, 1
            nop
            nop

        """

    /// A plugin that calls back, and is called when it is gone.
    static let plugin = """
        static __attribute__((noinline)) int plugin_inside(int (*callback)(void))
        {
            int result = callback();
            return result + 1;
        }
        int plugin_entry(int (*callback)(void))
        {
            int result = plugin_inside(callback);
            return result + 1;
        }

        """

    /// Unloads a plugin that a thread is in, says where it was, and calls it once more.
    static let pluginHost = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <link.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <unistd.h>
        typedef int entry_point(int (*)(void));
        static int ready[2];
        static entry_point *entry;
        static int wait_for_ever(void)
        {
            if (write(ready[1], "x", 1) != 1)
                return 1;
            for (;;)
                pause();
        }
        static void *work(void *unused)
        {
            entry(wait_for_ever);
            return unused;
        }
        static __attribute__((noinline)) int call_stale(void)
        {
            int result = entry(wait_for_ever);
            return result + 1;
        }
        int main(int argc, char **argv)
        {
            struct link_map *map = dlopen(argv[1], RTLD_NOW);
            char byte;
            pthread_t thread;
            if (!map || argc < 2 || pipe(ready))
                return 1;
            entry = (entry_point *)dlsym(map, "plugin_entry");
            printf("%lx\\n", (unsigned long)map->l_addr);
            fflush(stdout);
            pthread_create(&thread, NULL, work, NULL);
            if (read(ready[0], &byte, 1) != 1)
                return 1;
            dlclose(map);
            return call_stale();
        }

        """
}
