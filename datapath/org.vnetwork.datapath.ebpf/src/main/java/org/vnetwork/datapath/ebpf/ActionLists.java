package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/**
 * Action lists in the kernel; equal lists are one. A list is never changed while a flow names it, nor for a while after.
 *
 * <p>Loop thread only.
 */
final class ActionLists {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final KernelMaps maps;
    private final Map<List<Action>, Entry> entries = new HashMap<>();
    private final Numbers ids = new Numbers(KernelMaps.LISTS);

    /** A list in use. */
    static final class Entry {
        final int id;
        final List<Action> actions;
        private final List<Integer> meters;
        /** Port that {@link Groups} takes it for; 0 when it does not. */
        int grouped;
        private int users;

        private Entry(int id, List<Action> actions, List<Integer> meters) {
            this.id = id;
            this.actions = actions;
            this.meters = meters;
        }

        boolean isUsed() {
            return users > 0;
        }
    }

    ActionLists(KernelMaps maps) {
        this.maps = maps;
    }

    /** The list's entry with one user more; null when there is no room for it, its meters or its counters, or the list is too long. */
    Entry take(List<Action> actions) {
        Entry entry = entries.get(actions);
        if (entry == null) {
            entry = make(List.copyOf(actions));
            if (entry == null) {
                return null;
            }
            entries.put(entry.actions, entry);
        }
        entry.users++;
        return entry;
    }

    private Entry make(List<Action> actions) {
        List<Integer> meters = Action.size(actions) > KernelMaps.ACTIONS ? null : takeMeters(actions);
        if (meters == null) {
            return null;
        }
        boolean counted = actions.stream().allMatch(a -> !(a instanceof Action.Count count) || maps.counters().slot(count.id()) >= 0);
        int id = counted ? ids.take() : -1;
        if (id < 0) {
            releaseMeters(meters);
            return null;
        }
        write(maps.list(id), actions, meters);
        return new Entry(id, actions, meters);
    }

    /** A slot for each meter of a list in order; null when there are not enough. */
    private List<Integer> takeMeters(List<Action> actions) {
        List<Integer> slots = new ArrayList<>();
        for (Action action : actions) {
            if (action instanceof Action.Meter meter) {
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
            entries.remove(entry.actions, entry);
            releaseMeters(entry.meters);
            ids.free(entry.id);
        }
    }

    /** Knows lists that an earlier process left, by their ids; each gets users by {@link #use}. */
    Map<Integer, Entry> resume(Map<Integer, List<Action>> left) {
        Map<Integer, Entry> resumed = new HashMap<>();
        BitSet used = new BitSet();
        left.forEach((id, actions) -> {
            used.set(id);
            // The slots of its meters are known already: they were read before.
            Entry entry = new Entry(id, List.copyOf(actions), takeMeters(actions));
            resumed.put(id, entry);
            entries.putIfAbsent(entry.actions, entry);
        });
        ids.resume(used);
        return resumed;
    }

    static Entry use(Entry entry) {
        entry.users++;
        return entry;
    }

    private void write(MemorySegment list, List<Action> actions, List<Integer> meters) {
        List<Action> written = actions.isEmpty() ? List.of(new Action.Drop(DropNumbers.CONSUMED)) : actions;
        Iterator<Integer> slots = meters.iterator();
        int count = 0;
        for (Action action : written) {
            if (action instanceof Action.SetField set && set.field().width() > 64) {
                // An address is two actions, its halves.
                boolean source = set.field() == Field.IP_SRC;
                write(at(list, count++), source ? 14 : 16, 0, 0, set.high());
                write(at(list, count++), source ? 15 : 17, 0, 0, set.value());
            } else if (action instanceof Action.Meter meter) {
                write(at(list, count++), 12, meter.gate(), slots.next(), 0);
            } else {
                write(at(list, count++), action);
            }
        }
        list.set(INT, 0, count);
    }

    private static MemorySegment at(MemorySegment list, int index) {
        return list.asSlice(16 + 16L * index, 16);
    }

    private void write(MemorySegment at, Action action) {
        switch (action) {
            case Action.Output to -> write(at, 1, 0, to.port(), to.gates());
            case Action.PushTag push -> write(at, 6, push.tci(), push.tpid(), 0);
            case Action.PopTag _ -> write(at, 7, 0, 0, 0);
            case Action.Inspect _ -> write(at, 8, 0, 1, 0);
            case Action.CopyUp _ -> write(at, 11, 0, 2, 0);
            case Action.Drop drop -> write(at, 9, 0, drop.reason(), 0);
            case Action.Count counter -> write(at, 13, 0, maps.counters().slot(counter.id()), 0);
            case Action.Meter meter -> throw new IllegalArgumentException("meter without a slot: " + meter);
            case Action.SetField set -> {
                switch (set.field()) {
                    case ETH_DST -> write(at, 2, 0, 0, set.value());
                    case ETH_SRC -> write(at, 3, 0, 0, set.value());
                    case VLAN_PCP -> write(at, 4, (int) set.value(), 0, 0);
                    case DSCP -> write(at, 5, (int) set.value(), 0, 0);
                    case VLAN_VID -> write(at, 10, (int) set.value(), 0, 0);
                    case L4_SRC -> write(at, 18, (int) set.value(), 0, 0);
                    case L4_DST -> write(at, 19, (int) set.value(), 0, 0);
                    default -> throw new IllegalArgumentException("set " + set.field().text() + " is not among the capabilities");
                }
            }
        }
    }

    private static void write(MemorySegment at, int type, int a16, int a32, long a64) {
        at.set(SHORT, 0, (short) type);
        at.set(SHORT, 2, (short) a16);
        at.set(INT, 4, a32);
        at.set(LONG, 8, a64);
    }
}
