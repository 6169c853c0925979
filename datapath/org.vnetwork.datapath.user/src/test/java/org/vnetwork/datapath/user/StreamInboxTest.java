package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames out of a stream, however it comes in. */
class StreamInboxTest {
    private final StreamInbox inbox = new StreamInbox(Arena.ofAuto());
    private final ByteBuffer stream = ByteBuffer.allocate(1 << 22);
    private final Random random = new Random(1);

    /** A socket that brings as much as it likes. */
    private final StreamSocket socket = new StreamSocket(null, true) {
        @Override
        int read(MemorySegment into, int from, int to) {
            assertTrue(to > from, "there is always room");
            int size = Math.min(random.nextBoolean() ? to - from : 1 + random.nextInt(to - from), stream.remaining());
            MemorySegment.copy(stream.array(), stream.position(), into, ValueLayout.JAVA_BYTE, from, size);
            stream.position(stream.position() + size);
            return size;
        }

        @Override
        BoundPath listen(String kind, Address at) {
            throw new UnsupportedOperationException();
        }

        @Override
        StreamSocket accept() {
            throw new UnsupportedOperationException();
        }

        @Override
        boolean connect(Address to) {
            throw new UnsupportedOperationException();
        }

        @Override
        boolean finishConnect() {
            throw new UnsupportedOperationException();
        }

        @Override
        void tune() {
            throw new UnsupportedOperationException();
        }

        @Override
        SocketWatch watched(SocketWatch.Owner owner) {
            throw new UnsupportedOperationException();
        }

        @Override
        void end() {
            throw new UnsupportedOperationException();
        }

        @Override
        int write(MemorySegment memory, int from, int to) {
            throw new UnsupportedOperationException();
        }
    };

    private byte[] frame(int size, int number) {
        byte[] frame = new byte[size];
        if (size > 0) {
            frame[0] = (byte) number;
            frame[size - 1] = (byte) number;
        }
        return frame;
    }

    @Test
    void areWholeAndInOrderWhateverTheirSizes() throws IOException {
        int frames = 0;
        for (int round = 0; round < 200; round++) {
            Deque<byte[]> model = new ArrayDeque<>();
            stream.clear();
            while (stream.remaining() > 2 * UserPort.LONGEST) {
                int size = switch (random.nextInt(4)) {
                    case 0 -> random.nextInt(UserPort.LONGEST + 1);
                    case 1 -> UserPort.LONGEST - random.nextInt(2);
                    default -> random.nextInt(100);
                };
                model.add(frame(size, frames++));
                stream.putInt(size).put(model.getLast());
            }
            stream.flip();
            while (stream.hasRemaining()) {
                inbox.read(socket);
                for (int size = inbox.next(); size != StreamInbox.NONE; size = inbox.next()) {
                    assertEquals(MemorySegment.ofArray(model.remove()).mismatch(inbox.buffer.asSlice(inbox.end() - size, size)), -1);
                }
            }
            assertTrue(inbox.isEmpty() && model.isEmpty());
        }
        assertTrue(frames > 10_000, "frames " + frames);
    }

    @Test
    void endsAtALengthThatCannotBe() throws IOException {
        for (int length : new int[] {UserPort.LONGEST + 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            inbox.clear();
            stream.clear().putInt(3).put(new byte[3]).putInt(length).flip();
            while (stream.hasRemaining()) {
                inbox.read(socket);
            }
            assertEquals(3, inbox.next());
            assertEquals(StreamInbox.WRONG, inbox.next());
            assertEquals(length, inbox.announced());
        }
    }
}
