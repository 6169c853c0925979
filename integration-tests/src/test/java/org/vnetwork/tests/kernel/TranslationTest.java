package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.wire.FrameText;

/** Real stacks on both sides of an engine that translates addresses and ports, both ways: each verifies the checksums of what it gets. */
class TranslationTest {
    private static final int PUBLIC_PORT = 7000;
    private static final int OCTETS = 20_000_000;

    private final Lab lab = new Lab();
    private final List<Space> spaces = new ArrayList<>();
    private final List<String> devices = new ArrayList<>();
    private KernelSwitch tested;

    @BeforeEach
    void open() throws Exception {
        Lab.needed();
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ethtool")) || Files.isExecutable(Path.of("/sbin/ethtool")), "ethtool is missing: apt-get install ethtool");
        for (int port = 1; port <= 2; port++) {
            Space space = lab.space();
            spaces.add(space);
            String device = Lab.name("t" + port);
            devices.add(lab.cable(space, "t" + port, "address 02:00:00:00:07:0" + port));
            space.in(() -> Files.writeString(Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6"), "0"));
            space.ip("addr add 10.79.0." + port + "/24 dev " + device);
            space.ip("addr add fd79::" + port + "/64 dev " + device + " nodad");
            for (String other : List.of("10.79.0.", "fd79::")) {
                space.ip("neigh replace " + other + (port == 1 ? 9 : 8) + " lladdr 02:00:00:00:07:0" + (3 - port) + " dev " + device);
            }
        }
        tested = lab.keep(new KernelSwitch("learning", devices.toArray(String[]::new)));
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
    }

    /** The server, .2 with its port, is .9 with the public port to the client; the client, .1, is .8 to the server. */
    private static ForwardingEngine translator(int port) {
        long prefix = 0xfd79L << 48;
        return (packet, forward) -> {
            if (packet.has(Layer.IP)) {
                long prefixHigh = packet.get(Field.ETHER_TYPE) == 0x0800 ? 0 : prefix;
                long low = prefixHigh == 0 ? 0x0a4f0000L : 0;
                boolean out = packet.ingress() == 1;
                forward.set(Field.IP_SRC, prefixHigh, low + (out ? 8 : 9)).set(Field.IP_DST, prefixHigh, low + (out ? 2 : 1));
                if (packet.has(Layer.PORTS) && out && packet.get(Field.L4_DST) == PUBLIC_PORT) {
                    forward.set(Field.L4_DST, port);
                } else if (packet.has(Layer.PORTS) && !out && packet.get(Field.L4_SRC) == port) {
                    forward.set(Field.L4_SRC, PUBLIC_PORT);
                }
            }
            forward.to(3 - packet.ingress());
        };
    }

    private void offload(String state) throws IOException {
        for (int port = 1; port <= 2; port++) {
            Command.run("ip", "netns", "exec", spaces.get(port - 1).name(), "ethtool", "-K", Lab.name("t" + port), "tx", state, "tso", state, "gso", state);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.79.0.,on", "10.79.0.,off", "fd79::,on", "fd79::,off"})
    void tcpGoesThroughWithAndWithoutOffload(String prefix, String offload) throws Exception {
        offload(offload);
        ServerSocketChannel server = lab.keep(spaces.get(1).in(() -> ServerSocketChannel.open().bind(new InetSocketAddress(prefix + "2", 0))));
        tested.swap("translate", () -> translator(((InetSocketAddress) localAddress(server)).getPort()));
        Wire seen = lab.keep(new Wire(spaces.get(1), Lab.name("t2")));
        SocketChannel client = lab.keep(spaces.get(0).in(() -> SocketChannel.open()));
        client.connect(new InetSocketAddress(prefix + "9", PUBLIC_PORT));
        SocketChannel accepted = lab.keep(server.accept());
        assertEquals(new InetSocketAddress(prefix + "8", 0).getAddress(), ((InetSocketAddress) accepted.getRemoteAddress()).getAddress());
        Thread writer = Thread.ofPlatform().daemon().start(() -> write(client));
        ByteBuffer block = ByteBuffer.allocate(1 << 18);
        for (long arrived = 0; arrived < OCTETS;) {
            int count = accepted.read(block.clear());
            assertTrue(count > 0, "the stream ended early");
            arrived += count;
        }
        writer.join();
        accepted.write(ByteBuffer.allocate(9));
        assertTrue(client.read(block.clear()) > 0);
        sumsAreRight(seen, offload.equals("on"));
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
        assertTrue(tested.home().views().flows().stream().anyMatch(f -> f.packets() > 1000 && f.actions().contains("set(ip_src=")), () -> tested.home().views().flows().toString());
    }

    private static java.net.SocketAddress localAddress(ServerSocketChannel server) {
        try {
            return server.getLocalAddress();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void write(SocketChannel channel) {
        try {
            ByteBuffer block = ByteBuffer.allocate(1 << 18);
            for (long left = OCTETS; left > 0;) {
                left -= channel.write(block.clear().limit((int) Math.min(left, block.capacity())));
            }
        } catch (IOException e) {
            // The reader tells.
        }
    }

    /** Of what came in: the sum itself, or that of the pseudo header alone where hardware would still have had to finish it; the stack does not look at those. */
    private static void sumsAreRight(Wire seen, boolean pending) throws IOException {
        int looked = 0;
        for (byte[] frame = seen.receive(); frame != null && looked < 200; frame = seen.receive()) {
            boolean v4 = frame[12] == 8;
            int at = v4 ? 34 : 54;
            if (frame[v4 ? 23 : 20] != 6 || frame.length < at + 20) {
                continue;
            }
            looked++;
            if (!pending) {
                assertTrue(!FrameText.describe(frame).contains("checksum="), FrameText.describe(frame));
                continue;
            }
            long sum = 6 + frame.length - at;
            for (int i = v4 ? 26 : 22; i < at; i += 2) {
                sum += (frame[i] & 0xff) << 8 | frame[i + 1] & 0xff;
            }
            sum = (sum & 0xffff) + (sum >> 16);
            sum = (sum & 0xffff) + (sum >> 16);
            assertEquals(sum, (frame[at + 16] & 0xff) << 8 | frame[at + 17] & 0xff, "of " + frame.length + " octets");
        }
        // The socket holds a few superframes only, whoever reads it later.
        assertTrue(looked > 2, "only " + looked + " frames");
    }

    @ParameterizedTest
    @CsvSource({"10.79.0.,on", "10.79.0.,off", "fd79::,on", "fd79::,off"})
    void datagramsWholeAndInFragmentsGoThrough(String prefix, String offload) throws Exception {
        offload(offload);
        DatagramChannel server = lab.keep(spaces.get(1).in(() -> DatagramChannel.open(family(prefix)).bind(new InetSocketAddress(prefix + "2", 0))));
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        tested.swap("translate", () -> translator(port));
        DatagramChannel client = lab.keep(spaces.get(0).in(() -> DatagramChannel.open(family(prefix)).setOption(StandardSocketOptions.SO_SNDBUF, 1 << 17)));
        client.connect(new InetSocketAddress(prefix + "9", PUBLIC_PORT));
        ByteBuffer block = ByteBuffer.allocate(1 << 16);
        for (int size : new int[] {1, 1000, 5000, 30_000}) {
            client.write(ByteBuffer.allocate(size));
            InetSocketAddress from = (InetSocketAddress) server.receive(block.clear());
            assertEquals(size, block.position());
            server.send(ByteBuffer.allocate(size + 1), from);
            assertEquals(size + 1, client.read(block.clear()));
        }
        Until.holds(tested::books, () -> tested.imbalance().isEmpty());
    }

    private static java.net.StandardProtocolFamily family(String prefix) {
        return prefix.contains(":") ? java.net.StandardProtocolFamily.INET6 : java.net.StandardProtocolFamily.INET;
    }

    @ParameterizedTest
    @CsvSource({"10.79.0.9", "fd79::9"})
    void pingIsAnswered(String address) throws Exception {
        tested.swap("translate", () -> translator(1));
        String printed = Command.run("ip", "netns", "exec", spaces.get(0).name(), "ping", "-q", "-c", "3", "-i", "0.2", "-W", "5", address);
        assertTrue(printed.contains(" 3 received"), printed);
    }
}
