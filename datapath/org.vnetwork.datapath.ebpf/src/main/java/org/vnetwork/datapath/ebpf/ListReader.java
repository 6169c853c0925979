package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/** Reads back what {@link ActionLists} wrote. */
final class ListReader {
    private ListReader() {
    }

    /** The actions of a list in the kernel; null when they are none that this version writes, or name meters or counters that are not there. */
    static List<Action> read(MemorySegment list, KernelMaps maps) {
        int count = list.get(ValueLayout.JAVA_INT, 0);
        if (count < 1 || count > KernelMaps.ACTIONS) {
            return null;
        }
        List<Action> actions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            MemorySegment at = list.asSlice(16 + 16L * i, 16);
            int type = at.get(ValueLayout.JAVA_SHORT, 0);
            boolean address = type == 14 || type == 16;
            Action action = address ? i + 1 < count ? address(at, list.asSlice(16 + 16L * ++i, 16), type) : null : action(at, type, maps);
            if (action == null) {
                return null;
            }
            actions.add(action);
        }
        boolean consumed = actions.getFirst() instanceof Action.Drop(int reason) && reason == DropNumbers.CONSUMED;
        return consumed ? count == 1 ? List.of() : null : List.copyOf(actions);
    }

    /** An address, whose halves are two actions. */
    private static Action address(MemorySegment high, MemorySegment low, int type) {
        boolean pair = low.get(ValueLayout.JAVA_SHORT, 0) == type + 1;
        return pair ? new Action.SetField(type == 14 ? Field.IP_SRC : Field.IP_DST, high.get(ValueLayout.JAVA_LONG, 8), low.get(ValueLayout.JAVA_LONG, 8)) : null;
    }

    private static Action action(MemorySegment at, int type, KernelMaps maps) {
        int a16 = at.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
        int a32 = at.get(ValueLayout.JAVA_INT, 4);
        long a64 = at.get(ValueLayout.JAVA_LONG, 8);
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
