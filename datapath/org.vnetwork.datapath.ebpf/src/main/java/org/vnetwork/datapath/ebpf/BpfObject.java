package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.vnetwork.datapath.DatapathException;

/** An eBPF object file, opened, relocated and loaded by libbpf; maps and programs belong to it until it is closed. */
@SuppressWarnings("restricted")
final class BpfObject implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

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
        static final MethodHandle FIND_PROGRAM = handle("bpf_object__find_program_by_name", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle PROGRAM_FD = handle("bpf_program__fd", FunctionDescriptor.of(INT, ValueLayout.ADDRESS));
        static final MethodHandle SET_PRINT = handle("libbpf_set_print", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle CPUS = handle("libbpf_num_possible_cpus", FunctionDescriptor.of(INT));

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
