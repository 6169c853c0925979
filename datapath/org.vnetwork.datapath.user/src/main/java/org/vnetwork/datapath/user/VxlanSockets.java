package org.vnetwork.datapath.user;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.vnetwork.datapath.DatapathException;

/** The sockets where tunnels arrive, of all switches of this host: one for each local address. Any thread. */
final class VxlanSockets {
    private final Map<InetSocketAddress, VxlanSocket> sockets = new HashMap<>();

    /** Has what arrives by a port's tunnel handed to it. */
    synchronized VxlanSocket join(VxlanPort port) throws DatapathException {
        VxlanSocket socket = sockets.get(port.tunnel.local());
        if (socket == null) {
            socket = VxlanSocket.open(port.tunnel, port.home().loop());
            sockets.put(port.tunnel.local(), socket);
        }
        try {
            socket.add(port);
        } finally {
            endUnused(socket);
        }
        return socket;
    }

    /** Ends that; the socket goes with its last port, soon. */
    synchronized void leave(VxlanPort port) {
        VxlanSocket socket = sockets.get(port.tunnel.local());
        if (socket != null) {
            socket.remove(port);
            endUnused(socket);
        }
    }

    private void endUnused(VxlanSocket socket) {
        if (socket.isUnused()) {
            // NB: by its own thread, which may be waiting for the lock that the caller has; another port may come before it does.
            socket.later(() -> end(socket));
        }
    }

    private synchronized void end(VxlanSocket socket) {
        if (socket.isUnused() && sockets.remove(socket.local(), socket)) {
            socket.end();
        }
    }
}
