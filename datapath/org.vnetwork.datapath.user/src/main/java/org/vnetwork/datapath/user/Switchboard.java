package org.vnetwork.datapath.user;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.MeterTable;
import org.vnetwork.model.PortId;

/**
 * What the threads of one switch share.
 *
 * @param ports by id; any thread may look, the loop of a port's group puts it in and takes it out
 * @param slots each flow's is its group's
 * @param up the way to the switch's loop
 */
record Switchboard(AtomicReferenceArray<UserPort> ports, FlowSlots slots, MeterTable meters, CounterTable counters, UpQueues up) {
    /** How long a meter must have been full before another may have its place: longer than a thread takes from finding it to asking it. */
    private static final long QUARANTINE_NANOS = 1_000_000_000L;

    static Switchboard in(Arena memory) {
        return new Switchboard(new AtomicReferenceArray<>(PortId.LIMIT), new FlowSlots(memory, FlowCache.FLOWS),
                new MeterTable(memory.allocate((long) MeterTable.METERS * MeterTable.SIZE, 64), QUARANTINE_NANOS),
                new CounterTable(memory.allocate((long) CounterTable.COUNTERS * CounterTable.SIZE, 64)), new UpQueues());
    }

    /** A port that is attached, or null. */
    UserPort port(int id) {
        return id > 0 && id < ports.length() ? ports.get(id) : null;
    }
}
