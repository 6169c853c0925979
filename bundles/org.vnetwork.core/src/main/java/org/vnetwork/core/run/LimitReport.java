package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tells of limits that were reached: each at most once a minute. Loop thread only. */
final class LimitReport {
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final EventLog events;
    private final Map<String, Told> told = new HashMap<>();

    /** What was told last of one limit. */
    private record Told(long count, long nanos) {
    }

    LimitReport(EventLog events) {
        this.events = events;
    }

    /**
     * Tells that a limit was reached, when it was so again since it was told last.
     *
     * @param count how often it was reached altogether
     * @param text what to tell; the count follows it
     */
    void reached(String subject, String text, long count, long now) {
        String what = subject + text;
        Told last = told.get(what);
        boolean quiet = last != null && (count <= last.count || now - last.nanos < QUIET_NANOS);
        if (count > 0 && !quiet) {
            told.put(what, new Told(count, now));
            events.add(subject, text + " (" + count + " so far)");
        }
    }
}
