package org.vnetwork.core.decide;

import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Frame;

/**
 * Runs packets through port stage, filters and engine of one switch.
 *
 * <p>Port stage in → filters of the source port by ascending slot → engine → for each output its port's filters by descending slot → port stage
 * out. Loop thread only.
 */
public final class Pipeline {
    private final Tables tables;
    private final PortTables ports;
    private final Stages stages;
    private final Capabilities capabilities;
    private final String driver;
    private final Samples samples;
    private volatile boolean revoked;

    /**
     * A pipeline.
     *
     * @param capabilities what the driver can do
     * @param driver its name, for messages
     */
    public Pipeline(Tables tables, PortTables ports, Stages stages, Capabilities capabilities, String driver) {
        this.tables = tables;
        this.ports = ports;
        this.stages = stages;
        this.capabilities = capabilities;
        this.driver = driver;
        this.samples = new Samples(stages);
    }

    /** Whether there is an engine; without one every decision drops. */
    public boolean hasEngine() {
        return stages.engine() != null;
    }

    /** Has every decision fail from now on, the one that is running too: the switch was closed under it. Any thread. */
    public void revoke() {
        revoked = true;
    }

    /**
     * Decides a packet and makes its writes real.
     *
     * @param now on the datapath's clock, for what is written
     */
    public Decision commit(long[] key, Frame frame, long now) {
        Transaction transaction = tables.begin();
        Decision decision = run(key, frame, Trace.NONE, transaction);
        transaction.commit(now);
        sample(decision, key, frame);
        return decision;
    }

    /** Decides a packet without any effect; {@code frame} may be null, then a decision that needs it comes back as inspect. */
    public Decision evaluate(long[] key, Frame frame) {
        Decision decision = run(key, frame, Trace.NONE, tables.begin());
        sample(decision, key, frame);
        return decision;
    }

    private void sample(Decision decision, long[] key, Frame frame) {
        samples.look(decision, () -> run(key, frame, Trace.NONE, tables.begin()), () -> {
            StageTrace trace = new StageTrace(port -> ports.get(port) == null ? "#" + port : ports.get(port).name());
            run(key, frame, trace, tables.begin());
            return trace.stages();
        });
    }

    /** Decides a packet on the rows as they would be after an overlay; with {@code grow} what it would write joins the overlay. */
    public Decision preview(long[] key, Transaction overlay, boolean grow) {
        Transaction transaction = tables.begin(overlay);
        Decision decision = run(key, null, Trace.NONE, transaction);
        if (grow) {
            overlay.absorb(transaction);
        }
        return decision;
    }

    /** As {@link #evaluate}, noting each stage; a decision that would write is followed by the one it would be installed as. */
    public Decision trace(long[] key, Frame frame, Trace trace) {
        Transaction first = tables.begin();
        Decision decision = run(key, frame, trace, first);
        return decision.wrote() ? run(key, frame, trace, tables.begin(first)) : decision;
    }

    private Decision run(long[] key, Frame frame, Trace trace, Transaction transaction) {
        try {
            Recorder recorder = new Recorder(key, frame, capabilities.matchable(), trace != Trace.NONE);
            trace.begin(recorder, transaction, key);
            Run run = new Run(recorder, (int) Field.INGRESS.in(key), driver, capabilities, stages, ports, transaction, trace);
            Decision.End end;
            try {
                end = run.run();
            } catch (Recorder.FrameNeeded e) {
                end = Decision.End.CONSUMED;
            }
            if (revoked) {
                throw new IllegalStateException("the switch was closed during the decision");
            }
            return new Decision(recorder.mask(), recorder.inspect(), run.compiler().actions(), end, transaction.reads(), transaction.refreshes(), transaction.wrote(), run.vlan());
        } finally {
            tables.end(transaction);
        }
    }
}
