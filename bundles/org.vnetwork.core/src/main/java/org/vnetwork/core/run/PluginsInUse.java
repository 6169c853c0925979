package org.vnetwork.core.run;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The plugins whose code may run in a switch now, and which of them a stack belongs to. Any thread. */
final class PluginsInUse {
    private final List<Use> uses = new CopyOnWriteArrayList<>();

    /** One plugin in one place. */
    static final class Use {
        private final String role;
        private final String bundle;
        /** Null until its constructor has returned. */
        private volatile Class<?> type;

        private Use(String role, String bundle) {
            this.role = role;
            this.bundle = bundle;
        }

        /** Says what the plugin turned out to be. */
        void is(Object instance) {
            type = instance.getClass();
        }

        private boolean owns(String className) {
            Class<?> own = type;
            if (own == null) {
                return false;
            }
            return outermost(className).equals(outermost(own.getName())) || own.getClassLoader() != PluginsInUse.class.getClassLoader() && loads(own.getClassLoader(), className);
        }

        private static String outermost(String className) {
            int dollar = className.indexOf('$');
            return dollar < 0 ? className : className.substring(0, dollar);
        }

        private static boolean loads(ClassLoader loader, String className) {
            try {
                return loader != null && Class.forName(className, false, loader).getClassLoader() == loader;
            } catch (ClassNotFoundException | LinkageError e) {
                return false;
            }
        }
    }

    /**
     * Adds a plugin before any code of it runs.
     *
     * @param role as in {@code engine x}
     */
    Use add(String role, String bundle) {
        Use use = new Use(role, bundle);
        uses.add(use);
        return use;
    }

    void remove(Use use) {
        uses.remove(use);
    }

    /** Where a thread is: the plugin of the topmost frame that is a plugin's, its bundle, class, method and line. */
    String where(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            for (Use use : isJava(frame) ? List.<Use>of() : uses) {
                if (use.owns(frame.getClassName())) {
                    return use.role + " of bundle " + use.bundle + " in " + text(frame);
                }
            }
        }
        String frame = Arrays.stream(stack).filter(f -> !isJava(f)).findFirst().map(PluginsInUse::text).orElse("unknown code");
        return uses.stream().filter(use -> use.type == null).findFirst().map(use -> use.role + " of bundle " + use.bundle + ", which is being made, in " + frame).orElse(frame);
    }

    /** As {@link #where} for a plugin that is known: its bundle, and the topmost frame that is its, or else its class; empty when it is not in use. */
    String place(String role, StackTraceElement[] stack) {
        String place = "";
        for (Use use : uses) {
            if (use.role.equals(role)) {
                String own = Arrays.stream(stack).filter(f -> !isJava(f) && use.owns(f.getClassName())).findFirst().map(PluginsInUse::text).orElse("");
                if (!own.isEmpty()) {
                    return "bundle " + use.bundle + " in " + own;
                }
                place = "bundle " + use.bundle + (use.type == null ? "" : " in " + use.type.getName());
            }
        }
        return place;
    }

    private static boolean isJava(StackTraceElement frame) {
        return frame.getClassName().startsWith("java.") || frame.getClassName().startsWith("jdk.") || frame.getClassName().startsWith("sun.");
    }

    /** Without the class loader, which {@code toString} may put before it. */
    private static String text(StackTraceElement frame) {
        String line = frame.getFileName() == null ? "" : "(" + frame.getFileName() + (frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber()) + ")";
        return frame.getClassName() + "." + frame.getMethodName() + line;
    }
}
