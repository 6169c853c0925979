package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** Reads back what {@link ListWriter} wrote. */
final class ListReader {
    private final KernelMaps maps;
    private final List<Integer> parts = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    /** What goes on in another list: its id; -1 when nothing does. */
    private int next = -1;

    private ListReader(KernelMaps maps) {
        this.maps = maps;
    }

    /** A list in the kernel; null when it is none that this version writes, or names meters or counters that are not there. */
    static ListReader read(KernelMaps maps, int id) {
        ListReader reader = new ListReader(maps);
        int at = id;
        do {
            boolean right = at >= 0 && at < KernelMaps.LISTS && reader.parts.size() < KernelMaps.CHAIN;
            if (!right || !reader.readPart(at)) {
                return null;
            }
            at = reader.next;
        } while (at >= 0);
        boolean consumed = reader.steps.stream().anyMatch(step -> step instanceof Step.One(Action.Drop(int reason)) && reason == DropNumbers.CONSUMED);
        return consumed && reader.steps.size() > 1 ? null : reader;
    }

    /** The lists that it stands in. */
    int[] parts() {
        return parts.stream().mapToInt(Integer::intValue).toArray();
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    private boolean readPart(int id) {
        MemorySegment list = maps.list(id);
        int count = list.get(ValueLayout.JAVA_INT, 0);
        next = -1;
        parts.add(id);
        if (count < 1 || count > KernelMaps.ACTIONS) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            MemorySegment at = at(list, i);
            int type = at.get(ValueLayout.JAVA_SHORT, 0);
            boolean address = type == 14 || type == 16;
            if (type == ListWriter.NEXT && i == count - 1) {
                next = at.get(ValueLayout.JAVA_INT, 4);
                return next >= 0;
            }
            Step step = !address ? step(at, type) : i + 1 < count ? address(at, at(list, ++i), type) : null;
            if (step == null) {
                return false;
            }
            steps.add(step);
        }
        return true;
    }

    private static MemorySegment at(MemorySegment list, int index) {
        return list.asSlice(16 + 16L * index, 16);
    }

    /** An address, whose halves are two actions. */
    private static Step address(MemorySegment high, MemorySegment low, int type) {
        boolean pair = low.get(ValueLayout.JAVA_SHORT, 0) == type + 1;
        return pair ? new Step.One(new Action.SetField(type == 14 ? Field.IP_SRC : Field.IP_DST, high.get(ValueLayout.JAVA_LONG, 8), low.get(ValueLayout.JAVA_LONG, 8))) : null;
    }

    private Step step(MemorySegment at, int type) {
        int a16 = at.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
        int a32 = at.get(ValueLayout.JAVA_INT, 4);
        long a64 = at.get(ValueLayout.JAVA_LONG, 8);
        if (type == ListWriter.OUTPUTS) {
            return a16 < PortId.LIMIT / Step.WORD ? new Step.Set(a16, a32, a64) : null;
        }
        if (type == 9 && a16 > 0) {
            return a32 > 0 && a32 < DropNumbers.LIMIT ? new Step.Drops(a32, a16 + 1) : null;
        }
        Action action = action(type, a16, a32, a64);
        return action == null ? null : new Step.One(action);
    }

    private Action action(int type, int a16, int a32, long a64) {
        return switch (type) {
            case 1 -> a32 > 0 && a32 < PortId.LIMIT ? new Action.Output(a32, a64) : null;
            case 2 -> set(Field.ETH_DST, a64);
            case 3 -> set(Field.ETH_SRC, a64);
            case 4 -> set(Field.VLAN_PCP, a16);
            case 5 -> set(Field.DSCP, a16);
            case 6 -> new Action.PushTag(a32, a16);
            case 7 -> new Action.PopTag();
            case 8 -> a32 == 1 ? new Action.Inspect() : null;
            case 9 -> a32 >= 0 && a32 < DropNumbers.LIMIT ? new Action.Drop(a32) : null;
            case 10 -> set(Field.VLAN_VID, a16);
            case 11 -> a32 == 2 ? new Action.CopyUp() : null;
            case 12 -> a16 < Action.GATES ? maps.meters().meter(a32, a16) : null;
            case 13 -> maps.counters().isUsed(a32) ? new Action.Count(maps.counters().id(a32)) : null;
            case 18 -> set(Field.L4_SRC, a16);
            case 19 -> set(Field.L4_DST, a16);
            default -> null;
        };
    }

    private static Action set(Field field, long value) {
        return value >= 0 && value <= field.bits() ? new Action.SetField(field, value) : null;
    }
}
