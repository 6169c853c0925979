package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts failures of plugins. The first of a kind is told at once, those behind it by their number every ten seconds. Loop thread only. */
final class FailureReport {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String switchName;
    private final EventLog events;
    private final LongSupplier clock;
    private final Map<String, Kind> kinds = new HashMap<>();
    private long count;

    /** Failures of one plugin by one class of exception. */
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

    /** {@code clock}: in nanoseconds, which the periods go by. */
    FailureReport(String switchName, EventLog events, LongSupplier clock) {
        this.switchName = switchName;
        this.events = events;
        this.clock = clock;
    }

    long count() {
        return count;
    }

    void failed(String plugin, Throwable failure) {
        count++;
        Kind kind = kinds.computeIfAbsent(plugin + " " + failure.getClass().getName(), k -> new Kind(plugin));
        boolean first = kind.last == null;
        kind.last = failure;
        kind.inPeriod++;
        kind.told = first;
        if (first) {
            kind.began = clock.getAsLong();
            events.add("switch " + switchName, plugin + " failed: " + failure + " (the log has the details)");
            LOG.warn("switch {}: {} failed", switchName, plugin, failure);
        }
    }

    /** Tells of what came since, where a period is over; every second. */
    void tell() {
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
