package org.vnetwork.datapath.ebpf;

import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.Execution;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.packet.wire.Frame;

/** Sends the frames that were decided in Java, from a packet socket, and keeps their books. Loop thread only. */
record DecidedFrames(KernelPorts ports, PortAccounts accounts, KernelMaps maps, PacketSocket socket) implements Execution.Sender {
    @Override
    public int send(int id, Frame frame) {
        KernelPort port = ports.find(id);
        if (port == null) {
            return DropNumbers.BAD_OUTPUT;
        }
        if (!port.open) {
            return DropNumbers.OUTPUT_BLOCKED;
        }
        return port.up ? socket.send(port.ifindex, frame) : DropNumbers.LINK_DOWN;
    }

    @Override
    public int inspect(Frame frame) {
        return DropNumbers.NO_UPCALL;
    }

    @Override
    public boolean copyUp(Frame frame) {
        return false;
    }

    @Override
    public PortBooks books(int id) {
        KernelPort port = ports.find(id);
        if (port == null) {
            return null;
        }
        accounts.touch(port);
        return port.books;
    }

    @Override
    public MeterTable meters() {
        return maps.meters();
    }

    @Override
    public CounterTable counters() {
        return maps.counters();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
