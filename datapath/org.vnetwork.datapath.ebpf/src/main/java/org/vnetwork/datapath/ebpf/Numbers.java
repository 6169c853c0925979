package org.vnetwork.datapath.ebpf;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * Numbers of things that programs look at; one that is freed is not given out again for a while.
 *
 * <p>Loop thread only.
 */
final class Numbers {
    /** Long after the last program that could have seen what a freed number stood for has ended. */
    static final long QUARANTINE_NANOS = 1_000_000_000L;

    private final int limit;
    private final Deque<Freed> freed = new ArrayDeque<>();
    private int fresh;

    private record Freed(int number, long nanos) {
    }

    /** From 0 to one less than the limit, all free. */
    Numbers(int limit) {
        this.limit = limit;
    }

    /** A number that is free; -1 when there is none. */
    int take() {
        if (!freed.isEmpty() && System.nanoTime() - freed.peek().nanos() > QUARANTINE_NANOS) {
            return freed.poll().number();
        }
        return fresh < limit ? fresh++ : -1;
    }

    void free(int number) {
        freed.add(new Freed(number, System.nanoTime()));
    }

    /** Starts anew with some in use; all others below the largest of them may still be seen. */
    void resume(BitSet used) {
        freed.clear();
        fresh = used.length();
        for (int number = used.nextClearBit(0); number < fresh; number = used.nextClearBit(number + 1)) {
            free(number);
        }
    }
}
