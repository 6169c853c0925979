package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/**
 * The flow table. Loop thread only.
 *
 * <p>Adding goes list, mask, flow; removing the other way round. A flow's id is its slot, which it keeps while it drains.
 */
final class KernelFlows {
    private final FlowMaps maps;
    private final ActionLists lists;
    private final PortMasks masks;
    private final Groups groups;
    private final Flow[] flows;
    private int bound;
    private int generation;
    /** Flows of an earlier process that nobody has asked about. */
    private int unclaimed;
    private FlowCounters last = FlowCounters.NONE;

    /** A flow that is in. */
    private static final class Flow {
        final long[] key;
        final PortMasks.Mask mask;
        final int hash;
        final int generation;
        ActionLists.Entry list;
        boolean drains;
        boolean claimed = true;

        Flow(long[] key, PortMasks.Mask mask, int hash, int generation, ActionLists.Entry list) {
            this.key = key;
            this.mask = mask;
            this.hash = hash;
            this.generation = generation;
            this.list = list;
        }

        int port() {
            return (int) Field.INGRESS.in(key);
        }
    }

    KernelFlows(KernelMaps shared, FlowMaps maps, Groups groups) {
        this.maps = maps;
        this.groups = groups;
        this.lists = new ActionLists(shared);
        this.masks = new PortMasks(shared);
        this.flows = new Flow[maps.count()];
        shared.setFlowCount(maps.count());
    }

    /** Takes over what an earlier process left; it stays at work until it is claimed or {@link #dropUnclaimed dropped}. */
    void adopt(FlowAdoption left) {
        Map<Integer, PortMasks.Mask> masksById = masks.resume(left.masks);
        Map<Integer, ActionLists.Entry> listsById = lists.resume(left.lists);
        for (FlowAdoption.Left one : left.flows) {
            Flow flow = new Flow(one.key(), masksById.get(one.mask()), maps.hash(one.key(), one.mask()), one.generation(), ActionLists.use(listsById.get(one.list())));
            flow.claimed = false;
            flow.drains = one.drains();
            unclaimed++;
            PortMasks.resume(flow.mask, flow.port(), flow.drains);
            put(one.id(), flow);
            groups.use(flow.list, flow.port());
        }
        generation = left.lastGeneration;
    }

    private void put(int id, Flow flow) {
        flows[id] = flow;
        bound = Math.max(bound, id + 1);
    }

    /** What was adopted, which is the caller's from now on. */
    List<FlowEntry> claim() {
        List<FlowEntry> claimed = new ArrayList<>(unclaimed);
        for (int id = 0; id < bound && unclaimed > 0; id++) {
            Flow flow = flows[id];
            if (flow != null && !flow.claimed) {
                flow.claimed = true;
                unclaimed--;
                claimed.add(new FlowEntry(id, flow.key.clone(), flow.mask.bits().clone(), Step.actions(flow.list.steps, flow.port()), flow.drains));
            }
        }
        return claimed;
    }

    /** Removes what was adopted and nobody asked about. */
    void dropUnclaimed() {
        for (int id = 0; id < bound && unclaimed > 0; id++) {
            if (flows[id] != null && !flows[id].claimed) {
                remove(id);
            }
        }
    }

    boolean add(FlowEntry entry) {
        int id = entry.id();
        makeWay(id);
        if (flows[id] != null) {
            return false;
        }
        int port = (int) Field.INGRESS.in(entry.key());
        ActionLists.Entry list = lists.take(entry.actions(), port);
        if (list == null) {
            return false;
        }
        PortMasks.Mask mask = masks.use(entry.mask(), port);
        if (mask == null) {
            lists.release(list);
            return false;
        }
        Flow flow = new Flow(entry.key(), mask, maps.hash(entry.key(), mask.id), ++generation, list);
        makeWay(find(flow, false));
        // Counters before entry before index: each is right when the next can be seen.
        maps.clearCounters(id);
        if (find(flow, false) >= 0 || !maps.insert(flow.key, mask.id, flow.hash, id, flow.generation, list.id())) {
            masks.release(mask, port, false);
            lists.release(list);
            return false;
        }
        put(id, flow);
        groups.use(list, port);
        return true;
    }

    /** Where a flow with the same key and mask is. */
    private int find(Flow flow, boolean drains) {
        return maps.find(flow.key, flow.mask.id, flow.hash, drains);
    }

    /** For a caller that never asked what was adopted: ids and keys are those of an empty table. */
    private void makeWay(int id) {
        if (id >= 0 && flows[id] != null && !flows[id].claimed) {
            remove(id);
        }
    }

    boolean replace(int id, List<Action> actions) {
        Flow flow = find(id);
        ActionLists.Entry list = flow == null ? null : lists.take(actions, flow.port());
        if (list == null) {
            return false;
        }
        swap(id, flow, list);
        return true;
    }

    private void swap(int id, Flow flow, ActionLists.Entry list) {
        maps.setWord(id, flow.hash, list.id());
        release(flow.list);
        flow.list = list;
        groups.use(list, flow.port());
    }

    /** The flow goes behind all others by one store, after its mask is there: a frame meets it in the one place or the other. */
    boolean drain(int id, List<Action> actions) {
        Flow flow = find(id);
        if (flow == null || flow.drains) {
            return false;
        }
        ActionLists.Entry list = find(flow, true) < 0 ? lists.take(actions, flow.port()) : null;
        if (list == null) {
            return false;
        }
        if (!masks.drain(flow.mask, flow.port())) {
            lists.release(list);
            return false;
        }
        maps.index().drain(flow.hash, id);
        swap(id, flow, list);
        masks.release(flow.mask, flow.port(), false);
        flow.drains = true;
        return true;
    }

    FlowCounters remove(int id) {
        Flow flow = find(id);
        if (flow == null) {
            return FlowCounters.NONE;
        }
        maps.remove(flow.hash, id);
        masks.release(flow.mask, flow.port(), flow.drains);
        release(flow.list);
        flows[id] = null;
        unclaimed -= flow.claimed ? 0 : 1;
        maps.readCounters(id, (slot, frames, bytes, seen) -> last = new FlowCounters(frames, bytes, seen));
        return last;
    }

    private void release(ActionLists.Entry list) {
        lists.release(list);
        if (!list.isUsed()) {
            groups.release(list);
        }
    }

    void statistics(StatisticsSink sink) {
        while (bound > 0 && flows[bound - 1] == null) {
            bound--;
        }
        for (int id = 0; id < bound; id++) {
            if (flows[id] != null && flows[id].claimed) {
                maps.readCounters(id, sink);
            }
        }
    }

    /** Whether a frame that came up names a flow that is still the same one. */
    boolean isCurrent(int id, int itsGeneration) {
        Flow flow = find(id);
        return flow != null && flow.claimed && flow.generation == itsGeneration;
    }

    private Flow find(int id) {
        return id < 0 || id >= flows.length ? null : flows[id];
    }
}
