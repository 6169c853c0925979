package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Reads back the flows that an earlier process left at work, and removes what it left half done.
 *
 * <p>Removed are flows that drained, entries that their slot, mask or port do not know, and lists that nobody can read; then masks without flows and slots
 * without an entry. Frames go on meanwhile.
 */
final class FlowAdoption {
    /** A flow that is right in every respect. */
    record Left(int id, int generation, long[] key, int mask, int list) {
    }

    private record Raw(long[] key, int mask, int slot, int generation) {
    }

    final List<Left> flows = new ArrayList<>();
    /** Bits of the masks in use, by id. */
    final Map<Integer, long[]> masks = new HashMap<>();
    /** Lists in use, by id. */
    final Map<Integer, List<Action>> lists = new HashMap<>();
    int lastGeneration;

    private final KernelMaps maps;
    private final FlowMaps flowMaps;
    private final List<Raw> entries = new ArrayList<>();
    private final BitSet slots = new BitSet();
    /** Masks in the lists of ports, as port << 32 | id. */
    private final Set<Long> placed = new HashSet<>();

    FlowAdoption(KernelMaps maps, FlowMaps flowMaps) {
        this.maps = maps;
        this.flowMaps = flowMaps;
        flowMaps.fast().clear();
        flowMaps.entries((key, slot, generation) -> {
            int mask = (int) key[4];
            key[4] &= ~0xffffffffL;
            entries.add(new Raw(key, mask, slot, generation));
            lastGeneration = Math.max(lastGeneration, generation);
        });
        for (int port = 0; port < PortId.LIMIT; port++) {
            for (int mask : maps.portMasks(port, false)) {
                placed.add((long) port << 32 | mask);
            }
        }
        BitSet draining = new BitSet();
        entries.stream().filter(this::drains).forEach(entry -> draining.set(entry.slot));
        for (Raw entry : entries) {
            if (!isKnown(entry) || draining.get(entry.slot) || slots.get(entry.slot) || !adopt(entry)) {
                flowMaps.discard(entry.key, entry.mask);
            }
        }
        entries.clear();
        tidy();
    }

    private boolean isKnown(Raw entry) {
        return entry.mask >= 0 && entry.mask < KernelMaps.MASKS && entry.slot >= 0 && entry.slot < flowMaps.count();
    }

    /** One that has begun to drain may be there as a regular one still. */
    private boolean drains(Raw entry) {
        if (!isKnown(entry)) {
            return false;
        }
        long[] mask = maps.readMask(entry.mask);
        int hashId = (int) mask[4];
        return hashId != entry.mask && hashId >= 0 && hashId < KernelMaps.MASKS && Arrays.equals(mask, maps.readMask(hashId));
    }

    private static int port(long[] key) {
        return (int) Field.INGRESS.in(key);
    }

    private boolean adopt(Raw entry) {
        long[] bits = masks.get(entry.mask);
        if (bits == null) {
            bits = maps.readMask(entry.mask);
            bits[4] &= ~0xffffffffL;
        }
        long slot = flowMaps.slot(entry.slot);
        int list = (int) slot;
        boolean right = Field.INGRESS.in(bits) == Field.INGRESS.bits() && FlowKey.matches(entry.key, bits, entry.key)
                && placed.contains((long) port(entry.key) << 32 | entry.mask) && (int) (slot >>> 32) == FlowMaps.hash(entry.key, entry.mask)
                && list >= 0 && list < KernelMaps.LISTS;
        if (!right || !isReadable(list)) {
            return false;
        }
        masks.put(entry.mask, bits);
        slots.set(entry.slot);
        flows.add(new Left(entry.slot, entry.generation, entry.key, entry.mask, list));
        return true;
    }

    private boolean isReadable(int list) {
        if (!lists.containsKey(list)) {
            List<Action> actions = ListReader.read(maps.list(list), maps);
            if (actions == null) {
                return false;
            }
            lists.put(list, actions);
        }
        return true;
    }

    private void tidy() {
        Set<Long> used = new HashSet<>();
        for (Left flow : flows) {
            used.add((long) port(flow.key) << 32 | flow.mask);
            int hash = FlowMaps.hash(flow.key, flow.mask);
            flowMaps.countInFilter(hash);
            flowMaps.fast().add(flow.key, flow.mask, hash, flow.id, flow.generation);
        }
        for (int port = 0; port < PortId.LIMIT; port++) {
            for (int mask : maps.portMasks(port, false)) {
                if (mask >= 0 && !used.contains((long) port << 32 | mask)) {
                    maps.removePortMask(port, false, mask);
                }
            }
            for (int mask : maps.portMasks(port, true)) {
                maps.removePortMask(port, true, mask);
            }
        }
        flowMaps.cleanFilter();
        for (int slot = 0; slot < flowMaps.count(); slot++) {
            if (!slots.get(slot) && flowMaps.slot(slot) != 0) {
                flowMaps.clearSlot(slot);
            }
        }
    }
}
