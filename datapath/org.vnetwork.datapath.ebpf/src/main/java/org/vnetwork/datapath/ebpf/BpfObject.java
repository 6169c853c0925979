package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.datapath.DatapathException;

/** An eBPF object file, opened, relocated and loaded by libbpf; maps and programs belong to it until it is closed. */
@SuppressWarnings("restricted")
final class BpfObject implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** More than the longest name that libbpf keeps. */
    private static final long NAME_SIZE = 256;

    private final MemorySegment object;

    /** The functions of libbpf, looked up once; a class of its own so that a machine without the library can still load the driver. */
    private static final class Library {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final SymbolLookup LOOKUP = SymbolLookup.libraryLookup("libbpf.so.1", Arena.global());
        static final MethodHandle OPEN = handle("bpf_object__open_mem", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, LONG, ValueLayout.ADDRESS));
        static final MethodHandle LOAD = handle("bpf_object__load", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
        static final MethodHandle CLOSE = handle("bpf_object__close", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        static final MethodHandle FIND_MAP = handle("bpf_object__find_map_by_name", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle MAP_FD = handle("bpf_map__fd", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
        static final MethodHandle MAP_SIZE = handle("bpf_map__set_max_entries", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));
        static final MethodHandle NEXT_MAP = handle("bpf_object__next_map", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle MAP_NAME = handle("bpf_map__name", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle MAP_REUSE = handle("bpf_map__reuse_fd", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));
        static final MethodHandle MAP_TYPE = number("bpf_map__type");
        static final MethodHandle MAP_KEY_SIZE = number("bpf_map__key_size");
        static final MethodHandle MAP_VALUE_SIZE = number("bpf_map__value_size");
        static final MethodHandle MAP_ENTRIES = number("bpf_map__max_entries");
        static final MethodHandle MAP_FLAGS = number("bpf_map__map_flags");
        static final MethodHandle FIND_PROGRAM = handle("bpf_object__find_program_by_name", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle PROGRAM_FD = handle("bpf_program__fd", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
        static final MethodHandle SET_PRINT = handle("libbpf_set_print", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle CPUS = handle("libbpf_num_possible_cpus", FunctionDescriptor.of(INT));

        private static MethodHandle number(String name) {
            return handle(name, FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
        }

        private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
            return LINKER.downcallHandle(LOOKUP.findOrThrow(name), descriptor);
        }
    }

    private BpfObject(MemorySegment object) {
        this.object = object;
    }

    /** Why libbpf cannot be used, or null. */
    static String missing() {
        try {
            return (int) Library.CPUS.invokeExact() > 0 ? null : "libbpf finds no CPU";
        } catch (Throwable e) {
            return "libbpf.so.1 is not installed; apt-get install libbpf1";
        }
    }

    static int cpus() {
        try {
            return (int) Library.CPUS.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens an object from memory; maps can be sized before {@link #load}. */
    static BpfObject open(byte[] elf) throws DatapathException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ignored = (MemorySegment) Library.SET_PRINT.invokeExact(MemorySegment.NULL);
            MemorySegment object = (MemorySegment) Library.OPEN.invokeExact(arena.allocateFrom(ValueLayout.JAVA_BYTE, elf), (long) elf.length, MemorySegment.NULL);
            if (object.address() == 0) {
                throw new DatapathException("eBPF object: " + elf.length + " octets that libbpf cannot read; build the project again");
            }
            return new BpfObject(object);
        } catch (DatapathException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    void size(String map, int entries) {
        try {
            int ignored = (int) Library.MAP_SIZE.invokeExact(find(Library.FIND_MAP, map), entries);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names of the maps, but for those of the compiler. */
    List<String> maps() {
        try {
            List<String> names = new ArrayList<>();
            MemorySegment map = (MemorySegment) Library.NEXT_MAP.invokeExact(object, MemorySegment.NULL);
            while (map.address() != 0) {
                String name = ((MemorySegment) Library.MAP_NAME.invokeExact(map)).reinterpret(NAME_SIZE).getString(0);
                if (!name.contains(".")) {
                    names.add(name);
                }
                map = (MemorySegment) Library.NEXT_MAP.invokeExact(object, map);
            }
            return names;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a map is going to be like. */
    Bpf.Shape shape(String name) {
        try {
            MemorySegment map = find(Library.FIND_MAP, name);
            return new Bpf.Shape((int) Library.MAP_TYPE.invokeExact(map), (int) Library.MAP_KEY_SIZE.invokeExact(map), (int) Library.MAP_VALUE_SIZE.invokeExact(map),
                    (int) Library.MAP_ENTRIES.invokeExact(map), (int) Library.MAP_FLAGS.invokeExact(map));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has {@link #load} take this map instead of making one; the descriptor stays the caller's. */
    boolean reuse(String map, int fd) {
        try {
            return (int) Library.MAP_REUSE.invokeExact(find(Library.FIND_MAP, map), fd) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    void load() throws DatapathException {
        try {
            int error = (int) Library.LOAD.invokeExact(object);
            if (error != 0) {
                throw new DatapathException("eBPF object: the kernel refuses to load it: " + Libc.error(-error)
                        + "; it needs Linux 6.6 or newer, root, and room for its maps (see dmesg)");
            }
        } catch (DatapathException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    int map(String name) {
        try {
            return (int) Library.MAP_FD.invokeExact(find(Library.FIND_MAP, name));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    int program(String name) {
        try {
            return (int) Library.PROGRAM_FD.invokeExact(find(Library.FIND_PROGRAM, name));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private MemorySegment find(MethodHandle finder, String name) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = (MemorySegment) finder.invokeExact(object, arena.allocateFrom(name));
            if (found.address() == 0) {
                throw new IllegalStateException("the eBPF object has no " + name);
            }
            return found;
        }
    }

    @Override
    public void close() {
        try {
            Library.CLOSE.invokeExact(object);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
