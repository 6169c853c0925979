package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.packet.wire.FrameText;

/** Ports that flood unknown frames share what the loop can serve; the first frames of a port that sends few come through. */
class FairMissesTest {
    private static final int ATTACKERS = 16;
    private static final int OFFERED = 6000;
    private static final int FIRST_FRAMES = 200;
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final String TARGET = "02:00:00:00:09:01";
    private static final byte[] FRAME = FrameText.build("eth(src=02:00:00:00:09:02,dst=" + TARGET + ") ipv4() udp() payload(18)");

    private final Lab lab = new Lab();
    private final List<Wire> attackers = new ArrayList<>();
    private Wire victim;
    private Wire target;
    private KernelSwitch tested;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        Space space = lab.space();
        List<String> devices = new ArrayList<>();
        devices.add(lab.cable(space, "ft", "address " + TARGET));
        devices.add(lab.cable(space, "fv", ""));
        for (int i = 0; i < ATTACKERS; i++) {
            devices.add(lab.cable(space, "f" + i, ""));
            attackers.add(lab.keep(new Wire(space, Lab.name("f" + i))));
        }
        target = lab.keep(new Wire(space, Lab.name("ft")));
        victim = lab.keep(new Wire(space, Lab.name("fv")));
        tested = lab.keep(new KernelSwitch("learning", devices.toArray(String[]::new)));
        target.send(FrameText.build("eth(src=" + TARGET + ",dst=02:00:00:00:09:02) payload(46)"));
        Until.holds(tested::books, () -> tested.home().views().rows("fdb").size() == 1);
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void firstFramesComeThrough(int flooding) throws IOException {
        int lost = 0;
        try (Flood flood = new Flood(attackers.subList(0, flooding), OFFERED, Long.MAX_VALUE, n -> Flood.from(FRAME, n))) {
            // A queue that filled up before the shares were divided is no matter here.
            Until.holds(() -> "a flood", () -> flood.sent() > 3L * OFFERED * flooding);
            for (int i = 0; i < FIRST_FRAMES; i++) {
                byte[] frame = Flood.from(FRAME, 0x77_0000_0000L + i);
                victim.send(frame);
                lost += arrives(frame) ? 0 : 1;
                LockSupport.parkNanos(2_000_000);
            }
        }
        assertTrue(tested.drops(3, "datapath/miss-limit") > 1000, tested::books);
        assertTrue(lost <= FIRST_FRAMES / 20, lost + " of " + FIRST_FRAMES + " first frames lost\n" + tested.books());
    }

    private boolean arrives(byte[] frame) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end) {
            for (byte[] next = target.receive(); next != null; next = target.receive()) {
                if (Arrays.equals(frame, next)) {
                    return true;
                }
            }
        }
        return false;
    }
}
