package org.vnetwork.datapath.user;

import java.io.IOException;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.PortState;

/** A port without a socket, for tests that say what it does otherwise; it is always up and takes nothing. */
abstract class PlainPort extends UserPort {
    PlainPort(int id, Home home) {
        super(id, home);
    }

    @Override
    void open() throws DatapathException, IOException {
        // There is nothing to open.
    }

    @Override
    void tick() {
        // There is nothing to look after.
    }

    @Override
    public void readable() {
        throw new AssertionError("it has no socket");
    }

    @Override
    protected int write(Outbox waiting) {
        throw new AssertionError("nothing is to go out by it");
    }

    @Override
    PortState state() {
        return new PortState(isUp(), "", 1_500);
    }

    @Override
    boolean isUp() {
        return true;
    }

    @Override
    int longest() {
        return LONGEST;
    }

    @Override
    Interest out() {
        return null;
    }
}
