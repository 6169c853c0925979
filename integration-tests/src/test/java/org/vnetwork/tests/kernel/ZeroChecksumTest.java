package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.model.Mac;

/** Tunnels over IPv6 to the kernel's vxlan devices, which may leave the outer checksum out (RFC 7348 section 5). */
class ZeroChecksumTest {
    private static final String NET = "fd79:" + Long.toHexString(ProcessHandle.current().pid() % 0xffff) + ":";
    private static final int UDP_AT = 14 + 40;

    private final Lab lab = new Lab();
    private final Space[] spaces = new Space[2];
    private TunnelLab.Tunnels tested;

    private static String address(int side, int host) {
        return NET + side + "::" + host;
    }

    @BeforeEach
    void make() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces with vxlan devices need root");
        assumeTrue(TunnelLab.has("ethtool"), "ethtool is missing: apt-get install ethtool");
        assumeTrue(TunnelLab.has("ping"), "ping is missing: apt-get install iputils-ping");
        assumeTrue(new UserDriver().unavailable().isEmpty(), () -> new UserDriver().unavailable().orElseThrow());
        for (int side = 1; side <= 2; side++) {
            Space space = lab.space();
            spaces[side - 1] = space;
            String here = lab.cable(space, "z" + side, "");
            speak(here);
            space.in(() -> speak("all"));
            Command.run("ip", "address", "add", address(side, 1) + "/64", "dev", here, "nodad");
            space.in(() -> speak(here.substring(0, here.length() - 1)));
            space.ip("address add " + address(side, 2) + "/64 dev " + Lab.name("z" + side) + " nodad");
        }
        tested = new TunnelLab.Tunnels();
        for (int side = 1; side <= 2; side++) {
            tested.add(side, "vxlan", address(side, 2) + " vni " + TunnelLab.vni(side) + " local " + address(side, 1));
            tunnel(spaces[side - 1], side);
        }
    }

    private static Void speak(String device) throws IOException {
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6"), "0");
        return null;
    }

    private static void tunnel(Space space, int side) throws IOException {
        try {
            space.ip("link add vx type vxlan id " + TunnelLab.vni(side) + " local " + address(side, 2) + " remote " + address(side, 1) + " dstport 4789 udp6zerocsumtx");
        } catch (IOException e) {
            assumeTrue(false, "the kernel has no vxlan devices: " + e.getMessage());
        }
        Command.run("ip", "netns", "exec", space.name(), "ethtool", "-K", "vx", "tx", "off");
        space.ip("address add 10.79.0." + side + "/24 dev vx");
        space.ip("link set vx up");
    }

    @AfterEach
    void close() throws IOException {
        if (tested != null) {
            tested.close();
        }
        lab.close();
    }

    @Test
    void packetsWithoutAChecksumAreTaken() throws IOException {
        String said = Command.run("ip", "netns", "exec", spaces[0].name(), "ping", "-q", "-c", "10", "-i", "0.01", "-W", "2", "10.79.0.2");
        assertTrue(said.contains(" 0% packet loss"), said);
        Until.holds(tested::imbalance, () -> tested.imbalance().isEmpty());
    }

    @Test
    void packetsWithAWrongOneAreLostAndShown() throws IOException {
        String well = tested.port(1).detail();
        assertTrue(well.startsWith("tunnel to ") && !well.contains("lost"), well);
        try (Wire wire = new Wire(spaces[0], Lab.name("z1"))) {
            wire.send(withWrongChecksum());
        }
        String shown = "; lost in the kernel at [" + InetAddress.ofLiteral(address(1, 1)).getHostAddress() + "]:4789: 1 (no room, or a wrong checksum)";
        Until.holds(() -> tested.port(1).detail(), () -> tested.port(1).detail().contains("lost"));
        assertEquals(well + shown, tested.port(1).detail());
    }

    /** An empty frame for the tunnel of side 1. */
    private static byte[] withWrongChecksum() throws IOException {
        // NB: of a short one the kernel counts a wrong checksum for all sockets together.
        byte[] inner = new byte[200];
        int udp = 8 + 8 + inner.length;
        String here = Lab.name("z1h");
        long destination = Mac.parse(Files.readString(Path.of("/sys/class/net", here, "address")).strip());
        return ByteBuffer.allocate(UDP_AT + udp).putShort((short) (destination >> 32)).putInt((int) destination).putShort((short) 0x0200).putInt(9).putShort((short) 0x86dd)
                .putInt(0x6000_0000).putShort((short) udp).put((byte) 17).put((byte) 64)
                .put(InetAddress.ofLiteral(address(1, 2)).getAddress()).put(InetAddress.ofLiteral(address(1, 1)).getAddress())
                .putShort((short) 50_000).putShort((short) 4789).putShort((short) udp).putShort((short) 0x1234)
                .putLong(0x0800_0000_0000_0000L | (long) TunnelLab.vni(1) << 8).put(inner).array();
    }
}
