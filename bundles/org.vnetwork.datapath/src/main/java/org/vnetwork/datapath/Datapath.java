package org.vnetwork.datapath;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.vnetwork.model.FastWay;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/**
 * Ports, flow table and upcall channel of one switch.
 *
 * <p>Life: {@code attach} (the port is blocked: nothing in, nothing out) → {@code unblock} → {@code detach}; {@code close} ends it all. Every call is made by the switch's loop
 * thread, one at a time, except {@link #wakeup}, which any thread may call. A call on an unknown port or flow does nothing.
 *
 * <p>Flows of different masks may both match a frame; they were made so that either is right. A flow's mask always holds the
 * ingress port, so a driver may keep masks per port.
 */
@ConsumerType
public interface Datapath extends AutoCloseable {
    /** What the flow table can do; constant. */
    Capabilities capabilities();

    /**
     * Attaches a port, blocked.
     *
     * <p>A device that vanishes later leaves the port down ({@link PortState#up} false); when a device of that name comes back it is taken up again.
     *
     * @param port 1..1023, not in use in this datapath
     * @throws DatapathException when there is no such device, it belongs to another switch or to a bridge, or the kernel refuses; nothing changed
     */
    void attach(int port, Attachment attachment) throws DatapathException;

    /** Lets frames in and out: the last step of adding a port. */
    void unblock(int port);

    /** Takes the port out and leaves its device as it was found; a tap that the driver made is removed. */
    void detach(int port);

    /** Has an attached port send up no more than this of what matches no flow; a driver whose frames cannot be too many need not care. */
    default void limit(int port, MissLimit limit) {
    }

    /** Says anew whether frames may go around the device of an attached port ({@link Attachment#fast}); a driver without such a way need not care. */
    default void fast(int port, FastWay way) {
    }

    /** How the port is now. */
    PortState state(int port);

    /**
     * Installs flows; when this returns, they are active.
     *
     * @return for each flow whether it is in; one that is not (table or mask list full) changes nothing, and its frames keep coming up
     */
    boolean[] install(List<FlowEntry> flows);

    /** Gives an active flow other actions in one step: each frame meets the old list or the new one; counters go on. */
    boolean replace(int flow, List<Action> actions);

    /**
     * Has an active flow match only frames that no other flow matches, and gives it other actions; counters go on.
     *
     * <p>No frame misses on the way. For a flow that is to go, while others that compare more come in its place.
     *
     * @return false when the driver cannot, or has no room for it; then nothing changed
     */
    boolean drain(int flow, List<Action> actions);

    /** Whether flows go on when the process dies, so that what is known of them must be kept too; constant. */
    default boolean outlives() {
        return false;
    }

    /**
     * Flows that an earlier process left at work and that this datapath has taken over: with masked keys, with actions as they are now, and draining if they did.
     *
     * <p>None, where flows do not outlive a process. Ask once, before ports are attached. What the caller does not want it removes. They forward meanwhile, by the ports that were open; a port that is attached again under
     * its id keeps its counters, and one that is not attached again is closed by the driver soon after the last that was.
     */
    default List<FlowEntry> adopted() {
        return List.of();
    }

    /** Removes a flow and returns its last counters; when this returns, the id may be used again. */
    FlowCounters remove(int flow);

    /** Reports counters of every flow that is in; they only grow while the flow is. */
    void statistics(StatisticsSink sink);

    /** Counters of a port since it was attached. */
    PortCounters counters(int port);

    /** What a counter of {@code Count} counted in all, since the switch began; nothing when no frame met it. */
    CounterTable.Count counter(long id);

    /** Drops of a port since it was attached, by number of the reason; the array is the caller's. */
    long[] drops(int port);

    /**
     * Executes actions on one frame in user space, as the flow table would have; used for frames that came up.
     *
     * @param frame rewritten in place; its {@code ingress} is charged with drops
     */
    void execute(Frame frame, List<Action> actions);

    /**
     * Hands over frames that came up, on the calling thread, without blocking.
     *
     * @return frames handed over, at most {@code limit}; 0 when none waits
     */
    int poll(UpcallSink sink, int limit);

    /** Blocks until a frame waits, {@link #wakeup} is called, or the time is over. */
    void await(long nanos);

    /** Ends the current or next {@link #await}; callable from any thread. */
    void wakeup();

    /** Nanoseconds of the clock that counters and timers go by; from an arbitrary origin. */
    long nanoTime();

    /** Removes everything that this datapath made; nothing of it is left on the machine. */
    @Override
    void close();
}
