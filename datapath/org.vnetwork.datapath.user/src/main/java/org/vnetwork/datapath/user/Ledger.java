package org.vnetwork.datapath.user;

/** Where a thread notes what became of frames that it had counted as sent. */
interface Ledger {
    /** Takes back that a frame was sent by a port; {@code ingress} 0: one of no port. */
    void unsent(UserPort port, int ingress, int size, int reason);
}
