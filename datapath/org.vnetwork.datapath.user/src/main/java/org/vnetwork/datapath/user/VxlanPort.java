package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortState;

/**
 * A port that is one end of a VXLAN tunnel (RFC 7348).
 *
 * <p>Frames arrive at a {@link VxlanSocket}, shared by the tunnels of one local address; they go out by a socket of the port's own, so that errors and
 * room are its alone. All packets of a tunnel have one source port number.
 */
final class VxlanPort extends UserPort implements TunnelEnd {
    private static final int ETHERNET = 14;

    final Vxlan tunnel;
    /** The remote address, as {@link ReceiveBatch} has it. */
    final long remoteHigh;
    final long remoteLow;

    private final VxlanSockets sockets;
    private final UdpSender sender;
    private Watch watch;
    private boolean joined;
    private boolean closed;

    VxlanPort(int id, String device, Home home, VxlanSockets sockets) throws DatapathException {
        super(id, home);
        this.tunnel = Vxlan.of(device);
        this.sockets = sockets;
        long[] halves = VxlanTable.halves(tunnel.remote().getAddress());
        remoteHigh = halves[0];
        remoteLow = halves[1];
        sender = new UdpSender(memory, tunnel.remote(), tunnel.isSix(), Vxlan.SIZE);
    }

    @Override
    void open() throws DatapathException {
        sockets.join(this);
        joined = true;
        Socket socket = null;
        try {
            socket = sender.open(tunnel.local());
            watch = home.watch(socket, this);
        } catch (IOException | RuntimeException e) {
            if (socket != null) {
                closeQuietly(socket);
            }
            throw new DatapathException(Vxlan.KIND + ": " + tunnel + ": " + Failure.text(e), e);
        }
    }
}
