package org.vnetwork.packet.wire;

import org.vnetwork.packet.Field;

/**
 * Operations on flow keys and masks: {@code long[11]}, drawn in {@code datapath/ebpf/vnet_abi.h}.
 *
 * <p>A mask has a bit set where a key is compared. Stateless; arrays are the caller's.
 */
public final class FlowKey {
    /** Words of a key. */
    public static final int WORDS = 11;
    /** Octets of a key. */
    public static final int SIZE = WORDS * Long.BYTES;

    private FlowKey() {
    }

    /** Adds all bits of a field to a mask. */
    public static void add(long[] mask, Field field) {
        if (field.width() > 64) {
            mask[field.word()] |= field.width() == 128 ? -1L : (1L << field.width() - 64) - 1;
            mask[field.word() + 1] = -1L;
        } else {
            mask[field.word()] |= field.keyBits();
        }
    }

    /** Writes the low (or only) half of a field into a key. */
    public static void put(long[] key, Field field, long value) {
        int word = field.width() > 64 ? field.word() + 1 : field.word();
        key[word] = key[word] & ~field.keyBits() | (value & field.bits()) << field.shift();
    }

    /** The key with every bit outside the mask cleared. */
    public static long[] masked(long[] key, long[] mask) {
        long[] result = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            result[i] = key[i] & mask[i];
        }
        return result;
    }

    /** Whether {@code wide} compares every bit that {@code narrow} compares. */
    public static boolean covers(long[] wide, long[] narrow) {
        for (int i = 0; i < WORDS; i++) {
            if ((narrow[i] & ~wide[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a key is equal to an already masked key under the mask. */
    public static boolean matches(long[] key, long[] mask, long[] maskedKey) {
        for (int i = 0; i < WORDS; i++) {
            if ((key[i] & mask[i]) != maskedKey[i]) {
                return false;
            }
        }
        return true;
    }
}
