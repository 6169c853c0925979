package org.vnetwork.core.flow;

import org.vnetwork.packet.wire.FlowKey;

/** Flows of one mask by masked key: open addressing, no allocation when looking up. Loop thread only. */
final class FlowIndex {
    private static final int SMALLEST = 16;

    final long[] mask;
    private Flow[] slots = new Flow[SMALLEST];
    private int count;

    FlowIndex(long[] mask) {
        this.mask = mask;
    }

    int count() {
        return count;
    }

    static int hash(long[] maskedKey) {
        long hash = 0;
        for (long word : maskedKey) {
            hash = mix(hash, word);
        }
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long hash, long word) {
        long mixed = (hash ^ word) * 0x9e37_79b9_7f4a_7c15L;
        return mixed ^ mixed >>> 29;
    }

    /** The flow that a full key matches under this mask, or null. */
    Flow find(long[] key) {
        long hash = 0;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            hash = mix(hash, key[i] & mask[i]);
        }
        int at = (int) (hash ^ hash >>> 32) & slots.length - 1;
        for (Flow flow = slots[at]; flow != null; flow = slots[at]) {
            if (FlowKey.matches(key, mask, flow.key)) {
                return flow;
            }
            at = at + 1 & slots.length - 1;
        }
        return null;
    }

    void add(Flow flow) {
        if (count * 2 >= slots.length) {
            Flow[] old = slots;
            slots = new Flow[old.length * 2];
            for (Flow other : old) {
                if (other != null) {
                    place(other);
                }
            }
        }
        place(flow);
        count++;
    }

    private void place(Flow flow) {
        int at = flow.hash & slots.length - 1;
        while (slots[at] != null) {
            at = at + 1 & slots.length - 1;
        }
        slots[at] = flow;
    }

    void remove(Flow flow) {
        int at = flow.hash & slots.length - 1;
        while (slots[at] != flow) {
            if (slots[at] == null) {
                return;
            }
            at = at + 1 & slots.length - 1;
        }
        slots[at] = null;
        count--;
        // What followed the hole may have been displaced by it.
        for (int next = at + 1 & slots.length - 1; slots[next] != null; next = next + 1 & slots.length - 1) {
            Flow displaced = slots[next];
            slots[next] = null;
            place(displaced);
        }
    }
}
