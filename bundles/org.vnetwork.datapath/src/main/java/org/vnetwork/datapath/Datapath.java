package org.vnetwork.datapath;

import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
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
 * <p>After {@code close} a call throws IllegalStateException and reaches nothing that the datapath had: the thread of a plugin that hung may come back late. Constants, the clock and
 * {@code wakeup} may still be asked for, and {@code close} does nothing more. {@link Life} is at hand for that.
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
     * @throws DatapathException when there is no such device, it belongs to another switch or to a bridge, or the kernel refuses; then, and whatever else is thrown, nothing changed
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

    /** What somebody else changed under this datapath since the last call, oldest first; empty when nothing did. A driver whose parts nobody else can reach has none. */
    default List<Drift> drift() {
        return List.of();
    }

    /**
     * Installs flows; when this returns, they are active.
     *
     * @return for each flow, in order: true when it is in; false when nothing changed, and its frames keep coming up. False is for a table, mask list, store of action lists, meters or
     *         counters that is full, a list that is too long, and an id or key that another flow has
     */
    boolean[] install(List<FlowEntry> flows);

    /**
     * Gives a flow other actions in one step: each frame meets the old list or the new one; counters go on.
     *
     * @return true when every frame from now on meets the new list; false when nothing changed, so that <b>the flow goes on with its old actions</b>. The caller removes a flow that must not.
     *         False is for an unknown flow, a store of action lists, meters or counters that is full, and a list that is too long
     */
    boolean replace(int flow, List<Action> actions);

    /**
     * Has an active flow match only frames that no other flow matches, and gives it other actions; counters go on.
     *
     * <p>No frame misses on the way. For a flow that is to go, while others that compare more come in its place. Its frames must go somewhere meanwhile: a flow that only drops or consumes is
     * removed instead.
     *
     * @return true when it drains with the new actions; false when nothing changed: it matches as before, <b>with its old actions</b>. The caller removes it, so that its frames come up.
     *         False is for an unknown flow, one that drains already, one whose key another draining flow has, and where {@link #replace} returns it
     */
    boolean drain(int flow, List<Action> actions);

    /** True when flows go on after the process died, so that what is known of them must be kept too; false when they end with it. Constant. */
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

    /**
     * Reports for each of some ports how many of its frames came up and how many were dropped as beyond its {@link #limit}, both since it was attached.
     *
     * <p>As {@link #counters} and {@link #drops} say it, but asked several times a second for all ports: a driver makes it cheap for ports that are idle.
     */
    default void misses(Set<Integer> ports, MissSink sink) {
        for (int port : ports) {
            sink.port(port, counters(port).up(), drops(port)[DropNumbers.MISS_LIMIT]);
        }
    }

    /** What a counter of {@code Count} counted in all, since the switch began or it was forgotten last; nothing when no frame met it. */
    CounterTable.Count counter(long id);

    /**
     * Forgets all counters but some, with what they counted; there is room for others in their place.
     *
     * @param kept true for the id of a counter that stays. False is for one that no flow names, nor did one within the last second
     */
    void keepCounters(LongPredicate kept);

    /** Drops of a port since it was attached, by number of the reason; the array is the caller's. */
    long[] drops(int port);

    /**
     * Adds frames that came up to a batch, of each port in the order in which it received them, without blocking.
     *
     * <p>When this returns, the driver has given back what it held of these frames, and it does not hold the batch. A frame that finds no room waits for the next call, and so do those behind it;
     * the batch then says that it is full.
     *
     * @return frames added; 0 when none waits
     */
    int take(FrameBatch batch);

    /**
     * Executes actions on one frame in user space, as the flow table would have; used for frames that came up.
     *
     * @param frame rewritten in place; its {@code ingress} is charged with drops
     */
    void execute(Frame frame, List<Action> actions);

    /**
     * Sends what {@link #execute} has put by: called whenever the frames of a batch have all been executed.
     *
     * <p>After a {@link #take} a driver may put frames by, less than a millisecond, so that they go out together. Other frames it sends at once.
     */
    default void flush() {
    }

    /** Blocks until a frame waits, {@link #wakeup} is called, or the time is over. */
    void await(long nanos);

    /** Ends the current or next {@link #await}; callable from any thread. */
    void wakeup();

    /** Nanoseconds of the clock that counters and timers go by; from an arbitrary origin. */
    long nanoTime();

    /**
     * Ends as {@link #close} does, but leaves at work what {@link #outlives} the process, until a datapath of the same names is opened, which takes it over.
     */
    default void leave() {
        close();
    }

    /** Removes everything that this datapath made; nothing of it is left on the machine. */
    @Override
    void close();
}
