package org.vnetwork.core.decide;

import org.vnetwork.core.row.Transaction;
import org.vnetwork.packet.DropReason;

/** What is told of a run, stage by stage; this one notes nothing, and holds nothing of the switch whose runs it is given. */
public sealed class Trace permits StageTrace {
    /** For runs that nobody watches, of all switches. */
    static final Trace NONE = new Trace();

    Trace() {
    }

    /** Begins a run. */
    void begin(Recorder recorder, Transaction transaction, long[] key) {
        // Nobody asked.
    }

    /** Ends a stage: what was read since the last one is its. */
    void end(String stage, String verdict) {
        // Nobody asked.
    }

    /** Ends the stage of each port of a flood. */
    void flooded(Output.Flood flood, String verdict) {
        // Nobody asked.
    }

    /** A filter's verdict in words. */
    String text(FilterActions verdict, DropReason rejected) {
        return "";
    }

    /** An engine's result in words. */
    String text(Result result) {
        return "";
    }
}
