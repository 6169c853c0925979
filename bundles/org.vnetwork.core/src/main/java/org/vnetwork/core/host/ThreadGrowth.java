package org.vnetwork.core.host;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Tells when the process has far more threads than a second before, and whose they are: Java lets every bundle start as many as it likes.
 *
 * <p>A thread is of the bundle whose class is outermost on its stack: that is what it was started with. Looks on a thread of its own.
 */
@Component(service = {}, immediate = true)
public final class ThreadGrowth {
    private static final int MOST = 100;
    private static final long PERIOD_MILLIS = 1_000;
    /** How many of the new threads are looked at: each costs the process a stop of some microseconds. */
    private static final int LOOKED_AT = 200;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final UnaryOperator<String> bundles;
    private final Consumer<String> told;
    private final Thread thread;
    private int before;

    /** Looks once a second, until it is closed. */
    @Activate
    public ThreadGrowth(BundleContext context, @Reference Switches switches) {
        this(type -> bundle(context, type), line -> switches.events().add("host " + switches.settings().name(), line));
        thread.start();
    }

    /**
     * One that looks when it is asked to.
     *
     * @param bundles the bundle of a class name, or null
     * @param told takes what is to be said
     */
    ThreadGrowth(UnaryOperator<String> bundles, Consumer<String> told) {
        this.bundles = bundles;
        this.told = told;
        this.before = threads.getThreadCount();
        this.thread = Thread.ofPlatform().name("thread-growth").daemon().unstarted(this::watch);
    }

    @Deactivate
    void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            // The component was closed.
        }
    }

    /** Compares with the look before. */
    void look() {
        int now = threads.getThreadCount();
        int more = now - before;
        before = now;
        if (more > MOST) {
            told.accept(more + " threads more than a second before, " + now + " in all" + owners(more)
                    + "; they take memory and processor from all switches until their bundle is stopped and ends them (expected: at most " + MOST + " more in a second)");
        }
    }

    /** Who has the newest threads: the bundle, and a place in its code. */
    private String owners(int count) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Map<String, String> known = new HashMap<>();
        for (ThreadInfo info : threads.getThreadInfo(newest(Math.min(count, LOOKED_AT)), Integer.MAX_VALUE)) {
            if (info != null) {
                counts.merge(owner(info, known), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())).limit(3)
                .map(e -> e.getValue() + " " + e.getKey()).collect(Collectors.joining(", ", "; of those looked at ", ""));
    }

    private long[] newest(int count) {
        long[] ids = threads.getAllThreadIds();
        Arrays.sort(ids);
        return Arrays.copyOfRange(ids, Math.max(0, ids.length - count), ids.length);
    }

    private String owner(ThreadInfo info, Map<String, String> known) {
        StackTraceElement outermost = List.of(info.getStackTrace()).reversed().stream().filter(ThreadGrowth::isCode).findFirst().orElse(null);
        if (outermost == null) {
            return "that run code of Java alone, as " + info.getThreadName();
        }
        String bundle = known.computeIfAbsent(outermost.getClassName(), type -> Objects.requireNonNullElse(bundles.apply(type), ""));
        return (bundle.isEmpty() ? "of no bundle" : "of bundle " + bundle) + ", started at " + outermost.getClassName() + "." + outermost.getMethodName()
                + (outermost.getFileName() == null ? "" : "(" + outermost.getFileName() + ":" + outermost.getLineNumber() + ")");
    }

    /** Whether a frame is of code that somebody wrote outside of Java: the class of a lambda is not. */
    private static boolean isCode(StackTraceElement frame) {
        return !frame.getClassName().matches("(java|jdk|sun)\\..*|.*\\$\\$Lambda.*");
    }

    /** The bundle that has a class itself; the newest of several. */
    private static String bundle(BundleContext context, String type) {
        int dot = type.lastIndexOf('.');
        String folder = dot < 0 ? "/" : type.substring(0, dot).replace('.', '/');
        for (Bundle bundle : List.of(context.getBundles()).reversed()) {
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (bundle.getBundleId() != 0 && wiring != null && !wiring.listResources(folder, type.substring(dot + 1) + ".class", BundleWiring.LISTRESOURCES_LOCAL).isEmpty()) {
                return bundle.getSymbolicName();
            }
        }
        return null;
    }
}
