package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Reads back the flows that an earlier process left at work, and removes what it left half done.
 *
 * <p>Removed are places in the index whose entry, mask or port do not know them, and lists that nobody can read; then masks
 * without flows. An entry that no place leads to is free. Frames go on meanwhile, those that a draining flow alone matches too.
 */
final class FlowAdoption {
    private static final long MASK_ID = 0xffffffffL;
    /** The masks of a port's flows, and those of its draining flows. */
    private static final boolean[] LISTS_OF_PORT = {false, true};

    /** A flow that is right in every respect. */
    record Left(int id, int generation, long[] key, int mask, int list, boolean drains) {
        private int port() {
            return (int) Field.INGRESS.in(key);
        }

        private long place() {
            return FlowAdoption.place(port(), drains, mask);
        }
    }

    final List<Left> flows = new ArrayList<>();
    /** Bits of the masks in use, by id. */
    final Map<Integer, long[]> masks = new HashMap<>();
    /** Lists in use, by id. */
    final Map<Integer, ListReader> lists = new HashMap<>();
    int lastGeneration;

    private final KernelMaps maps;
    private final FlowMaps flowMaps;
    private final BitSet slots = new BitSet();
    /** Masks in the lists of ports, as {@link #place}. */
    private final Set<Long> placed = new HashSet<>();

    FlowAdoption(KernelMaps maps, FlowMaps flowMaps) {
        this.maps = maps;
        this.flowMaps = flowMaps;
        for (int port = 0; port < PortId.LIMIT; port++) {
            for (boolean drains : LISTS_OF_PORT) {
                for (int mask : maps.portMasks(port, drains)) {
                    placed.add(place(port, drains, mask));
                }
            }
        }
        flowMaps.index().resume(this::adopt);
        tidy();
    }

    private static long place(int port, boolean drains, int mask) {
        return (long) (port << 1 | (drains ? 1 : 0)) << 32 | mask & MASK_ID;
    }

    private boolean adopt(int hash, int slot, boolean drains) {
        if (slot < 0 || slot >= flowMaps.count()) {
            return false;
        }
        long[] key = flowMaps.key(slot);
        Left flow = new Left(slot, flowMaps.generation(slot), key, flowMaps.mask(slot), (int) flowMaps.word(slot), drains);
        lastGeneration = Math.max(lastGeneration, flow.generation);
        if (slots.get(slot) || !flowMaps.isWhole(slot) || !isHashed(flow, hash) || !isMasked(flow) || !isReadable(flow.list)) {
            return false;
        }
        slots.set(slot);
        flows.add(flow);
        return true;
    }

    private boolean isHashed(Left flow, int hash) {
        return (int) (flowMaps.word(flow.id) >>> 32) == hash && flowMaps.hash(flow.key, flow.mask) == hash;
    }

    private boolean isMasked(Left flow) {
        if (flow.mask < 0 || flow.mask >= KernelMaps.MASKS || !placed.contains(flow.place())) {
            return false;
        }
        long[] bits = masks.computeIfAbsent(flow.mask, maps::readMask);
        return Field.INGRESS.in(bits) == Field.INGRESS.bits() && FlowKey.matches(flow.key, bits, flow.key);
    }

    private boolean isReadable(int list) {
        return lists.computeIfAbsent(list, id -> ListReader.read(maps, id)) != null;
    }

    private void tidy() {
        Set<Long> used = new HashSet<>();
        Set<Integer> usedMasks = new HashSet<>();
        for (Left flow : flows) {
            used.add(flow.place());
            usedMasks.add(flow.mask);
        }
        masks.keySet().retainAll(usedMasks);
        for (int port = 0; port < PortId.LIMIT; port++) {
            for (boolean drains : LISTS_OF_PORT) {
                for (int mask : maps.portMasks(port, drains)) {
                    if (mask >= 0 && !used.contains(place(port, drains, mask))) {
                        maps.removePortMask(port, drains, mask);
                    }
                }
            }
        }
        for (int slot = 0; slot < flowMaps.count(); slot++) {
            if (!slots.get(slot) && flowMaps.word(slot) != 0) {
                flowMaps.clearWord(slot);
            }
        }
    }
}
