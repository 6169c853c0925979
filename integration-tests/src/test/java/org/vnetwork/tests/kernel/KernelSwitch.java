package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.vnetwork.control.PortView;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.ebpf.EbpfDriver;
import org.vnetwork.model.PortVlan;
import org.vnetwork.tests.fixtures.CoreSwitch;
import org.vnetwork.tests.fixtures.Fixture;

/** The product's switch in the kernel: port 1 on the first device given, and so on, all in VLAN 10. */
final class KernelSwitch extends CoreSwitch implements Closeable {
    static final String HOST = Lab.name("-h");
    static final String NAME = "sw1";

    KernelSwitch(String engine, String... devices) throws DatapathException {
        super(fixture(engine, devices.length), false, "netdev", new EbpfDriver().open(HOST, NAME, Path.of("/tmp")), port -> devices[port - 1]);
    }

    /** As the other, on what a test makes of the driver's datapath. */
    KernelSwitch(String engine, UnaryOperator<Datapath> wrapped, String... devices) throws DatapathException {
        super(fixture(engine, devices.length), false, "netdev", wrapped.apply(new EbpfDriver().open(HOST, NAME, Path.of("/tmp"))), port -> devices[port - 1]);
    }

    private static Fixture fixture(String engine, int count) {
        Map<Integer, PortVlan> ports = new TreeMap<>();
        for (int port = 1; port <= count; port++) {
            ports.put(port, PortVlan.access(10));
        }
        return new Fixture("kernel", "", engine, Set.of(), ports, List.of(), List.of());
    }

    /** Holds the loop, outside of any plugin, from the next failure of one until the latch opens. */
    void holdOnFailure(CountDownLatch latch) {
        home().onFailure(plugin -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Drops of a port for one reason. */
    long drops(int port, String reason) {
        return drops(port).getOrDefault(reason, 0L);
    }

    /** What the books say, for the message of a failure. */
    String books() {
        Map<String, Object> lines = new LinkedHashMap<>();
        for (PortView port : home().views().ports()) {
            lines.put("\n" + port, drops(port.id()));
        }
        return imbalance() + lines;
    }
}
