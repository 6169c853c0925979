package org.vnetwork.core.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.vnetwork.core.flow.Flow;

/**
 * Reads long lists of a switch on its loop, a few items in each turn; between two turns the loop serves frames.
 *
 * <p>Each item is as it was in its turn. Any thread; on the loop itself all turns follow each other at once.
 */
final class Slices {
    /** Flows that are only looked at in one turn. */
    static final int FLOWS = 1024;

    private final VirtualSwitch home;

    Slices(VirtualSwitch home) {
        this.home = home;
    }

    /** Views of items, so many in one turn; an item whose view is null is left out. */
    <A, B> List<B> map(List<A> items, int perTurn, Function<A, B> view) {
        List<B> views = new ArrayList<>();
        for (int at = 0; at < items.size(); at += perTurn) {
            List<A> turn = items.subList(at, Math.min(at + perTurn, items.size()));
            views.addAll(home.ask(() -> turn.stream().map(view).filter(Objects::nonNull).toList()));
        }
        return views;
    }

    /** Notes on every flow, by ascending id; a flow whose note is null is left out. */
    <T> List<T> flows(Function<Flow, T> note) {
        List<T> notes = new ArrayList<>();
        int next = 0;
        while (next >= 0) {
            int from = next;
            next = home.ask(() -> flows(from, note, notes));
        }
        return notes;
    }

    /** One turn of {@link #flows(Function)}; where the next one begins, or -1. */
    private <T> int flows(int from, Function<Flow, T> note, List<T> notes) {
        int id = from;
        for (int i = 0; i < FLOWS; i++) {
            Flow flow = home.flows.from(id);
            if (flow == null) {
                return -1;
            }
            T noted = note.apply(flow);
            if (noted != null) {
                notes.add(noted);
            }
            id = flow.id() + 1;
        }
        return id;
    }
}
