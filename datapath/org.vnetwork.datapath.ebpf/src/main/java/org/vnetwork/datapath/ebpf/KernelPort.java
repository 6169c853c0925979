package org.vnetwork.datapath.ebpf;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    /** Frames that its device has dropped, of which the books know. */
    long deviceDropped;
    /** What {@link Links#forOthers} said of its device when it was told last. */
    long forOthers;
    /** Frames that it had received, and misses that were beyond its limit, when it was looked at last. */
    long receivedBefore = -1;
    long missesDropped;
    boolean open;
    FastWay fast;
    /** Whether its device has filters at its egress, as far as the kernel has told. */
    boolean filtered;
    /** Ifindex of the device that the program is attached to; 0 when there is none. */
    int ifindex;
    /** Ifindex of its last device when that is gone. */
    int goneIfindex;
    int link = -1;
    /** The device when it was looked at last; null when it was not there. */
    Link seen;
    /** The veth's other end when it was looked at last; null when it has none in another namespace. */
    Link peer;
    /** The MTU that was told last; 0 for none. */
    int toldMtu;
    /** Why the program cannot be at the device now; null when it is. */
    String trouble;
    /** What is odd about the device, for the administrator. */
    final Map<Oddity, String> oddities = new EnumMap<>(Oddity.class);
    /** Whether its tap is to be removed with it, as the driver made it. */
    boolean made;
    boolean up;
    /** How often its link went down; and its device's count of that when it was looked at last. */
    long downs;
    int carrierDowns;
    int mtu;
    String detail = "not attached";
    /** Whether its books are still to be written. */
    boolean touched;

    /** Things about a device that do not stop the port, and that somebody should know. */
    enum Oddity {
        /** Programs of others at its tcx ingress. */
        PROGRAMS,
        /** Filters of others at its ingress. */
        FILTERS,
        /** A bridge, bond or the like that has it too. */
        MASTER,
        /** Devices that were made on top of it. */
        UPPER
    }

    KernelPort(int id, Attachment attachment) {
        this.id = id;
        this.attachment = attachment;
        this.fast = attachment.fast();
    }

    /** Shows the device that was seen last, and who looks at it now. */
    void show(Onlookers onlookers, PortEntry entry) {
        String onlooker = peer == null ? null : onlookers.at(seen, peer, filtered);
        show(trouble != null ? DeviceState.absent(trouble) : DeviceState.of(seen, peer, fast, onlooker), entry);
    }

    /** Takes over how its device now is, for the administrator and into the programs' entry of this port. */
    void show(DeviceState state, PortEntry entry) {
        downs += up && !state.isUp() ? 1 : 0;
        up = state.isUp();
        mtu = state.mtu();
        detail = Stream.concat(Stream.of(state.detail()), oddities.values().stream()).collect(Collectors.joining("; "));
        entry.setMtu(mtu);
        entry.setPeer(state.peer());
        entry.setFlags(state.flags() | (open ? 0 : PortEntry.BLOCKED));
    }
}
