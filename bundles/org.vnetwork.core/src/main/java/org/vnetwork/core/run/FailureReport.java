package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts failures of plugins; each kind is reported at most once in ten seconds. Loop thread only. */
final class FailureReport {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String switchName;
    private final EventLog events;
    private final Map<String, Long> lastReport = new HashMap<>();
    private long count;

    FailureReport(String switchName, EventLog events) {
        this.switchName = switchName;
        this.events = events;
    }

    long count() {
        return count;
    }

    void failed(String plugin, Throwable failure) {
        count++;
        long now = System.nanoTime();
        String kind = plugin + " " + failure.getClass().getName();
        Long last = lastReport.get(kind);
        if (last == null || now - last > QUIET_NANOS) {
            lastReport.put(kind, now);
            events.add("switch " + switchName, plugin + " failed: " + failure + " (" + count + " failures so far; the log has the details)");
            LOG.warn("switch {}: {} failed", switchName, plugin, failure);
        }
    }
}
