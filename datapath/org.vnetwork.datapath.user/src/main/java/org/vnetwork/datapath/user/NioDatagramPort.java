package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.DatagramChannel;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.PortState;
import org.vnetwork.packet.wire.Frame;

/** As {@link DatagramPort}, over UDP alone and with what the JDK has: a system call for each datagram. */
final class NioDatagramPort extends UserPort {
    private static final String KIND = "dgram";
    private static final int BATCH = 64;
    /** Octets of payload that a UDP datagram has at most (RFC 768 over RFC 791). */
    private static final int LONGEST_UDP = 65_507;

    private final Address local;
    private final Address peer;
    private final MemorySegment buffer;
    private final NioView in = new NioView();
    private final NioView out = new NioView();
    private DatagramChannel channel;
    private NioWatch watch;
    private volatile String problem = "";

    NioDatagramPort(int id, String device, Home home) throws DatapathException {
        super(id, home);
        Address[] ends = Address.pair(KIND, device);
        local = ends[0];
        peer = ends[1];
        if (local.path() != null) {
            throw new DatapathException(KIND + ": " + device + " (expected: two of IP-ADDRESS:PORT; Unix datagrams need Netty's library for epoll, of Linux on x86_64 or aarch64 with glibc)");
        }
        buffer = memory.allocate(Frame.HEADROOM + LONGEST_UDP, 64);
    }

    @Override
    void open() throws DatapathException {
        try {
            channel = DatagramChannel.open();
            channel.configureBlocking(false);
            BoundPath.bind(KIND, local, () -> channel.bind(local.nio()), () -> { });
            channel.connect(peer.nio());
            watch = home.watch(channel, this);
        } catch (IOException | RuntimeException e) {
            close();
            throw new DatapathException(KIND + ": " + peer + ": " + Failure.text(e), e);
        }
    }

    @Override
    void tick() {
        // What refused a datagram may take the next one.
        problem = "";
    }

    @Override
    public void readable() {
        try {
            for (int i = 0; i < BATCH && !home.crowded(); i++) {
                int size = channel.read(in.of(buffer, Frame.HEADROOM, Frame.HEADROOM + LONGEST_UDP));
                if (size <= 0) {
                    return;
                }
                home.received(this, buffer, Frame.HEADROOM, size);
            }
        } catch (IOException | RuntimeException e) {
            locked(() -> {
                problem = peer + ": " + Failure.text(e);
                discard(DropNumbers.LINK_DOWN);
            });
        }
    }

    @Override
    protected int write(Outbox waiting) {
        try {
            int from = waiting.offset(0);
            if (channel.write(out.of(waiting.memory(), from, from + waiting.size(0))) == 0) {
                return FULL;
            }
            waiting.release(1);
            return SENT;
        } catch (IOException | RuntimeException e) {
            String why = Failure.text(e);
            if (why.contains("too long")) {
                return DropNumbers.TOO_LONG;
            }
            problem = peer + ": " + why;
            return DropNumbers.LINK_DOWN;
        }
    }

    @Override
    boolean isUp() {
        return problem.isEmpty();
    }

    @Override
    int longest() {
        return LONGEST_UDP;
    }

    @Override
    Interest out() {
        return watch;
    }

    @Override
    PortState state() {
        return new PortState(isUp(), isUp() ? "datagrams of " + peer : problem, longest() - 18);
    }

    @Override
    void close() {
        if (watch != null) {
            watch.close();
        } else if (channel != null) {
            NioWatch.closeQuietly(channel);
        }
        super.close();
    }
}
