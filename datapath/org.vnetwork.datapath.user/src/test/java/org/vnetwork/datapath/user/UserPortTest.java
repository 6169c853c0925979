package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.wire.Frame;

/** What a port notes of frames that wait for one of its sources, while others have sent. */
class UserPortTest {
    private static final int FRAMES = 100;
    private static final int SOURCES = 8;

    private final List<Integer> unsent = new ArrayList<>();
    private final UserPort.Ledger ledger = (port, ingress, size, reason) -> {
        assertEquals(reason, DropNumbers.LINK_DOWN);
        assertEquals(5, ingress);
        unsent.add(size);
    };

    /** A port that goes down when the oldest frame's source is asked a second time; before, all other sources have sent. */
    private static final class Port extends PlainPort {
        private final List<Integer> sent = new ArrayList<>();
        private boolean up = true;

        Port() {
            super(1, null);
        }

        @Override
        protected Outbox outbox() {
            return new Outbox(memory, QUEUE, 7, SOURCES);
        }

        @Override
        protected int write(Outbox waiting) {
            if (!sent.isEmpty()) {
                up = false;
                return DropNumbers.LINK_DOWN;
            }
            int slow = waiting.source(0);
            for (int source = 0; source < SOURCES; source++) {
                int count = 0;
                for (int i = 0; source != slow && i < waiting.count(); i++) {
                    if (waiting.waits(i, source)) {
                        sent.add(waiting.size(i));
                        count++;
                    }
                }
                waiting.release(count, source);
            }
            return SENT;
        }

        @Override
        boolean isUp() {
            return up;
        }
    }

    @Test
    void eachIsCountedOnceWhenItGoesDown() {
        Port port = new Port();
        for (int i = 0; i < FRAMES; i++) {
            byte[] octets = Inner.udp(100 + i, i, i);
            assertEquals(0, port.queue(new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, 5), ledger));
        }
        port.flush(ledger);
        assertEquals(FRAMES, port.sent.size() + unsent.size(), port.sent.size() + " sent");
        unsent.addAll(port.sent);
        assertEquals(FRAMES, unsent.stream().distinct().count());
        port.close();
    }
}
