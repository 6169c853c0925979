package org.vnetwork.core.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.control.EventView;

/** The latest events of the host; also written to the log. Any thread. */
public final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    private static final int KEPT = 1000;
    private static final int PER_SECOND = 10;

    private final Deque<EventView> events = new ArrayDeque<>();
    private Instant second = Instant.EPOCH;
    private int inSecond;
    private long suppressed;

    /** Keeps an event, unless this second has had its ten; then it is only counted, and the next one kept says so. */
    public synchronized void add(String subject, String text) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        if (!now.equals(second)) {
            second = now;
            inSecond = 0;
        }
        if (++inSecond > PER_SECOND) {
            suppressed++;
            return;
        }
        String shown = suppressed == 0 ? text : text + " (" + suppressed + " events before it were not kept)";
        suppressed = 0;
        LOG.info("{}: {}", subject, shown);
        events.add(new EventView(now.toString(), subject, shown));
        if (events.size() > KEPT) {
            events.removeFirst();
        }
    }

    /** Oldest first. */
    public synchronized List<EventView> all() {
        return List.copyOf(events);
    }
}
