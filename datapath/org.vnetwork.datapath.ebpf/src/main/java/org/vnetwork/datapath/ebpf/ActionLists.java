package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.DropNumbers;
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
        private int users;

        private Entry(int id, List<Action> actions) {
            this.id = id;
            this.actions = actions;
        }
    }

    ActionLists(KernelMaps maps) {
        this.maps = maps;
    }

    /** The list's entry with one user more; null when there is no room or the list is too long. */
    Entry take(List<Action> actions) {
        Entry entry = entries.get(actions);
        if (entry == null) {
            int id = actions.size() > KernelMaps.ACTIONS ? -1 : ids.take();
            if (id < 0) {
                return null;
            }
            entry = new Entry(id, List.copyOf(actions));
            write(maps.list(id), entry.actions);
            entries.put(entry.actions, entry);
        }
        entry.users++;
        return entry;
    }

    void release(Entry entry) {
        if (--entry.users == 0) {
            entries.remove(entry.actions, entry);
            ids.free(entry.id);
        }
    }

    /** Knows lists that an earlier process left, by their ids; each gets users by {@link #use}. */
    Map<Integer, Entry> resume(Map<Integer, List<Action>> left) {
        Map<Integer, Entry> resumed = new HashMap<>();
        BitSet used = new BitSet();
        left.forEach((id, actions) -> {
            used.set(id);
            Entry entry = new Entry(id, List.copyOf(actions));
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

    private static void write(MemorySegment list, List<Action> actions) {
        List<Action> written = actions.isEmpty() ? List.of(new Action.Drop(DropNumbers.CONSUMED)) : actions;
        for (int i = 0; i < written.size(); i++) {
            write(list.asSlice(16 + 16L * i, 16), written.get(i));
        }
        list.set(INT, 0, written.size());
    }

    private static void write(MemorySegment at, Action action) {
        at.fill((byte) 0);
        switch (action) {
            case Action.Output to -> write(at, 1, 0, to.port(), 0);
            case Action.PushTag push -> write(at, 6, push.tci(), push.tpid(), 0);
            case Action.PopTag _ -> write(at, 7, 0, 0, 0);
            case Action.Inspect _ -> write(at, 8, 0, 1, 0);
            case Action.CopyUp _ -> write(at, 11, 0, 2, 0);
            case Action.Drop drop -> write(at, 9, 0, drop.reason(), 0);
            case Action.SetField set -> {
                switch (set.field()) {
                    case ETH_DST -> write(at, 2, 0, 0, set.value());
                    case ETH_SRC -> write(at, 3, 0, 0, set.value());
                    case VLAN_PCP -> write(at, 4, (int) set.value(), 0, 0);
                    case DSCP -> write(at, 5, (int) set.value(), 0, 0);
                    case VLAN_VID -> write(at, 10, (int) set.value(), 0, 0);
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
