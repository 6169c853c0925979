package org.vnetwork.datapath.ebpf;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The masks of all flows, and those that each port's frames are tried with: regular ones, behind them those of draining flows.
 *
 * <p>Flows with the same bits share a mask, whatever their port. Loop thread only.
 */
final class PortMasks {
    private final KernelMaps maps;
    private final Map<Bits, Mask> masks = new HashMap<>();
    private final Numbers ids = new Numbers(KernelMaps.MASKS);

    /** A mask in use, and by how many flows of which port. */
    static final class Mask {
        final int id;
        private final Bits bits;
        private final Map<Integer, Integer> regular = new HashMap<>();
        private final Map<Integer, Integer> draining = new HashMap<>();

        private Mask(int id, Bits bits) {
            this.id = id;
            this.bits = bits;
        }

        long[] bits() {
            return bits.words;
        }

        private Map<Integer, Integer> users(boolean drains) {
            return drains ? draining : regular;
        }
    }

    private record Bits(long[] words) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bits bits && Arrays.equals(words, bits.words);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(words);
        }
    }

    PortMasks(KernelMaps maps) {
        this.maps = maps;
    }

    /** The mask with these bits, with one flow of the port more; null when there is no room. */
    Mask use(long[] bits, int port) {
        Mask mask = masks.get(new Bits(bits));
        if (mask == null) {
            int id = ids.take();
            if (id < 0) {
                return null;
            }
            mask = new Mask(id, new Bits(bits.clone()));
            maps.writeMask(id, bits);
            masks.put(mask.bits, mask);
        }
        return use(mask, port, false) ? mask : null;
    }

    /** One flow of the port more that drains; false when there is no room. */
    boolean drain(Mask mask, int port) {
        return use(mask, port, true);
    }

    private boolean use(Mask mask, int port, boolean drains) {
        Map<Integer, Integer> users = mask.users(drains);
        if (!users.containsKey(port) && !maps.addPortMask(port, drains, mask.id)) {
            forgetUnused(mask);
            return false;
        }
        users.merge(port, 1, Integer::sum);
        return true;
    }

    /** One flow of the port less; it is gone from the table already. */
    void release(Mask mask, int port, boolean drains) {
        if (mask.users(drains).merge(port, -1, Integer::sum) == 0) {
            mask.users(drains).remove(port);
            maps.removePortMask(port, drains, mask.id);
            forgetUnused(mask);
        }
    }

    private void forgetUnused(Mask mask) {
        if (mask.draining.isEmpty() && mask.regular.isEmpty()) {
            masks.remove(mask.bits, mask);
            ids.free(mask.id);
        }
    }

    /** Knows masks that an earlier process left, by their ids; each gets users by {@link #resume(Mask, int, boolean)}. */
    Map<Integer, Mask> resume(Map<Integer, long[]> left) {
        Map<Integer, Mask> resumed = new HashMap<>();
        BitSet used = new BitSet();
        left.forEach((id, bits) -> {
            used.set(id);
            Mask mask = new Mask(id, new Bits(bits));
            masks.put(mask.bits, mask);
            resumed.put(id, mask);
        });
        ids.resume(used);
        return resumed;
    }

    /** One flow more of a port that has the mask among its own already. */
    static void resume(Mask mask, int port, boolean drains) {
        mask.users(drains).merge(port, 1, Integer::sum);
    }
}
