package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.packet.wire.Action;

/**
 * Action lists in the kernel; equal lists are one. A list is never changed while a flow names it, nor for a while after.
 *
 * <p>Loop thread only.
 */
final class ActionLists {
    private final KernelMaps maps;
    private final Map<List<Step>, Entry> entries = new HashMap<>();
    private final Numbers ids = new Numbers(KernelMaps.LISTS);

    /** A list in use. */
    static final class Entry {
        final List<Step> steps;
        private final int[] parts;
        private final List<Integer> meters;
        /** Port that {@link Groups} takes it for; 0 when it does not. */
        int grouped;
        private int users;

        private Entry(int[] parts, List<Step> steps, List<Integer> meters) {
            this.parts = parts;
            this.steps = steps;
            this.meters = meters;
        }

        boolean isUsed() {
            return users > 0;
        }

        /** Where it begins. */
        int id() {
            return parts[0];
        }

        /** Whether it goes on in other lists. */
        boolean isLong() {
            return parts.length > 1;
        }

        int size() {
            return steps.stream().mapToInt(Step::size).sum();
        }
    }

    ActionLists(KernelMaps maps) {
        this.maps = maps;
    }

    /** The entry of a list for frames that come in by a port, with one user more; null when there is no room for it, its meters or its counters, or the list is too long. */
    Entry take(List<Action> actions, int port) {
        List<Step> steps = Step.of(actions, port);
        Entry entry = entries.get(steps);
        if (entry == null) {
            entry = make(steps);
            if (entry == null) {
                return null;
            }
            entries.put(steps, entry);
        }
        entry.users++;
        return entry;
    }

    private Entry make(List<Step> steps) {
        List<Integer> meters = takeMeters(steps);
        if (meters == null) {
            return null;
        }
        boolean counted = steps.stream().allMatch(step -> !(step instanceof Step.One(Action.Count(long counter))) || maps.counters().slot(counter) >= 0);
        ListWriter writer = new ListWriter(maps, steps, meters);
        int[] parts = counted ? takeParts(writer.parts()) : null;
        if (parts == null) {
            releaseMeters(meters);
            return null;
        }
        writer.write(parts);
        return new Entry(parts, steps, meters);
    }

    /** So many lists; null when there are not enough. */
    private int[] takeParts(int count) {
        int[] parts = new int[count];
        for (int i = 0; i < count; i++) {
            parts[i] = count > KernelMaps.CHAIN ? -1 : ids.take();
            if (parts[i] < 0) {
                for (int taken = 0; taken < i; taken++) {
                    ids.free(parts[taken]);
                }
                return null;
            }
        }
        return parts;
    }

    /** A slot for each meter of a list in order; null when there are not enough. */
    private List<Integer> takeMeters(List<Step> steps) {
        List<Integer> slots = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.One(Action.Meter meter)) {
                int slot = maps.meters().take(meter, System.nanoTime());
                if (slot < 0) {
                    releaseMeters(slots);
                    return null;
                }
                slots.add(slot);
            }
        }
        return slots;
    }

    private void releaseMeters(List<Integer> slots) {
        slots.forEach(slot -> maps.meters().release(slot, System.nanoTime()));
    }

    void release(Entry entry) {
        if (--entry.users == 0) {
            entries.remove(entry.steps, entry);
            releaseMeters(entry.meters);
            for (int part : entry.parts) {
                ids.free(part);
            }
        }
    }

    /** Knows lists that an earlier process left, by their ids; each gets users by {@link #use}. */
    Map<Integer, Entry> resume(Map<Integer, ListReader> left) {
        Map<Integer, Entry> resumed = new HashMap<>();
        BitSet used = new BitSet();
        left.forEach((id, list) -> {
            for (int part : list.parts()) {
                used.set(part);
            }
            // The slots of its meters are known already: they were read before.
            Entry entry = new Entry(list.parts(), list.steps(), takeMeters(list.steps()));
            resumed.put(id, entry);
            entries.putIfAbsent(entry.steps, entry);
        });
        ids.resume(used);
        return resumed;
    }

    static Entry use(Entry entry) {
        entry.users++;
        return entry;
    }
}
