package org.vnetwork.datapath.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.vnetwork.datapath.DatapathException;

/** A stream socket of the JDK. */
final class NioStream extends StreamSocket {
    /** NB: the JDK has no name for TCP_USER_TIMEOUT: a peer that owes an acknowledgement is given up by the kernel's own patience, minutes. */
    private static final Map<String, Integer> SILENCE = Map.of("TCP_KEEPIDLE", SILENCE_SECONDS / 3, "TCP_KEEPINTERVAL", SILENCE_SECONDS / 3, "TCP_KEEPCOUNT", 2);

    private final NioView in = new NioView();
    private final NioView out = new NioView();
    private SelectableChannel channel;

    NioStream(PortGroup group, boolean isPath) {
        super(group, isPath);
    }

    private SocketChannel stream() throws IOException {
        return isPath ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    }

    private <C extends SelectableChannel> C made(C opened) throws IOException {
        opened.configureBlocking(false);
        channel = opened;
        return opened;
    }

    @Override
    BoundPath listen(String kind, Address at) throws DatapathException, IOException {
        ServerSocketChannel server = made(isPath ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open());
        if (!isPath) {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        }
        return BoundPath.bind(kind, at, () -> server.bind(at.nio(), 1), () -> {
            try (SocketChannel probe = stream()) {
                // Or it would wait where callers queue.
                probe.configureBlocking(false);
                probe.connect(at.nio());
            }
        });
    }

    @Override
    StreamSocket accept() throws IOException {
        SocketChannel caller = ((ServerSocketChannel) channel).accept();
        if (caller == null) {
            return null;
        }
        NioStream accepted = new NioStream(group, isPath);
        accepted.made(caller);
        return accepted;
    }

    @Override
    boolean connect(Address to) throws IOException {
        return made(stream()).connect(to.nio());
    }

    @Override
    boolean finishConnect() throws IOException {
        return ((SocketChannel) channel).finishConnect();
    }

    @Override
    void tune() throws IOException {
        if (!isPath) {
            SocketChannel stream = (SocketChannel) channel;
            stream.setOption(StandardSocketOptions.TCP_NODELAY, true);
            stream.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            for (SocketOption<?> option : stream.supportedOptions()) {
                if (SILENCE.containsKey(option.name())) {
                    set(stream, option, SILENCE.get(option.name()));
                }
            }
        }
    }

    private static <T> void set(SocketChannel stream, SocketOption<T> option, Integer value) throws IOException {
        stream.setOption(option, option.type().cast(value));
    }

    @Override
    NioWatch watched(SocketWatch.Owner owner) {
        return group.watch(channel, owner);
    }

    @Override
    int read(MemorySegment into, int from, int to) throws IOException {
        return ((SocketChannel) channel).read(in.of(into, from, to));
    }

    @Override
    int write(MemorySegment memory, int from, int to) throws IOException {
        return ((SocketChannel) channel).write(out.of(memory, from, to));
    }

    @Override
    void end() {
        if (channel != null) {
            NioWatch.closeQuietly(channel);
        }
    }
}
