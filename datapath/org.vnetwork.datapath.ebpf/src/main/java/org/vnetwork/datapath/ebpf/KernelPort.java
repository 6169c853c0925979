package org.vnetwork.datapath.ebpf;

import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.PortBooks;
import org.vnetwork.model.FastWay;

/** A port and the device behind it, as last seen. Loop thread only. */
final class KernelPort {
    final int id;
    final Attachment attachment;
    final PortBooks books = new PortBooks();
    /** Frames on the wire that came up from here, by the channel of {@link UpChannels}. */
    final long[] arrived = new long[UpChannels.CHANNELS];
    boolean open;
    FastWay fast;
    /** Whether its device has filters at its egress, as far as the kernel has told. */
    boolean filtered;
    /** Ifindex of the device that the program is attached to; 0 when there is none. */
    int ifindex;
    int link = -1;
    boolean up;
    int mtu;
    String detail = "not attached";
    /** Whether its books are still to be written. */
    boolean touched;

    KernelPort(int id, Attachment attachment) {
        this.id = id;
        this.attachment = attachment;
        this.fast = attachment.fast();
    }
}
