package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.wire.Frame;

/** What waits to go out, against a plain queue. */
class OutboxTest {
    private static final int OCTETS = 4096;
    private static final int SOURCES = 4;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

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

    /** Any source may be ahead of the others; what is left is in the order it came. */
    @Test
    void letsEachSourceSendWhatIsItsOwnInOrder() {
        Outbox tunnel = new Outbox(Arena.ofAuto(), OCTETS, 7, SOURCES);
        List<Deque<Integer>> waiting = Stream.generate(() -> (Deque<Integer>) new ArrayDeque<Integer>()).limit(SOURCES).toList();
        Set<Integer> all = new TreeSet<>();
        Random random = new Random(2);
        int ahead = 0;
        int turned = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] octets = Inner.udp(60 + random.nextInt(200), random.nextInt(64), i);
            if (random.nextInt(5) > 1) {
                Frame frame = new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, 3);
                if (tunnel.offer(frame)) {
                    waiting.get(InnerFlow.of(frame.buffer, 0, frame.size) % SOURCES).add(i);
                    all.add(i);
                } else {
                    turned++;
                }
            } else {
                int source = random.nextInt(SOURCES);
                for (int left = random.nextInt(waiting.get(source).size() + 1), gone = 0; gone < left; gone++) {
                    all.remove(waiting.get(source).remove());
                    tunnel.release(1, source);
                }
                if (random.nextInt(4) == 0 && !all.isEmpty()) {
                    // Dropped, as the oldest is.
                    assertEquals(all.iterator().next(), waiting.get(tunnel.source(0)).peek());
                    all.remove(waiting.get(tunnel.source(0)).remove());
                    tunnel.release(1);
                }
            }
            ahead += tunnel.count() > all.size() ? 1 : 0;
            assertEquals(all.isEmpty(), tunnel.isEmpty());
            assertEquals(List.copyOf(all), numbers(tunnel));
        }
        assertTrue(ahead > 1_000 && turned > 1_000, ahead + " " + turned);
    }

    /** What has not gone, by the numbers in it; all of it has its place in memory still. */
    private static List<Integer> numbers(Outbox tunnel) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < tunnel.count(); i++) {
            if (tunnel.waits(i, tunnel.source(i))) {
                assertEquals(7, tunnel.memory().get(LONG, tunnel.offset(i) - Long.BYTES));
                numbers.add(tunnel.memory().get(INT, tunnel.offset(i) + Inner.PAYLOAD));
            }
        }
        return numbers;
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
