package org.vnetwork.core.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.control.EventView;

/** The latest events of the host; also written to the log. Any thread. */
public final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    private static final int KEPT = 1000;
    private static final int PER_SECOND = 10;

    private final Deque<EventView> events = new ArrayDeque<>();
    private final Map<String, Budget> budgets = new HashMap<>();

    /** What one plugin has used of its ten a second. */
    private static final class Budget {
        private Instant second = Instant.EPOCH;
        private int inSecond;
        private String subject;
        private long suppressed;
    }

    /** Keeps an event of a plugin, unless it has had its ten this second; then it is only counted, and its next one kept says so. */
    public synchronized void add(String plugin, String subject, String text) {
        Budget budget = budgets.computeIfAbsent(plugin, p -> new Budget());
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        if (!now.equals(budget.second)) {
            budget.second = now;
            budget.inSecond = 0;
        }
        if (++budget.inSecond > PER_SECOND) {
            budget.suppressed++;
            budget.subject = subject;
            return;
        }
        add(subject, budget.suppressed == 0 ? text : text + " (" + budget.suppressed + " events before it were not kept)");
        budget.suppressed = 0;
    }

    /** Keeps an event of the platform's own. */
    public synchronized void add(String subject, String text) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        LOG.info("{}: {}", subject, text);
        events.add(new EventView(now.toString(), subject, text));
        if (events.size() > KEPT) {
            events.removeFirst();
        }
    }

    /** Oldest first. */
    public synchronized List<EventView> all() {
        Instant second = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        budgets.forEach((plugin, budget) -> {
            if (budget.suppressed > 0 && budget.second.isBefore(second)) {
                add(budget.subject, budget.suppressed + " more events of " + plugin + " until " + budget.second + " were not kept");
                budget.suppressed = 0;
            }
        });
        return List.copyOf(events);
    }
}
