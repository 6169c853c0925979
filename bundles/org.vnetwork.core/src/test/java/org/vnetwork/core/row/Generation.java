package org.vnetwork.core.row;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Classes of one generation of a bundle, in a class loader of their own: compiled once, loaded as often as wanted. */
public final class Generation {
    private final Map<String, byte[]> octets;

    private Generation(Map<String, byte[]> octets) {
        this.octets = octets;
    }

    /** Compiles top-level classes of package {@code acme}, by name and text. */
    public static Generation of(Map<String, String> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> compiled = new HashMap<>();
        JavaFileManager files = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + name + ".class"), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return compiled.computeIfAbsent(name, n -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        List<? extends JavaFileObject> units = sources.entrySet().stream().map(e -> new SimpleJavaFileObject(URI.create("mem:///acme/" + e.getKey() + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignore) {
                return "package acme; import java.util.*; import org.vnetwork.model.*; import org.vnetwork.table.*; " + e.getValue();
            }
        }).toList();
        StringBuilder problems = new StringBuilder();
        if (!compiler.getTask(null, files, d -> problems.append(d).append('\n'), List.of("-proc:none"), null, units).call()) {
            throw new IllegalArgumentException(problems.toString());
        }
        Map<String, byte[]> octets = new HashMap<>();
        compiled.forEach((name, out) -> octets.put(name, out.toByteArray()));
        return new Generation(octets);
    }

    /** The classes once more, from a loader of their own. */
    public Loaded load() {
        return new Loaded(octets);
    }

    /** Classes that were loaded. */
    public static final class Loaded extends ClassLoader {
        private final Map<String, byte[]> octets;

        Loaded(Map<String, byte[]> octets) {
            super(Generation.class.getClassLoader());
            this.octets = octets;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] found = octets.get(name);
            if (found == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, found, 0, found.length);
        }

        /** A record class of package {@code acme}. */
        @SuppressWarnings("unchecked")
        public Class<Record> record(String name) {
            try {
                return (Class<Record>) loadClass("acme." + name).asSubclass(Record.class);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        /** A record of a class, by the values of its components. */
        public Record make(String name, Object... values) {
            try {
                var constructor = record(name).getDeclaredConstructors()[0];
                constructor.setAccessible(true);
                return (Record) constructor.newInstance(values);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Whether everything that these refer to is collected, after some garbage collections. */
    public static boolean collected(List<WeakReference<ClassLoader>> loaders) {
        for (int i = 0; i < 50 && loaders.stream().anyMatch(l -> l.get() != null); i++) {
            System.gc();
            try {
                // Some memory, so that what is softly held by the JDK goes too.
                new ByteArrayOutputStream(1 << 22).write(new byte[1 << 22]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return loaders.stream().allMatch(l -> l.get() == null);
    }
}
