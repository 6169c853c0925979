package org.vnetwork.datapath.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/** Flows by ingress port, mask and masked key: tuple space search (Srinivasan, Suri and Varghese, SIGCOMM 1999). */
final class FlowTable {
    static final int FLOWS = 262_144;
    static final int MASKS_PER_PORT = 32;

    private final Map<Integer, Flow> byId = new HashMap<>();
    private final Map<Integer, List<Tuple>> byPort = new HashMap<>();
    private final Map<Integer, List<Tuple>> draining = new HashMap<>();

    /** An active flow. */
    static final class Flow {
        final FlowEntry entry;
        List<Action> actions;
        private long packets;
        private long bytes;
        private long lastUsedNanos;

        Flow(FlowEntry entry) {
            this.entry = entry;
            this.actions = List.copyOf(entry.actions());
        }

        void used(int frames, int size, long nanos) {
            packets += frames;
            bytes += size;
            lastUsedNanos = nanos;
        }

        FlowCounters counters() {
            return new FlowCounters(packets, bytes, lastUsedNanos);
        }
    }

    /** The flows of one mask. */
    private record Tuple(long[] mask, Map<Words, Flow> flows) {
    }

    /** A masked key as the key of a map. */
    private record Words(long[] words) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Words(long[] others) && Arrays.equals(words, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(words);
        }
    }

    /** Adds a flow; false when it is no valid one, its id or key is taken, or the table or the port's mask list is full. */
    boolean add(FlowEntry entry) {
        if (!entry.fits(FLOWS) || byId.containsKey(entry.id())) {
            return false;
        }
        Flow flow = new Flow(entry);
        if (!put(byPort, flow)) {
            return false;
        }
        byId.put(entry.id(), flow);
        return true;
    }

    private static boolean put(Map<Integer, List<Tuple>> ports, Flow flow) {
        long[] mask = flow.entry.mask();
        List<Tuple> tuples = ports.computeIfAbsent(flow.entry.ingress(), port -> new ArrayList<>());
        Tuple tuple = tuples.stream().filter(t -> Arrays.equals(t.mask, mask)).findFirst().orElse(null);
        if (tuple == null) {
            if (tuples.size() == MASKS_PER_PORT) {
                return false;
            }
            tuple = new Tuple(mask.clone(), new HashMap<>());
            tuples.add(tuple);
        }
        return tuple.flows.putIfAbsent(new Words(FlowKey.masked(flow.entry.key(), mask)), flow) == null;
    }

    /** Has a flow match behind all others, with other actions. */
    boolean drain(int id, List<Action> actions) {
        Flow flow = byId.get(id);
        if (flow == null || !put(draining, flow)) {
            return false;
        }
        takeOut(byPort, flow);
        flow.actions = List.copyOf(actions);
        return true;
    }

    private static void takeOut(Map<Integer, List<Tuple>> ports, Flow flow) {
        List<Tuple> tuples = ports.getOrDefault(flow.entry.ingress(), new ArrayList<>());
        Words key = new Words(FlowKey.masked(flow.entry.key(), flow.entry.mask()));
        tuples.stream().filter(tuple -> Arrays.equals(tuple.mask, flow.entry.mask())).forEach(tuple -> tuple.flows.remove(key, flow));
        tuples.removeIf(tuple -> tuple.flows.isEmpty());
    }

    Flow find(int id) {
        return byId.get(id);
    }

    /** Removes a flow; null when there is none of this id. */
    Flow remove(int id) {
        Flow flow = byId.remove(id);
        if (flow != null) {
            takeOut(byPort, flow);
            takeOut(draining, flow);
        }
        return flow;
    }

    /** A flow that matches, of the oldest mask that has one, and one that drains only when no other does; null when none does. */
    Flow lookup(int ingress, long[] key) {
        Flow flow = lookup(byPort.getOrDefault(ingress, List.of()), key);
        return flow != null ? flow : lookup(draining.getOrDefault(ingress, List.of()), key);
    }

    private static Flow lookup(List<Tuple> tuples, long[] key) {
        for (Tuple tuple : tuples) {
            Flow flow = tuple.flows.get(new Words(FlowKey.masked(key, tuple.mask)));
            if (flow != null) {
                return flow;
            }
        }
        return null;
    }

    Collection<Flow> all() {
        return byId.values();
    }

    void clear() {
        byId.clear();
        byPort.clear();
        draining.clear();
    }
}
