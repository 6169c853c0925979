package org.vnetwork.datapath.user;

import java.util.Arrays;
import org.vnetwork.packet.wire.FlowKey;

/** A mask of one ingress port, and how many flows have it. */
final class Tuple {
    final int id;
    final long[] mask;
    /** The words of a key in which the mask has bits: the others need not be looked at. */
    final int[] words;
    int flows;

    Tuple(int id, long[] mask) {
        this.id = id;
        this.mask = mask.clone();
        int[] used = new int[FlowKey.WORDS];
        int count = 0;
        for (int i = 0; i < FlowKey.WORDS; i++) {
            if (mask[i] != 0) {
                used[count++] = i;
            }
        }
        words = Arrays.copyOf(used, count);
    }

    /** The hash of a key's masked bits. */
    long hash(long[] key, long seed) {
        long hash = seed + id;
        for (int word : words) {
            hash = mix(hash, key[word] & mask[word]);
        }
        return hash;
    }

    /** Adds a word to a hash. */
    static long mix(long hash, long word) {
        long mixed = (hash ^ word) * 0x9e37_79b9_7f4a_7c15L;
        return mixed ^ mixed >>> 29;
    }
}
