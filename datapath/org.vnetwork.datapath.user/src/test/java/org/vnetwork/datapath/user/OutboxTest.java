package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.wire.Frame;

/** What waits to go out, against a plain queue. */
class OutboxTest {
    private static final int OCTETS = 4096;

    private record Waiting(byte[] octets, int ingress) {
    }

    private final Outbox outbox = new Outbox(Arena.ofAuto(), OCTETS);
    private final Deque<Waiting> model = new ArrayDeque<>();

    private boolean offer(int size, int number, int ingress) {
        byte[] octets = Rig.frame(size, number);
        boolean in = outbox.offer(new Frame().over(MemorySegment.ofArray(octets), 0, size, ingress));
        if (in) {
            model.add(new Waiting(octets, ingress));
        }
        return in;
    }

    private byte[] octets(int from, int count) {
        return outbox.memory().asSlice(from, count).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    private void assertSame() {
        assertEquals(model.size(), outbox.count());
        int next = model.isEmpty() ? 0 : outbox.offset(0) - Outbox.PREFIX;
        int end = next + outbox.run();
        int i = 0;
        for (Iterator<Waiting> each = model.iterator(); each.hasNext(); i++) {
            Waiting waiting = each.next();
            assertEquals(waiting.ingress, outbox.ingress(i));
            ByteBuffer expected = ByteBuffer.allocate(4 + waiting.octets.length).putInt(waiting.octets.length).put(waiting.octets).flip();
            assertEquals(expected, ByteBuffer.wrap(octets(outbox.offset(i) - Outbox.PREFIX, 4 + outbox.size(i))));
            if (next < end) {
                assertEquals(next, outbox.offset(i) - Outbox.PREFIX, "what is in a run stands back to back");
                next += expected.limit();
            }
        }
        assertTrue(end <= OCTETS);
    }

    @Test
    void givesBackWhatItWasGivenInOrder() {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            if (random.nextInt(3) > 0) {
                int longest = random.nextInt(10) == 0 ? 2_000 : 200;
                refused += offer(14 + random.nextInt(longest), i, random.nextInt(1024)) ? 0 : 1;
            } else if (!model.isEmpty()) {
                int count = 1 + random.nextInt(model.size());
                outbox.release(count);
                for (int each = 0; each < count; each++) {
                    model.remove();
                }
            }
            if (i % 7 == 0) {
                assertSame();
            }
        }
        assertTrue(refused > 1_000, "refused " + refused);
    }

    @Test
    void holdsSoMuchAndNoMore() {
        int in = 0;
        while (offer(60, in, 1)) {
            in++;
        }
        assertEquals(OCTETS / 64, in);
        outbox.release(1);
        assertFalse(offer(61, 0, 1));
        assertTrue(offer(60, 0, 1));
        Outbox large = new Outbox(Arena.ofAuto(), UserPort.QUEUE);
        int frames = 0;
        Frame frame = new Frame().over(MemorySegment.ofArray(new byte[14]), 0, 14, 1);
        while (large.offer(frame)) {
            frames++;
        }
        assertEquals(Outbox.FRAMES, frames);
    }

    @Test
    void forgetsWhereFramesCameFrom() {
        offer(60, 1, 7);
        offer(60, 2, 8);
        outbox.forget(7);
        assertEquals(0, outbox.ingress(0));
        assertEquals(8, outbox.ingress(1));
        assertEquals(60, outbox.size(0));
    }
}
