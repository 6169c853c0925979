package org.vnetwork.datapath.user;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.vnetwork.datapath.PortState;

/** A port that throws where it is told to; its socket takes what anybody on this machine sends. */
final class FaultyPort extends PlainPort {
    /** What is to throw. */
    enum Fails {
        LOOK, READ, FRAME, WRITE, CLOSE
    }

    final AtomicInteger calls = new AtomicInteger();
    volatile Fails fails;
    volatile RuntimeException why = new IllegalStateException("as told");
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
    private DatagramChannel channel;
    private NioWatch watch;

    FaultyPort(int id, PortGroup group) {
        super(id, group);
    }

    private void fail(Fails what) {
        if (fails == what) {
            calls.incrementAndGet();
            throw why;
        }
    }

    @Override
    void open() throws IOException {
        channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        watch = home.watch(channel, this);
        blocked = false;
    }

    int number() throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    void tick() {
        fail(Fails.LOOK);
    }

    @Override
    public void readable() {
        fail(Fails.READ);
        try {
            for (channel.receive(buffer.clear()); buffer.position() > 0; channel.receive(buffer.clear())) {
                MemorySegment octets = MemorySegment.ofBuffer(buffer.flip());
                // Outside of it when that is to fail.
                home.received(this, octets, fails == Fails.FRAME ? -1000 : 0, (int) octets.byteSize());
                buffer.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected int write(Outbox waiting) {
        fail(Fails.WRITE);
        waiting.release(1);
        return SENT;
    }

    @Override
    PortState state() {
        return new PortState(true, "well", 1_500);
    }

    @Override
    Interest out() {
        return watch;
    }

    @Override
    void close() {
        watch.close();
        super.close();
        fail(Fails.CLOSE);
    }
}
