package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.LimitView;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.ebpf.EbpfDriver;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;

/** What the kernel has no room for or does not have: counted under a reason, or told in one line; all is well again when the cause goes. */
class BrokenWorldsTest {
    private static final String ONE = "02:00:00:00:04:01";
    private static final String TWO = "02:00:00:00:04:02";
    private static final int NO_PORT = 900;
    /** Ids of flows that fill a map. */
    private static final int FILLERS = 100_000;
    private static final byte[] TO_TWO = FrameText.build("eth(src=" + ONE + ",dst=" + TWO + ") ipv4() udp() payload(100)");
    private static final byte[] TO_ONE = FrameText.build("eth(src=" + TWO + ",dst=" + ONE + ") ipv4() udp() payload(100)");

    private final Lab lab = new Lab();
    private final String[] devices = new String[2];
    private Space second;
    private Wire one;
    private Wire two;
    private KernelSwitch tested;
    /** Whether the kernel's map of action lists is to be full at the next install. */
    private volatile boolean mapIsFull;
    private int fillers;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        Space first = lab.space();
        second = new Space(Lab.name("-w2"));
        devices[0] = lab.cable(first, "w1", "address " + ONE);
        devices[1] = lab.cable(second, "w2", "address " + TWO);
        one = lab.keep(new Wire(first, Lab.name("w1")));
        two = new Wire(second, Lab.name("w2"));
        tested = lab.keep(new KernelSwitch("learning", this::withAMapThatCanBeFilled, devices));
        two.send(TO_ONE);
        Until.holds(tested::books, () -> tested.port(2).received() > 0 && tested.imbalance().isEmpty());
    }

    @AfterEach
    void close() throws IOException {
        try {
            lab.close();
        } finally {
            if (two != null) {
                two.close();
                second.close();
            }
        }
    }

    /** The driver's datapath, whose map of action lists is filled by flows of no port, or emptied of them, before the switch installs one. */
    private Datapath withAMapThatCanBeFilled(Datapath real) {
        return (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class}, (self, method, arguments) -> {
            if (method.getName().equals("install")) {
                while (mapIsFull && real.install(List.of(filler(fillers)))[0]) {
                    fillers++;
                }
                while (!mapIsFull && fillers > 0) {
                    real.remove(FILLERS + --fillers);
                }
            }
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    /** A flow with a list that no other has. */
    private static FlowEntry filler(int number) {
        long[] mask = new long[FlowKey.WORDS];
        long[] key = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        FlowKey.add(mask, Field.ETH_SRC);
        FlowKey.put(key, Field.INGRESS, NO_PORT);
        FlowKey.put(key, Field.ETH_SRC, number);
        return new FlowEntry(FILLERS + number, key, mask, List.of(new Action.SetField(Field.ETH_DST, number), new Action.Output(NO_PORT)));
    }

    private boolean arrives() throws IOException {
        for (byte[] next = two.receive(); next != null; next = two.receive()) {
            if (Arrays.equals(TO_TWO, next)) {
                return true;
            }
        }
        return false;
    }

    private void untilTrafficFlows() throws IOException {
        Until.holds(tested::books, () -> {
            one.send(TO_TWO);
            return arrives();
        });
    }

    private void untilTheBooksBalance() throws IOException {
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
    }

    private LimitView limit(String name) {
        return tested.home().views().limits().stream().filter(l -> l.limit().equals(name)).findFirst().orElseThrow();
    }

    private boolean comesUp() throws IOException {
        long before = tested.port(1).upcalls();
        one.send(TO_TWO);
        Until.holds(tested::books, this::arrives);
        return tested.port(1).upcalls() > before;
    }

    @Test
    void aFullMapIsCountedAndFramesStillArriveByTheSlowWay() throws IOException {
        mapIsFull = true;
        for (int i = 0; i < 20; i++) {
            one.send(TO_TWO);
            Until.holds(tested::books, this::arrives);
        }
        // A frame that comes while a flow is about to be refused goes that flow's way.
        Until.holds(() -> limit("datapath").toString(), () -> limit("datapath").beyond() >= 10);
        assertTrue(fillers > 1000, () -> "filled by " + fillers);
        assertEquals(20, tested.port(1).upcalls());
        mapIsFull = false;
        // A flow is listed before it is in, and a list that went is kept for a while, as frames may be at it.
        Until.holds(() -> "a flow", () -> !comesUp());
        long refused = limit("datapath").beyond();
        long before = tested.port(1).upcalls();
        for (int i = 0; i < 20; i++) {
            one.send(TO_TWO);
            Until.holds(tested::books, this::arrives);
        }
        assertEquals(before, tested.port(1).upcalls(), "by the flow");
        assertEquals(refused, limit("datapath").beyond());
        untilTheBooksBalance();
    }

    @Test
    void afterTheUpcallQueueWasFullUnknownFramesComeThroughAgain() throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        AtomicBoolean failing = new AtomicBoolean();
        tested.holdOnFailure(released);
        tested.swap("failing", () -> (packet, forward) -> {
            if (failing.get() && released.getCount() > 0) {
                throw new IllegalStateException("has the loop held");
            }
            forward.flood();
        });
        failing.set(true);
        Until.holds(() -> "an upcall queue that overflows", () -> {
            for (int i = 0; i < 50; i++) {
                one.send(Flood.from(TO_TWO, i));
                two.send(Flood.from(TO_ONE, 100 + i));
            }
            return Lab.statistic(Lab.upcallTap(KernelSwitch.HOST, KernelSwitch.NAME), "tx_dropped") > 100;
        });
        released.countDown();
        untilTheBooksBalance();
        long lost = tested.drops(1, "datapath/upcall-lost") + tested.drops(2, "datapath/upcall-lost");
        assertTrue(lost >= 100, tested::books);
        while (two.receive() != null) {
            continue;
        }
        tested.swap("learning");
        untilTrafficFlows();
        untilTheBooksBalance();
        assertEquals(lost, tested.drops(1, "datapath/upcall-lost") + tested.drops(2, "datapath/upcall-lost"), "none is lost any more");
    }

    @Test
    void aNamespaceThatGoesUnderTrafficIsCountedAndItsPortIsTakenUpAgain() throws IOException {
        untilTrafficFlows();
        long before;
        try (Flood traffic = new Flood(List.of(one), 5000, Long.MAX_VALUE, n -> TO_TWO)) {
            Until.holds(() -> "traffic", () -> traffic.sent() > 500);
            before = tested.drops(1, "datapath/link-down");
            two.close();
            second.close();
            Until.holds(tested::books, () -> !tested.port(2).up() && tested.drops(1, "datapath/link-down") > before + 500);
            assertTrue(tested.port(2).detail().contains("no such device"), tested::books);
            Until.holds(() -> "the device is still there", () -> !Lab.exists(devices[1]));
            second = new Space(Lab.name("-w2"));
            lab.cable(second, "w2", "address " + TWO);
            two = new Wire(second, Lab.name("w2"));
            Until.holds(tested::books, this::arrives);
        }
        untilTheBooksBalance();
        assertTrue(tested.port(2).up(), tested::books);
    }

    private static String elsewhere(String shell) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "unshare is missing: apt-get install util-linux");
        String java = Path.of(System.getProperty("java.home"), "bin", "java") + " --enable-native-access=ALL-UNNAMED -cp '" + System.getProperty("java.class.path")
                + "' " + DriverOnce.class.getName() + " " + Lab.name("-o") + " sw1";
        return Command.run("/usr/bin/unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "sh", "-c", shell.replace("JAVA", java)).lines().filter(l -> !l.startsWith("WARNING")).findFirst().orElse("");
    }

    private static void assertNothingIsLeft() throws IOException {
        assertFalse(Lab.exists(Lab.upcallTap(Lab.name("-o"), "sw1")));
        assertFalse(Files.exists(Path.of("/sys/fs/bpf/vnetwork", Lab.name("-o"))));
    }

    @Test
    void aBpfFileSystemThatIsMissingIsMounted() throws IOException {
        assertTrue(elsewhere("umount -l /sys/fs/bpf 2>/dev/null; JAVA; grep -q ' /sys/fs/bpf bpf ' /proc/mounts || echo not mounted").startsWith("opened, "));
        assertNothingIsLeft();
    }

    /** In this one namespace of mounts; the file system itself, which others use, stays as it is. */
    @Test
    void aBpfFileSystemThatCannotBeUsedIsToldInOneLine() throws IOException, DatapathException {
        for (String broken : List.of("mount -t tmpfs -o ro tmpfs /sys/fs/bpf", "mount -o remount,bind,ro /sys/fs/bpf")) {
            String refused = elsewhere(broken + " && JAVA");
            assertTrue(refused.contains("/sys/fs/bpf/vnetwork") && refused.contains("Read-only"), refused);
            assertNothingIsLeft();
        }
        new EbpfDriver().open(Lab.name("-o"), "sw1", Path.of("/tmp")).close();
        assertNothingIsLeft();
    }
}
