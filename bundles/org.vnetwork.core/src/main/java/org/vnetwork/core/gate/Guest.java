package org.vnetwork.core.gate;

/** A plugin at work in one place of one switch, as the gate knows it. Any thread, but for {@link #failedInARow}. */
public final class Guest {
    private final String role;
    private final String bundle;
    private final String generation;
    /** Null until its constructor has returned. */
    private volatile Class<?> type;
    private volatile long processorNanos;
    private int failedInARow;

    /**
     * A plugin of which no code has run yet.
     *
     * @param role as in {@code engine x}
     * @param bundle symbolic name of its bundle
     */
    public Guest(String role, String bundle) {
        this(role, bundle, bundle);
    }

    /** As {@link #Guest(String, String)}; {@code generation}: bundle and version, as in {@code com.acme.qos@1.2.0}. */
    public Guest(String role, String bundle, String generation) {
        this.role = role;
        this.bundle = bundle;
        this.generation = generation;
    }

    /** Bundle and version. */
    public String generation() {
        return generation;
    }

    /** As in {@code engine x}. */
    public String role() {
        return role;
    }

    /** Symbolic name of its bundle. */
    public String bundle() {
        return bundle;
    }

    /** Says what the plugin turned out to be. */
    public void is(Object instance) {
        type = instance.getClass();
    }

    /** Processor time that its calls took, in nanoseconds, as far as the watch saw it: exact in the long run, not for few calls. */
    public long processorNanos() {
        return processorNanos;
    }

    /** Adds processor time, in nanoseconds; the watch alone. */
    public void took(long nanos) {
        processorNanos += nanos;
    }

    /** Counts the end of a call; returns how many have failed in a row, with this one. The switch's thread only. */
    public int failedInARow(boolean failed) {
        failedInARow = failed ? failedInARow + 1 : 0;
        return failedInARow;
    }

    /** Where in its code a thread is: role, bundle, class, method and line. */
    public String where(StackTraceElement[] stack) {
        return role + " of bundle " + bundle + (type == null ? ", which is being made," : "") + line(stack);
    }

    /** Its bundle, and the topmost line of its own code in a stack, else its class. */
    public String place(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!isJava(frame) && owns(frame.getClassName())) {
                return "bundle " + bundle + " in " + text(frame);
            }
        }
        return "bundle " + bundle + (type == null ? "" : " in " + type.getName());
    }

    /** The topmost line of its own, else the topmost that is not of the Java platform, after {@code " in "}; empty when there is none. */
    public String line(StackTraceElement[] stack) {
        StackTraceElement other = null;
        for (StackTraceElement frame : stack) {
            if (isJava(frame)) {
                continue;
            }
            if (owns(frame.getClassName())) {
                return " in " + text(frame);
            }
            other = other == null ? frame : other;
        }
        return other == null ? "" : " in " + text(other);
    }

    private boolean owns(String className) {
        Class<?> own = type;
        if (own == null) {
            return false;
        }
        return outermost(className).equals(outermost(own.getName())) || own.getClassLoader() != Guest.class.getClassLoader() && loads(own.getClassLoader(), className);
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

    /** Where a thread is that is in no plugin: the topmost line that is not of the Java platform. */
    public static String anywhere(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!isJava(frame)) {
                return text(frame);
            }
        }
        return "unknown code";
    }

    private static boolean isJava(StackTraceElement frame) {
        return frame.getClassName().startsWith("java.") || frame.getClassName().startsWith("jdk.") || frame.getClassName().startsWith("sun.");
    }

    /** Without the class loader, which {@code toString} may put before it. */
    private static String text(StackTraceElement frame) {
        String line = frame.getFileName() == null ? "" : "(" + frame.getFileName() + (frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber()) + ")";
        return frame.getClassName() + "." + frame.getMethodName() + line;
    }

    @Override
    public String toString() {
        return role + " of bundle " + bundle;
    }
}
