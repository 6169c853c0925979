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
    private static final int BATCH = 64;
    private static final int END = Frame.HEADROOM + DatagramEnds.LONGEST_UDP;

    private final DatagramEnds ends;
    private final MemorySegment buffer;
    private final NioView in = new NioView();
    private final NioView out = new NioView();
    private DatagramChannel channel;
    private NioWatch watch;
    private volatile String problem = "";

    NioDatagramPort(int id, String device, Home home) throws DatapathException {
        super(id, home);
        ends = DatagramEnds.of(device);
        if (ends.arePaths()) {
            throw new DatapathException(DatagramEnds.KIND + ": " + device + " (expected: two of IP-ADDRESS:PORT; Unix datagrams need Netty's library for epoll, of Linux on x86_64 or aarch64 with glibc)");
        }
        buffer = memory.allocate(END, 64);
    }

    @Override
    void open() throws DatapathException, IOException {
        channel = DatagramChannel.open();
        channel.configureBlocking(false);
        BoundPath.bind(DatagramEnds.KIND, ends.local(), () -> channel.bind(ends.local().nio()), () -> { });
        channel.connect(ends.peer().nio());
        watch = home.watch(channel, this);
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
                int size = channel.read(in.of(buffer, Frame.HEADROOM, END));
                if (size <= 0) {
                    return;
                }
                home.received(this, buffer, Frame.HEADROOM, size);
            }
        } catch (IOException | RuntimeException e) {
            locked(() -> {
                problem = ends.peer() + ": " + Failure.text(e);
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
            problem = ends.peer() + ": " + why;
            return DropNumbers.LINK_DOWN;
        }
    }

    @Override
    boolean isUp() {
        return problem.isEmpty();
    }

    @Override
    int longest() {
        return ends.longest();
    }

    @Override
    Interest out() {
        return watch;
    }

    @Override
    PortState state() {
        return ends.state(isUp(), problem);
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
