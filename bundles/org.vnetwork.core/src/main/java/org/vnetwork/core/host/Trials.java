package org.vnetwork.core.host;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;

/** Watches over swaps that wait to be confirmed, and says when one is to be taken back. Any thread. */
final class Trials {
    private final ScheduledExecutorService clock;
    private final BiConsumer<Waiting, String> takeBack;
    private final Set<Waiting> ended = ConcurrentHashMap.newKeySet();
    private volatile List<Waiting> waiting = List.of();

    /** A swap that waits. */
    record Waiting(Place place, PluginDocument tried, TrialDocument trial) {
        /** What events say of its end. */
        String told(String why) {
            return place.kind() + " " + tried + " " + why + ": " + trial.base() + " is to be there again";
        }
    }

    /**
     * Watches over none yet.
     *
     * @param takeBack called on the clock's thread, with the reason; once for each
     */
    Trials(ScheduledExecutorService clock, BiConsumer<Waiting, String> takeBack) {
        this.clock = clock;
        this.takeBack = takeBack;
    }

    /**
     * What a change of a switch means for rows that were converted for a swap.
     *
     * @param waits whether a swap waits to be confirmed after it: rows must have a way back
     * @param goBack whether it takes a swap back
     */
    record Rows(boolean waits, boolean goBack) {
        static Rows between(SwitchDocument before, SwitchDocument after) {
            Map<Place, Place.Holds> now = Place.all(new HostDocument(List.of(after)));
            boolean goBack = Place.all(new HostDocument(List.of(before))).entrySet().stream().anyMatch(was -> was.getValue().trial().isPresent() && now.containsKey(was.getKey())
                    && !now.get(was.getKey()).plugin().equals(was.getValue().plugin()) && now.get(was.getKey()).plugin().equals(was.getValue().trial().get().base()));
            return new Rows(now.values().stream().anyMatch(holds -> holds.trial().isPresent()), goBack);
        }
    }

    static List<Waiting> in(HostDocument document) {
        return Place.all(document).entrySet().stream().filter(e -> e.getValue().trial().isPresent()).map(Trials::waiting).toList();
    }

    private static Waiting waiting(Map.Entry<Place, Place.Holds> entry) {
        return new Waiting(entry.getKey(), entry.getValue().plugin(), entry.getValue().trial().orElseThrow());
    }

    /** A configuration in which what was there before is there again, in the place of what waits in some places. */
    static HostDocument takenBack(HostDocument document, List<Waiting> which) {
        List<Place> places = which.stream().map(Waiting::place).toList();
        return Place.map(document, (place, holds) -> places.contains(place) && holds.trial().isPresent() ? new Place.Holds(holds.trial().get().base(), Optional.empty()) : holds);
    }

    /** Watches over those of the configuration of now. */
    void watch(HostDocument document) {
        List<Waiting> before = waiting;
        waiting = in(document);
        ended.retainAll(waiting);
        waiting.stream().filter(each -> !before.contains(each)).forEach(each -> {
            long millis = Math.max(0, Duration.between(Instant.now(), each.trial().until()).toMillis());
            clock.schedule(() -> {
                if (waiting.contains(each) && ended.add(each)) {
                    takeBack.accept(each, "was not confirmed in time");
                }
            }, millis, TimeUnit.MILLISECONDS);
        });
    }

    /** Says that a plugin failed, {@code engine x} or {@code filter x} of a switch; on the switch's loop, so that it must be quick. */
    void failed(String switchName, String plugin) {
        for (Waiting each : waiting) {
            if (each.place().switchName().equals(switchName) && plugin.equals(each.place().kind() + " " + each.tried().name()) && ended.add(each)) {
                try {
                    clock.execute(() -> takeBack.accept(each, "failed before it was confirmed"));
                } catch (RejectedExecutionException e) {
                    // The host is stopping; the next start begins with the one before.
                }
            }
        }
    }
}
