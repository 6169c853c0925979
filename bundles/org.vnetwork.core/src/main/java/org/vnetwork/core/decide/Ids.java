package org.vnetwork.core.decide;

import java.nio.charset.StandardCharsets;

/** Numbers of things that plugins name: the same in every run of the switch, so that what the kernel holds keeps its owner over a restart. */
final class Ids {
    private static final long BASIS = 0xcbf2_9ce4_8422_2325L;
    private static final long PRIME = 0x0000_0100_0000_01b3L;
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private Ids() {
    }

    /** FNV-1a over both names, mixed once more. */
    static long of(String plugin, String name) {
        long hash = BASIS;
        for (byte octet : (plugin + "\n" + name).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ octet & 0xff) * PRIME;
        }
        return (hash ^ hash >>> 32) * MIX;
    }
}
