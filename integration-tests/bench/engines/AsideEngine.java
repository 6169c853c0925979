package org.vnetwork.bench;

/** Sends everything to the port behind the one in the row: a swap to it changes every flow. */
public final class AsideEngine extends PortsEngine {
    @Override
    protected int port(int named) {
        return named + 1;
    }
}
