package org.vnetwork.datapath.user;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortState;

/**
 * A port whose peers are the members of an IPv4 multicast group, a frame in each datagram: what QEMU's {@code -netdev socket,mcast=} speaks.
 *
 * <p>It sends from a port number of its own, so that it knows its own frames when the kernel hands them back.
 */
final class MulticastPort extends UserPort {
    static final String KIND = "udp-multicast";
    /** Reads each time that there is something to read. */
    private static final int ROUNDS = 2;

    private final InetSocketAddress group;
    private final InetAddress local;
    private final UdpSender sender;
    private Watch in;
    private boolean member;
    private String problem = "";
    /** Where its own frames come from. */
    private long ownLow;
    private int ownPort;

    /** {@code device}: {@code GROUP:PORT [local ADDRESS]}. */
    MulticastPort(int id, String device, Home home) throws DatapathException {
        super(id, home);
        String[] words = device.split(" ");
        if (words.length != 1 && !(words.length == 3 && words[1].equals("local"))) {
            throw new DatapathException(KIND + ": " + device + " (expected: GROUP:PORT, or GROUP:PORT local ADDRESS)");
        }
        group = Address.of(KIND, words[0]).inet();
        if (group == null || !(group.getAddress() instanceof Inet4Address) || !group.getAddress().isMulticastAddress()) {
            throw new DatapathException(KIND + ": " + words[0] + " (expected: an IPv4 group, 224.0.0.0..239.255.255.255, and a port: 230.0.0.1:1234)");
        }
        local = words.length == 1 ? InetAddress.ofLiteral("0.0.0.0") : Address.inet(KIND, words[2], group.getPort()).getAddress();
        if (!(local instanceof Inet4Address) || local.isMulticastAddress()) {
            throw new DatapathException(KIND + ": local " + words[2] + " (expected: the IPv4 address of an interface)");
        }
        sender = new UdpSender(this, group, false, 0, 1);
    }

    @Override
    void open() throws DatapathException {
        Socket opened = null;
        try {
            opened = UdpSockets.open(false);
            opened.setReuseAddress(true);
            opened.bind(group);
            UdpSockets.takeJoined(opened);
            in = home.watch(opened, this);
            sender.open(new InetSocketAddress(local, 0));
        } catch (IOException | RuntimeException e) {
            if (opened != null && in == null) {
                closeQuietly(opened);
            }
            String at = local.isAnyLocalAddress() ? "" : " local " + local.getHostAddress();
            throw new DatapathException(KIND + ": " + Address.text(group) + at + ": " + Failure.text(e) + " (expected: an address of this machine)", e);
        }
        tick();
    }

    @Override
    void tick() {
        member &= sender.isUp();
        sender.tick();
        if (!member && sender.isUp()) {
            join();
        }
        ownLow = VxlanTable.halves(sender.local().getAddress())[1];
        ownPort = sender.local().getPort();
    }

    private void join() {
        try {
            UdpSockets.takeGroup(in.fd(), group.getAddress(), local);
            member = true;
            problem = "";
        } catch (IOException | RuntimeException e) {
            problem = Address.text(group) + ": " + Failure.text(e);
            // As when its interface went and came back.
            member = problem.contains("in use");
            problem = member ? "" : problem;
        }
    }

    @Override
    public void readable() {
        ReceiveBatch batch = home.batch();
        int count = batch.limit;
        for (int round = 0; round < ROUNDS && count == batch.limit && !home.crowded(); round++) {
            count = batch.receive(in.fd().intValue());
            for (int i = 0; i < count; i++) {
                if (batch.sourcePort(i) != ownPort || batch.sourceLow(i) != ownLow) {
                    batch.each(i, home, this);
                }
            }
        }
    }

    @Override
    protected int write(Outbox waiting) {
        return sender.write(waiting);
    }

    @Override
    boolean isUp() {
        return sender.isUp();
    }

    @Override
    int longest() {
        return sender.longest();
    }

    @Override
    Interest out() {
        return sender;
    }

    @Override
    PortState state() {
        String why = sender.problem().isEmpty() ? problem : sender.problem();
        return new PortState(isUp() && problem.isEmpty(), why.isEmpty() ? "group " + Address.text(group) : why, longest() - 18);
    }

    @Override
    void close() {
        if (in != null) {
            in.close();
        }
        sender.close();
        super.close();
    }
}
