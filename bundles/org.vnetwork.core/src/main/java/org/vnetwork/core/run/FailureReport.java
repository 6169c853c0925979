package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.core.gate.Guest;

/**
 * Counts failures of plugins. The first of a kind is told at once, those behind it by their number every ten seconds.
 *
 * <p>What is told names the plugin, its bundle, and class and line. Loop thread only, but for failures on threads of a plugin's own.
 */
final class FailureReport {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Failures on other threads that are kept until the next second; more of them say nothing new. */
    private static final int ASIDE = 64;

    private final String switchName;
    private final EventLog events;
    private final LongSupplier clock;
    private final Queue<Aside> aside = new ArrayBlockingQueue<>(ASIDE);
    private final Set<String> unsteady = new HashSet<>();
    private final Map<String, Kind> kinds = new HashMap<>();
    private volatile Consumer<String> listener = plugin -> { };
    private long count;

    /** Failures of one plugin by one class of exception, or on threads of its own. */
    private static final class Kind {
        private final String plugin;
        private Throwable last;
        private long began;
        private long inPeriod;
        /** Whether all of the period is told. */
        private boolean told;

        private Kind(String plugin) {
            this.plugin = plugin;
        }
    }

    /** A failure on a thread of the plugin's own. */
    private record Aside(Guest guest, RuntimeException failure) {
    }

    /**
     * A report in which nothing failed.
     *
     * @param clock in nanoseconds, which the periods go by
     */
    FailureReport(String switchName, EventLog events, LongSupplier clock) {
        this.switchName = switchName;
        this.events = events;
        this.clock = clock;
    }

    long count() {
        return count;
    }

    /** Has each failure told by the plugin's name, on the loop. Any thread. */
    void listen(Consumer<String> to) {
        listener = to;
    }

    /** A plugin was cut off, which counts as a failure. */
    void cutOff(Guest guest) {
        count++;
        listener.accept(guest.role());
    }

    /** Of a plugin: the event names its bundle, and the line of its code. */
    void failed(Guest guest, Throwable failure) {
        failed(guest, failure, failure.getClass().getName());
    }

    private void failed(Guest guest, Throwable failure, String of) {
        failed(guest.role(), failure, of, guest.place(failure.getStackTrace()) + "; ");
    }

    /** Of a part of the platform. */
    void failed(String part, Throwable failure) {
        failed(part, failure, failure.getClass().getName(), "");
    }

    private void failed(String plugin, Throwable failure, String of, String place) {
        count++;
        listener.accept(plugin);
        Kind kind = kinds.computeIfAbsent(plugin + " " + of, k -> new Kind(plugin));
        boolean first = kind.last == null;
        kind.last = failure;
        kind.inPeriod++;
        kind.told = first;
        if (first) {
            kind.began = clock.getAsLong();
            events.add("switch " + switchName, plugin + " failed: " + failure + " (" + place + "the log has the details)");
            LOG.warn("switch {}: {} failed", switchName, plugin, failure);
        }
    }

    /** A plugin failed on a thread of its own, which is told within a second. Any thread. */
    void failedAside(Guest guest, RuntimeException failure) {
        aside.offer(new Aside(guest, failure));
    }

    /** A plugin (its bundle and class are the place) decided one packet on the same rows in two ways; counted, and told the first time. */
    void unsteady(String plugin, String place, String difference) {
        count++;
        if (unsteady.add(plugin)) {
            events.add("switch " + switchName, plugin + (place.isEmpty() ? "" : " (" + place + ")") + " decided a packet twice, on the same rows, in two ways: " + difference
                    + " (expected: what packet and rows say, without clock, random numbers or memory of its own, since a flow stands for all packets that read the same)");
        }
    }

    /** Tells of what came since, where a period is over; every second. */
    void tell() {
        for (Aside next = aside.poll(); next != null; next = aside.poll()) {
            failed(next.guest(), next.failure(), "aside");
        }
        long now = clock.getAsLong();
        for (Iterator<Kind> each = kinds.values().iterator(); each.hasNext();) {
            Kind kind = each.next();
            if (now - kind.began < PERIOD_NANOS) {
                continue;
            }
            if (kind.told) {
                each.remove();
                continue;
            }
            events.add("switch " + switchName, kind.plugin + " failed " + kind.inPeriod + " times in " + TimeUnit.NANOSECONDS.toSeconds(now - kind.began) + " s, at last: " + kind.last + " (" + count
                    + " failures of plugins since the switch began)");
            kind.began = now;
            kind.inPeriod = 0;
            kind.told = true;
        }
    }
}
