package org.vnetwork.core.decide;

import java.util.List;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.core.port.PortRow;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.DropReason;

/** One run of the pipeline over one packet. */
final class Run {
    final Recorder recorder;
    final String driver;
    final int ingress;
    private final Stages stages;
    private final PortTables ports;
    private final Transaction transaction;
    private final Trace trace;
    private final ActionCompiler compiler;
    private final PortStage portStage;
    private int vlan;

    Run(Recorder recorder, int ingress, String driver, Stages stages, PortTables ports, Transaction transaction, Trace trace) {
        this.recorder = recorder;
        this.ingress = ingress;
        this.driver = driver;
        this.stages = stages;
        this.ports = ports;
        this.transaction = transaction;
        this.trace = trace;
        this.compiler = new ActionCompiler(recorder);
        this.portStage = new PortStage(recorder);
    }

    /** Runs every stage; the frame's end. The actions are in {@link #compiler()}. */
    Decision.End run() {
        Branch branch = new Branch();
        PortRow source = ports.get(ingress);
        DropReason refused = source == null ? Reasons.UNKNOWN_PORT : portStage.admit(source.vlan(), branch);
        vlan = portStage.vlan();
        trace.end("port in", refused == null ? "vlan " + vlan : "drop " + refused);
        Result result = new Result();
        if (refused != null) {
            return drop(refused);
        }
        DropReason rejected = filterIn(source, branch, result);
        if (rejected != null) {
            return drop(rejected);
        }
        if (result.outputs.isEmpty()) {
            decide(branch, result);
        }
        if (result.outputs.isEmpty()) {
            return result.consumed ? Decision.End.CONSUMED : drop(result.flooded && result.drop == null ? Reasons.NO_MEMBERS : result.drop);
        }
        return output(result.outputs);
    }

    ActionCompiler compiler() {
        return compiler;
    }

    List<Integer> members() {
        return ports.members(vlan).stream().map(PortId::value).toList();
    }

    private Decision.End drop(DropReason reason) {
        compiler.drop(stages.reason(reason));
        return Decision.End.DROPPED;
    }

    /** Passes the filters of the source port; the reason when one rejects. A redirect leaves an output in the result. */
    private DropReason filterIn(PortRow source, Branch branch, Result result) {
        for (FilterDocument slot : source.filters()) {
            DropReason rejected = filter(slot, source, ingress, Direction.IN, branch, result);
            if (rejected != null || !result.outputs.isEmpty()) {
                return rejected;
            }
        }
        return null;
    }

    private DropReason filter(FilterDocument slot, PortRow row, int port, Direction direction, Branch branch, Result result) {
        Branch before = branch.copy();
        int savepoint = transaction.savepoint();
        FilterActions verdict = new FilterActions(this, branch, result, port, direction);
        String name = "filter " + slot.filter() + " slot " + slot.slot() + " of " + row.name() + " " + direction.name().toLowerCase(java.util.Locale.ROOT);
        PacketFilter filter = stages.filter(port, slot.slot());
        if (filter != null) {
            try {
                filter.filter(new PacketView(recorder, branch, vlan), verdict);
                DropReason rejected = result.drop;
                result.drop = null;
                trace.end(name, rejected != null ? "drop " + rejected : verdict.redirected ? "redirect" : "pass");
                return rejected;
            } catch (Recorder.FrameNeeded e) {
                throw e;
            } catch (Throwable e) {
                stages.failed("filter " + slot.filter(), e);
            }
        }
        recorder.uncacheable();
        branch.restore(before);
        transaction.rollback(savepoint);
        result.clear();
        trace.end(name, (filter == null ? "not installed" : "failed") + ", the port fails " + (slot.failOpen() ? "open: pass" : "closed: drop " + Reasons.FILTER_FAILED));
        return slot.failOpen() ? null : Reasons.FILTER_FAILED;
    }

    private void decide(Branch branch, Result result) {
        ForwardingEngine engine = stages.engine();
        String name = "engine " + stages.engineName();
        if (engine == null) {
            recorder.uncacheable();
            result.drop = Reasons.NO_ENGINE;
            trace.end(name, "drop " + result.drop);
            return;
        }
        int savepoint = transaction.savepoint();
        try {
            engine.decide(new PacketView(recorder, branch, vlan), new EngineActions(this, branch, result));
            if (result.isEmpty()) {
                throw new IllegalStateException("decide left no result (expected: to, flood, drop or consume)");
            }
            trace.end(name, trace.text(result));
        } catch (Recorder.FrameNeeded e) {
            throw e;
        } catch (Throwable e) {
            recorder.uncacheable();
            transaction.rollback(savepoint);
            result.clear();
            result.drop = Reasons.ENGINE_FAILED;
            stages.failed("engine " + stages.engineName(), e);
            trace.end(name, "failed: " + e + "; drop " + result.drop);
        }
    }

    private Decision.End output(List<Output> outputs) {
        int made = 0;
        for (Output output : List.copyOf(outputs)) {
            DropReason refused = output(output);
            if (refused == null) {
                made++;
            } else {
                compiler.drop(stages.reason(refused));
            }
        }
        if (!compiler.compile()) {
            compiler.clear();
            return drop(Reasons.TOO_MANY_OUTPUTS);
        }
        return made == 0 ? Decision.End.DROPPED : Decision.End.FORWARDED;
    }

    /** One output: filters of the port, then its port stage; the reason when it is not made. */
    private DropReason output(Output output) {
        PortRow row = ports.get(output.port());
        if (row == null || !row.vlan().carries(vlan)) {
            DropReason refused = row == null ? Reasons.UNKNOWN_PORT : Reasons.NOT_IN_VLAN;
            trace.end("port out " + (row == null ? "#" + output.port() : row.name()), "drop " + refused);
            return refused;
        }
        Result result = new Result();
        for (FilterDocument slot : row.filters().reversed()) {
            DropReason rejected = filter(slot, row, output.port(), Direction.OUT, output.branch(), result);
            if (rejected != null) {
                return rejected;
            }
        }
        String tagging = compiler.output(output.port(), output.branch(), vlan, row.vlan());
        trace.end("port out " + row.name(), tagging);
        return null;
    }
}
