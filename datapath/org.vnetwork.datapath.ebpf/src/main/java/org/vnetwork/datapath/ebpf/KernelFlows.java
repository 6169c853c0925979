package org.vnetwork.datapath.ebpf;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/**
 * The flow table: flows, the masks they share, the masks that each port's frames are tried with. Loop thread only.
 *
 * <p>Adding goes list, mask, flow; removing the other way round.
 */
final class KernelFlows {
    private final KernelMaps maps;
    private final ActionLists lists;
    private final Flow[] flows;
    private final Map<MaskKey, Mask> masks = new HashMap<>();
    private final Deque<Integer> freeMasks = new ArrayDeque<>();
    private int freshMask;
    private int bound;
    private int generation;
    private FlowCounters last = FlowCounters.NONE;

    /** A flow that is in. */
    private static final class Flow {
        final long[] key;
        final Mask mask;
        final int generation;
        ActionLists.Entry list;

        Flow(long[] key, Mask mask, int generation, ActionLists.Entry list) {
            this.key = key;
            this.mask = mask;
            this.generation = generation;
            this.list = list;
        }
    }

    /** A mask in use, and by how many flows of which port. */
    private static final class Mask {
        final int id;
        final MaskKey bits;
        final Map<Integer, Integer> users = new HashMap<>();

        Mask(int id, MaskKey bits) {
            this.id = id;
            this.bits = bits;
        }
    }

    private record MaskKey(long[] words) {
        @Override
        public boolean equals(Object other) {
            return other instanceof MaskKey mask && Arrays.equals(words, mask.words);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(words);
        }
    }

    KernelFlows(KernelMaps maps, int count) {
        this.maps = maps;
        this.lists = new ActionLists(maps);
        this.flows = new Flow[count];
    }

    boolean add(FlowEntry entry) {
        int port = (int) Field.INGRESS.in(entry.key());
        ActionLists.Entry list = lists.take(entry.actions());
        if (list == null) {
            return false;
        }
        Mask mask = use(entry.mask(), port);
        if (mask == null) {
            lists.release(list);
            return false;
        }
        int current = ++generation;
        if (!maps.addFlow(entry.id(), current, entry.key(), mask.id, list.id)) {
            release(mask, port);
            lists.release(list);
            return false;
        }
        flows[entry.id()] = new Flow(entry.key(), mask, current, list);
        bound = Math.max(bound, entry.id() + 1);
        return true;
    }

    boolean replace(int id, List<Action> actions) {
        Flow flow = find(id);
        ActionLists.Entry list = flow == null ? null : lists.take(actions);
        if (list == null) {
            return false;
        }
        maps.setSlot(id, KernelMaps.hash(flow.key, flow.mask.id), list.id);
        lists.release(flow.list);
        flow.list = list;
        return true;
    }

    FlowCounters remove(int id) {
        Flow flow = find(id);
        if (flow == null) {
            return FlowCounters.NONE;
        }
        maps.removeFlow(id, flow.key, flow.mask.id);
        release(flow.mask, (int) Field.INGRESS.in(flow.key));
        lists.release(flow.list);
        flows[id] = null;
        maps.readFlow(id, (slot, frames, bytes, seen) -> last = new FlowCounters(frames, bytes, seen));
        return last;
    }

    void statistics(StatisticsSink sink) {
        while (bound > 0 && flows[bound - 1] == null) {
            bound--;
        }
        maps.readFlows(bound, (slot, frames, bytes, seen) -> {
            if (slot < bound && flows[slot] != null) {
                sink.flow(slot, frames, bytes, seen);
            }
        });
    }

    /** Whether a frame that came up names a flow that is still the same one. */
    boolean isCurrent(int id, int itsGeneration) {
        Flow flow = find(id);
        return flow != null && flow.generation == itsGeneration;
    }

    private Flow find(int id) {
        return id < 0 || id >= flows.length ? null : flows[id];
    }

    private Mask use(long[] bits, int port) {
        MaskKey wanted = new MaskKey(bits);
        Mask mask = masks.get(wanted);
        if (mask == null) {
            Integer id = !freeMasks.isEmpty() ? freeMasks.poll() : freshMask < KernelMaps.MASKS ? Integer.valueOf(freshMask++) : null;
            if (id == null) {
                return null;
            }
            mask = new Mask(id, new MaskKey(bits.clone()));
            maps.writeMask(id, bits);
            masks.put(mask.bits, mask);
        }
        if (!mask.users.containsKey(port) && !maps.addPortMask(port, mask.id)) {
            forgetUnused(mask);
            return null;
        }
        mask.users.merge(port, 1, Integer::sum);
        return mask;
    }

    private void release(Mask mask, int port) {
        if (mask.users.merge(port, -1, Integer::sum) == 0) {
            mask.users.remove(port);
            maps.removePortMask(port, mask.id);
            forgetUnused(mask);
        }
    }

    private void forgetUnused(Mask mask) {
        if (mask.users.isEmpty()) {
            masks.remove(mask.bits);
            freeMasks.add(mask.id);
        }
    }
}
