package org.vnetwork.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.Rewriter;

/** A batch holds what fits, frame by frame, each with room of its own. */
class FrameBatchTest {
    private final FrameBatch batch = new FrameBatch();

    /** A frame whose octets are all its number. */
    private static Frame frame(int size, int number) {
        MemorySegment octets = MemorySegment.ofArray(new byte[size]);
        octets.fill((byte) number);
        return new Frame().over(octets, 0, size, 1 + number);
    }

    private static void assertIs(int size, int number, Frame frame) {
        assertEquals(size + " of port " + (1 + number), frame.size + " of port " + frame.ingress);
        for (byte octet : frame.bytes().toArray(ValueLayout.JAVA_BYTE)) {
            assertEquals((byte) number, octet);
        }
    }

    @Test
    void framesOfAllSizesComeBackInOrderAndWhole() {
        int[] sizes = {14, 60, 1_514, FrameBatch.LONGEST, 61, 9_014, 15};
        for (int i = 0; i < sizes.length; i++) {
            assertTrue(batch.add(frame(sizes[i], i)));
        }
        assertFalse(batch.isFull());
        for (int i = 0; i < sizes.length; i++) {
            assertEquals(sizes.length - i, batch.left());
            assertIs(sizes[i], i, batch.next());
        }
        assertNull(batch.next());
        assertEquals(0, batch.left());
    }

    @Test
    void holdsAsManyFramesOfAnEthernetAsItPromises() {
        for (int i = 0; i < FrameBatch.FRAMES; i++) {
            assertFalse(batch.isFull());
            Frame frame = batch.room(FrameBatch.LONGEST);
            assertNotNull(frame, "frame " + i);
            frame.size = 1_518;
            batch.keep();
        }
        assertNull(batch.room(14));
        assertTrue(batch.isFull());
        assertEquals(FrameBatch.FRAMES, batch.left());
    }

    @Test
    void aSuperframeThatDoesNotFitWaitsAndLosesNothing() {
        int in = 0;
        while (batch.add(frame(60_000, in))) {
            in++;
        }
        assertTrue(in >= 7, "superframes: " + in);
        assertTrue(batch.isFull());
        for (int i = 0; i < in; i++) {
            assertIs(60_000, i, batch.next());
        }
        assertNull(batch.next());
        batch.clear();
        assertFalse(batch.isFull());
        assertTrue(batch.add(frame(60_000, in)));
        assertIs(60_000, in, batch.next());
    }

    @Test
    void allThatIsKnownOfAFrameComesAlong() {
        Frame from = frame(60, 3);
        from.flow = 9;
        from.copy = true;
        from.offloadFlags = 1;
        from.gsoType = 1;
        from.gsoSize = 10;
        from.headerSize = 20;
        from.checksumStart = 34;
        from.checksumOffset = 16;
        batch.add(from);
        batch.add(frame(60, 4));
        Frame to = batch.next();
        assertEquals("9 true 1 1 10 20 34 16", to.flow + " " + to.copy + " " + to.offloadFlags + " " + to.gsoType + " " + to.gsoSize + " " + to.headerSize + " " + to.checksumStart + " " + to.checksumOffset);
        assertEquals(4, to.wireFrames());
        Frame plain = batch.next();
        assertEquals("-1 false 0 0 0 0", plain.flow + " " + plain.copy + " " + plain.gsoType + " " + plain.gsoSize + " " + plain.headerSize + " " + plain.checksumStart);
        batch.clear();
        assertEquals("-1 false 1", batch.room(60).flow + " " + batch.room(60).copy + " " + batch.room(60).wireFrames());
    }

    @Test
    void tagsArePushedIntoAFramesOwnRoomAndNoFurther() {
        batch.add(frame(60, 1));
        batch.add(frame(60, 2));
        Frame first = batch.next();
        Frame second = batch.next();
        int pushed = 0;
        while (Rewriter.push(second, 0x8100, 7)) {
            pushed++;
        }
        assertEquals(Frame.HEADROOM / 4, pushed);
        assertIs(60, 1, first);
    }

    @Test
    void anotherThreadGoesOnBehindTheFrameThatOneIsStuckWith() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            batch.add(frame(60 + i, i));
        }
        assertNull(batch.current());
        CountDownLatch end = new CountDownLatch(1);
        Frame[] held = new Frame[1];
        Thread stuck = Thread.ofPlatform().start(() -> {
            batch.next();
            held[0] = batch.next();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (batch.left() > 1) {
            Thread.onSpinWait();
        }
        assertIs(61, 1, batch.current());
        assertIs(62, 2, batch.next());
        assertNull(batch.next());
        assertNull(batch.current());
        end.countDown();
        stuck.join();
        assertIs(61, 1, held[0]);
        batch.clear();
        batch.add(frame(99, 9));
        assertSame(batch.next(), batch.current());
        batch.pause();
        assertNull(batch.current());
        assertEquals(0, batch.left());
    }

    @Test
    void aRoomThatIsNotKeptIsTheNextFrames() {
        batch.room(FrameBatch.LONGEST).ingress = 5;
        assertEquals(0, batch.left());
        batch.add(frame(60, 1));
        assertIs(60, 1, batch.next());
    }

    @Test
    void refusesWhatWouldWaitForEver() {
        assertEquals("frame: 65586 octets (expected: at most 65585)", assertThrows(IllegalArgumentException.class, () -> batch.room(FrameBatch.LONGEST + 1)).getMessage());
        assertEquals("batch: 1 frames, 65616 octets (expected: 1 frame and 65617 octets, or more)", assertThrows(IllegalArgumentException.class, () -> new FrameBatch(1, 65_616)).getMessage());
        FrameBatch least = new FrameBatch(1, 65_617);
        assertTrue(least.add(frame(FrameBatch.LONGEST, 1)));
    }
}
