package org.vnetwork.control;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.vnetwork.model.Refusal;

/** Edits that put another engine or filter in the place of the one that is there, and those that end the wait for a confirmation. */
public final class Swaps {
    private Swaps() {
    }

    /**
     * Gives a switch another engine.
     *
     * @param until by when it must be confirmed, else the one before comes back; empty: the swap is final
     */
    public static Edit engine(String switchName, PluginDocument engine, Optional<Instant> until) {
        return Edits.inSwitch(switchName, s -> {
            refuseWhileWaiting("engine", s.engine(), s.trial(), switchName);
            return s.withEngine(engine, until.map(at -> new TrialDocument(s.engine(), at)));
        });
    }

    /** Makes a swap of an engine final that waits. */
    public static Edit confirmEngine(String switchName) {
        return Edits.inSwitch(switchName, s -> {
            waiting("engine", s.engine(), s.trial(), "switch " + switchName);
            return s.withEngine(s.engine(), Optional.empty());
        });
    }

    /** Gives a switch the engine back that it had before a swap that waits. */
    public static Edit backEngine(String switchName) {
        return Edits.inSwitch(switchName, s -> s.withEngine(waiting("engine", s.engine(), s.trial(), "switch " + switchName).base(), Optional.empty()));
    }

    /** Puts another filter into a slot that has one; {@code until} as of {@link #engine}. */
    public static Edit filter(String switchName, String port, int slot, PluginDocument filter, Optional<Instant> until) {
        return inSlot(switchName, port, slot, f -> {
            refuseWhileWaiting("filter", f.filter(), f.trial(), switchName + "/" + port + " " + slot);
            return f.withFilter(filter, until.map(at -> new TrialDocument(f.filter(), at)));
        });
    }

    /** Makes a swap of a filter final that waits. */
    public static Edit confirmFilter(String switchName, String port, int slot) {
        return inSlot(switchName, port, slot, f -> {
            waiting("filter", f.filter(), f.trial(), "slot " + slot + " of " + switchName + "/" + port);
            return f.withFilter(f.filter(), Optional.empty());
        });
    }

    /** Gives a slot the filter back that it had before a swap that waits. */
    public static Edit backFilter(String switchName, String port, int slot) {
        return inSlot(switchName, port, slot, f -> f.withFilter(waiting("filter", f.filter(), f.trial(), "slot " + slot + " of " + switchName + "/" + port).base(), Optional.empty()));
    }

    private static void refuseWhileWaiting(String kind, PluginDocument now, Optional<TrialDocument> trial, String words) {
        trial.ifPresent(waiting -> {
            throw Refusal.value(kind, now + " waits to be confirmed", "no swap that waits",
                    kind + ":confirm " + words + " keeps it, " + kind + ":back " + words + " gives " + waiting.base() + " back");
        });
    }

    private static TrialDocument waiting(String kind, PluginDocument now, Optional<TrialDocument> trial, String place) {
        return trial.orElseThrow(() -> Refusal.value(kind, now + " of " + place + " is final", "a swap that waits", kind + ":swap with --confirm-within makes one"));
    }

    private static Edit inSlot(String switchName, String port, int slot, UnaryOperator<FilterDocument> edit) {
        return Edits.inPort(switchName, port, p -> {
            if (p.filters().stream().noneMatch(f -> f.slot() == slot)) {
                throw Refusal.value("slot", slot, "a slot of port " + port + " with a filter in it", "filter:list shows them");
            }
            return p.withFilters(p.filters().stream().map(f -> f.slot() == slot ? edit.apply(f) : f).toList());
        });
    }
}
