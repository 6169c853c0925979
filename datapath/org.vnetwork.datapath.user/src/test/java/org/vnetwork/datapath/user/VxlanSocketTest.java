package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;

/** A socket of tunnels that its loop cannot watch: it is one of another library. */
class VxlanSocketTest {
    private static final int MOST = 100_000;
    private MultiThreadIoEventLoopGroup threads;
    private PortLoop loop;
    private int port;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(Epoll.isAvailable(), () -> "no library for epoll: " + Epoll.unavailabilityCause());
        threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        loop = new PortLoop(0, threads.next(), true);
        port = Rig.free();
    }

    @AfterEach
    void close() {
        if (threads != null) {
            threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private String device() {
        return "127.0.0.1:9 vni 1 local 127.0.0.1:" + port;
    }

    private static boolean throwsWhenAsked(VxlanSocket socket) {
        try {
            socket.check();
            return false;
        } catch (IllegalStateException e) {
            return e.getMessage().startsWith("no packet can arrive: ");
        }
    }

    private void isFree() throws Exception {
        Rig.until("closed", () -> {
            try (DatagramSocket again = new DatagramSocket(port, InetAddress.ofLiteral("127.0.0.1"))) {
                return again.isBound();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void saysThatNothingCanArriveAndIsClosedAsOthers() throws Exception {
        VxlanSocket socket = VxlanSocket.open(Vxlan.of(device()), loop);
        Rig.until("the refusal", () -> throwsWhenAsked(socket));
        loop.run(socket::end);
        isFree();
        assertEquals(0, loop.ports.get());
    }

    @Test
    void isClosedWithAPortThatCannotBeOpened() throws Exception {
        try (Arena memory = Arena.ofShared()) {
            PortGroup group = new PortGroup(loop, Switchboard.in(memory), memory);
            VxlanPort tunnel = new VxlanPort(1, device(), group, new VxlanSockets());
            assertThrows(DatapathException.class, () -> group.open(tunnel, "vxlan"));
            isFree();
            group.close();
        }
    }

    /** Nobody reads it, so the kernel has no room at some time. */
    @Test
    void tellsHowManyPacketsTheKernelLost() throws Exception {
        VxlanSocket socket = VxlanSocket.open(Vxlan.of(device()), loop);
        assertEquals(0, socket.lost());
        try (DatagramSocket far = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            DatagramPacket packet = new DatagramPacket(new byte[1_400], 1_400, InetAddress.ofLiteral("127.0.0.1"), port);
            for (int sent = 0; sent < MOST && socket.lost() == 0; sent++) {
                far.send(packet);
            }
            assertTrue(socket.lost() > 0);
        } finally {
            loop.run(socket::end);
        }
        assertEquals(0, socket.lost());
    }
}
