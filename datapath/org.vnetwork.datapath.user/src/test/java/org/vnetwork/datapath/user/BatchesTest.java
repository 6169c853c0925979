package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

/** Many datagrams in one system call, between two sockets of the loopback device. */
class BatchesTest {
    private static final int LIMIT = 256;
    private static final int LONGEST = 65_535;
    private final Arena memory = Arena.ofShared();
    private final List<Socket> sockets = new ArrayList<>();
    private SendBatch outbox;
    private ReceiveBatch inbox;
    private Socket receiver;

    @BeforeEach
    void make() {
        outbox = new SendBatch(memory, LIMIT);
        inbox = new ReceiveBatch(memory, 16, LONGEST);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        memory.close();
    }

    private Socket sender(String host) throws IOException {
        boolean six = host.indexOf(':') >= 0;
        receiver = UdpSockets.open(six);
        sockets.add(receiver);
        receiver.bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
        Socket sender = UdpSockets.open(six);
        sockets.add(sender);
        sender.connect(receiver.localAddress());
        return sender;
    }

    /** Adds datagrams of these sizes, each filled with its number. */
    private void add(int... sizes) {
        for (int i = 0; i < sizes.length; i++) {
            MemorySegment datagram = memory.allocate(Math.max(1, sizes[i]), 8);
            datagram.fill((byte) i);
            assertTrue(outbox.add(datagram.address(), sizes[i]));
        }
    }

    /** The sizes of what is received, of so many datagrams; what is in them is asserted. */
    private int[] received(int count) throws Exception {
        List<Integer> sizes = new ArrayList<>();
        Rig.until("datagrams", () -> {
            int messages = inbox.receive(receiver.intValue());
            for (int i = 0; i < messages; i++) {
                int segment = inbox.segment(i);
                int at = 0;
                do {
                    int size = Math.min(segment, inbox.size(i) - at);
                    assertEquals(size == 0 ? -1 : sizes.size(), size == 0 ? -1 : inbox.buffer.get(ValueLayout.JAVA_BYTE, inbox.offset(i) + at + size - 1));
                    sizes.add(size);
                    at += segment;
                } while (at < inbox.size(i));
            }
            return sizes.size() >= count;
        });
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<Integer> list(int... values) {
        return IntStream.of(values).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void arriveInOrderWithTheirSizesAndTheirSender(String host) throws Exception {
        Socket sender = sender(host);
        int[] sizes = {60, 1_450, 0, 9_000, 1, 65_507};
        add(sizes);
        assertEquals(sizes.length, outbox.send(sender.intValue()));
        assertEquals(list(sizes), list(received(sizes.length)));
        long[] halves = VxlanTable.halves(InetAddress.ofLiteral(host));
        assertEquals(halves[0], inbox.sourceHigh(0));
        assertEquals(halves[1], inbox.sourceLow(0));
        assertEquals(sender.localAddress().getPort(), inbox.sourcePort(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofOneSizeAreJoinedAndSplitAgainWhetherTheReceiverJoinsOrNot(boolean receiverJoins) throws Exception {
        Socket sender = sender("127.0.0.1");
        if (receiverJoins) {
            UdpSockets.takeJoined(receiver);
        }
        outbox.joins = true;
        // A shorter one ends what is joined, a longer one begins anew; 70 are more than one message takes.
        int[] sizes = IntStream.concat(IntStream.of(100, 100, 60, 60, 200), IntStream.range(0, 70).map(i -> 500)).toArray();
        add(sizes);
        assertTrue(outbox.isRefused(Libc.EINVAL));
        assertEquals(sizes.length, outbox.send(sender.intValue()));
        assertEquals(list(sizes), list(received(sizes.length)));
    }

    @Test
    void joinedOnesAreNoMoreThanADatagramHolds() throws Exception {
        Socket sender = sender("127.0.0.1");
        UdpSockets.takeJoined(receiver);
        outbox.joins = true;
        int[] sizes = IntStream.range(0, 30).map(i -> 9_000).toArray();
        add(sizes);
        int sent = outbox.send(sender.intValue());
        assertEquals(sizes.length, sent, () -> Libc.text(-sent));
        assertEquals(list(sizes), list(received(sizes.length)));
    }

    @Test
    void ofAPathWaitWhenTheReceiverIsFull() throws Exception {
        Socket[] pair = {Socket.newSocketDomainDgram(), Socket.newSocketDomainDgram()};
        sockets.addAll(List.of(pair));
        java.nio.file.Path path = java.nio.file.Files.createTempDirectory("vnet").resolve("s");
        pair[0].bind(new io.netty.channel.unix.DomainSocketAddress(path.toFile()));
        pair[1].connect(new io.netty.channel.unix.DomainSocketAddress(path.toFile()));
        receiver = pair[0];
        int[] sizes = IntStream.range(0, LIMIT).map(i -> 60).toArray();
        for (int i = 0; i < 3; i++) {
            outbox.clear();
            add(sizes);
            outbox.send(pair[1].intValue());
        }
        // However long the queue is, it has an end.
        int taken = 0;
        for (int sent = 0; sent >= 0 && taken < 100_000; taken += Math.max(sent, 0)) {
            sent = outbox.send(pair[1].intValue());
        }
        assertEquals(-Libc.EAGAIN, outbox.send(pair[1].intValue()));
        java.nio.file.Files.delete(path);
        java.nio.file.Files.delete(path.getParent());
    }

    @Test
    void toNobodyAreRefused() throws Exception {
        Socket sender = sender("127.0.0.1");
        receiver.close();
        add(60);
        Rig.until("refused", () -> outbox.send(sender.intValue()) == -Libc.ECONNREFUSED);
        assertEquals("connection refused", Libc.text(Libc.ECONNREFUSED));
    }
}
