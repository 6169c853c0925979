package org.vnetwork.datapath.user;

import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.Execution;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.Frame;

/**
 * What one thread of a switch sends, and what it writes into the books: the sum over all threads is what a port counted.
 *
 * <p>Used by one thread at a time: a group's with the group's lock, or the switch's loop. Nothing allocates, once a port is known here.
 */
final class Egress implements Execution.Sender, UserPort.Ledger {
    final Execution execution = new Execution(this);
    private final Switchboard board;
    private final UpQueue up;
    private final PortBooks[] books = new PortBooks[PortId.LIMIT];
    /** Ports that were given frames since the last flush. */
    private final int[] touched = new int[PortId.LIMIT];
    private final boolean[] isTouched = new boolean[PortId.LIMIT];
    private int touchedCount;

    /** {@code up}: null when all that is sent has been up. */
    Egress(Switchboard board, UpQueue up) {
        this.board = board;
        this.up = up;
    }

    /** Sends what ports were given. */
    void flush() {
        for (int i = 0; i < touchedCount; i++) {
            isTouched[touched[i]] = false;
            UserPort port = board.port(touched[i]);
            if (port != null) {
                port.flush(this);
            }
        }
        touchedCount = 0;
    }

    @Override
    public int send(int id, Frame sent) {
        UserPort port = board.port(id);
        if (port == null) {
            return DropNumbers.BAD_OUTPUT;
        }
        if (port.blocked) {
            return DropNumbers.OUTPUT_BLOCKED;
        }
        int reason = port.queue(sent, this);
        if (reason == 0 && !isTouched[id]) {
            isTouched[id] = true;
            touched[touchedCount++] = id;
        }
        return reason;
    }

    @Override
    public void unsent(UserPort port, int ingress, int size, int reason) {
        PortBooks by = books(port.id);
        if (by != null) {
            by.sent--;
            by.sentBytes -= size;
        }
        PortBooks from = books(ingress);
        if (from != null) {
            from.outputs--;
            from.drops[reason]++;
        }
    }

    @Override
    public int inspect(Frame inspected) {
        return up.inspect(inspected, false) ? 0 : DropNumbers.INSPECT_LOST;
    }

    @Override
    public boolean copyUp(Frame copied) {
        UserPort port = board.port(copied.ingress);
        return port != null && port.copies.take(System.nanoTime()) && up.inspect(copied, true);
    }

    @Override
    public PortBooks books(int port) {
        PortBooks known = books[port];
        if (known == null && board.port(port) != null) {
            known = new PortBooks();
            books[port] = known;
        }
        return known;
    }

    /** Adds what is noted here of a port. */
    void addTo(PortBooks sum, int port) {
        PortBooks part = books[port];
        if (part != null) {
            sum.add(part);
        }
    }

    /** Has nothing be noted of a port. */
    PortBooks forget(int port) {
        PortBooks last = books[port];
        books[port] = null;
        return last;
    }

    @Override
    public MeterTable meters() {
        return board.meters();
    }

    @Override
    public CounterTable counters() {
        return board.counters();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
