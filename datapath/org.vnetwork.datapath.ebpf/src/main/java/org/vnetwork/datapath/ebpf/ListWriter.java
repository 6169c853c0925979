package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** Writes an action list into the kernel's, as {@code vnet_action} in {@code vnet_abi.h} draws it; what one list does not hold goes on in the next. */
final class ListWriter {
    static final int OUTPUTS = 20;
    static final int NEXT = 21;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final KernelMaps maps;
    private final List<List<Step>> parts = new ArrayList<>();
    private final Iterator<Integer> meters;
    private MemorySegment list;
    private int count;

    /** @param meters the slot of each meter, in order */
    ListWriter(KernelMaps maps, List<Step> steps, List<Integer> meters) {
        this.maps = maps;
        this.meters = meters.iterator();
        int left = KernelMaps.ACTIONS;
        int behind = steps.stream().mapToInt(Step::size).sum();
        List<Step> part = new ArrayList<>();
        for (Step step : steps) {
            // The last place of a part is for what follows, unless the rest fits.
            if (step.size() > (behind <= left ? left : left - 1)) {
                parts.add(part);
                part = new ArrayList<>();
                left = KernelMaps.ACTIONS;
            }
            part.add(step);
            left -= step.size();
            behind -= step.size();
        }
        parts.add(part);
    }

    /** How many lists it takes. */
    int parts() {
        return parts.size();
    }

    /** Writes it into lists that nobody uses. */
    void write(int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            list = maps.list(ids[i]);
            count = 0;
            parts.get(i).forEach(this::write);
            if (i + 1 < ids.length) {
                put(NEXT, 0, ids[i + 1], 0);
            }
            list.set(INT, 0, count);
        }
    }

    private void write(Step step) {
        switch (step) {
            case Step.One(Action action) -> write(action);
            case Step.Set(int word, int gates, long bits) -> put(OUTPUTS, word, gates, bits);
            case Step.Drops(int reason, int drops) -> put(9, drops - 1, reason, 0);
        }
    }

    private void write(Action action) {
        switch (action) {
            case Action.Output to -> put(1, 0, to.port(), to.gates());
            case Action.PushTag push -> put(6, push.tci(), push.tpid(), 0);
            case Action.PopTag _ -> put(7, 0, 0, 0);
            case Action.Inspect _ -> put(8, 0, 1, 0);
            case Action.CopyUp _ -> put(11, 0, 2, 0);
            case Action.Drop drop -> put(9, 0, drop.reason(), 0);
            case Action.Count counter -> put(13, 0, maps.counters().slot(counter.id()), 0);
            case Action.Meter meter -> put(12, meter.gate(), meters.next(), 0);
            case Action.SetField set -> write(set);
        }
    }

    private void write(Action.SetField set) {
        switch (set.field()) {
            case ETH_DST -> put(2, 0, 0, set.value());
            case ETH_SRC -> put(3, 0, 0, set.value());
            case VLAN_PCP -> put(4, (int) set.value(), 0, 0);
            case DSCP -> put(5, (int) set.value(), 0, 0);
            case VLAN_VID -> put(10, (int) set.value(), 0, 0);
            case L4_SRC -> put(18, (int) set.value(), 0, 0);
            case L4_DST -> put(19, (int) set.value(), 0, 0);
            case IP_SRC, IP_DST -> {
                // An address is two actions, its halves.
                boolean source = set.field() == Field.IP_SRC;
                put(source ? 14 : 16, 0, 0, set.high());
                put(source ? 15 : 17, 0, 0, set.value());
            }
            default -> throw new IllegalArgumentException("set " + set.field().text() + " is not among the capabilities");
        }
    }

    private void put(int type, int a16, int a32, long a64) {
        MemorySegment at = list.asSlice(16 + 16L * count++, 16);
        at.set(SHORT, 0, (short) type);
        at.set(SHORT, 2, (short) a16);
        at.set(INT, 4, a32);
        at.set(LONG, 8, a64);
    }
}
