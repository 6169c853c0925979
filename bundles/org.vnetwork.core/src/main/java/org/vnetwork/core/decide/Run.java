package org.vnetwork.core.decide;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.port.Members;
import org.vnetwork.core.port.PortFilter;
import org.vnetwork.core.port.PortRow;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Counter;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;

/** One run of the pipeline over one packet. */
final class Run {
    final Recorder recorder;
    final String driver;
    final Capabilities capabilities;
    final int ingress;
    private final Stages stages;
    private final PortTables ports;
    private final Transaction transaction;
    private final Trace trace;
    private final ActionCompiler compiler;
    private final PortStage portStage;
    private int vlan;
    private boolean undecided;

    Run(Recorder recorder, int ingress, String driver, Capabilities capabilities, Stages stages, PortTables ports, Transaction transaction, Trace trace) {
        this.recorder = recorder;
        this.ingress = ingress;
        this.driver = driver;
        this.capabilities = capabilities;
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
        if (refused != null) {
            compiler.drop(stages.reason(refused));
            return Decision.End.DROPPED;
        }
        Result result = new Result();
        List<Output> outputs = new ArrayList<>();
        if (filterIn(source, branch, result, outputs)) {
            decide(branch, result);
            outputs.addAll(result.outputs);
            outputs.addAll(result.mirrored);
        }
        if (result.consumed && outputs.isEmpty()) {
            compiler.consume();
            return Decision.End.CONSUMED;
        }
        boolean nowhere = result.outputs.isEmpty() && result.flooded && result.drop == null;
        DropReason dropped = nowhere ? Reasons.NO_MEMBERS : result.outputs.isEmpty() ? result.drop : null;
        if (dropped != null) {
            compiler.drop(stages.reason(dropped));
        }
        Decision.End end = output(outputs);
        return undecided ? Decision.End.UNDECIDED : end;
    }

    int vlan() {
        return vlan;
    }

    ActionCompiler compiler() {
        return compiler;
    }

    /** The id of a plugin's counter. */
    long counter(String plugin, Counter counter) {
        long id = Ids.of(plugin, counter.name());
        stages.counts(id, plugin, counter.name());
        return id;
    }

    Members members() {
        return ports.members(vlan);
    }

    /** Passes the filters of the source port; true when the engine is next, false when one rejected (a drop in the result) or redirected. */
    private boolean filterIn(PortRow source, Branch branch, Result result, List<Output> outputs) {
        for (PortFilter slot : source.filters()) {
            FilterActions verdict = filter(slot, source, ingress, Direction.IN, branch, result);
            outputs.addAll(verdict.copies());
            if (verdict.redirected() != null && result.drop == null) {
                outputs.add(verdict.redirected());
                return false;
            }
            if (result.drop != null) {
                return false;
            }
        }
        return true;
    }

    /** Asks one filter; a rejection is left as the drop of the result. */
    private FilterActions filter(PortFilter slot, PortRow row, int port, Direction direction, Branch branch, Result result) {
        Branch before = branch.copy();
        Transaction.Savepoint savepoint = transaction.savepoint();
        String plugin = "filter " + slot.filter();
        ActionCompiler.Mark mark = compiler.mark();
        Stage<PacketFilter> filter = stages.filter(port, slot.slot());
        Call call = new Call(plugin, filter == null ? null : filter.guest(), stages);
        FilterActions verdict = new FilterActions(this, call, branch, result, port, direction);
        String name = "filter " + slot.filter() + " slot " + slot.slot() + " of " + row.name() + " " + direction.name().toLowerCase(java.util.Locale.ROOT);
        // Read also when there is none: the decision is made again when one comes, goes or is replaced.
        ports.filter(port, slot.slot());
        if (filter != null) {
            Throwable failure = call(call, () -> filter.plugin().filter(new PacketView(recorder, branch, vlan, call), verdict));
            if (failure == null) {
                trace.end(name, trace.text(verdict, result.drop));
                return verdict;
            }
            recorder.uncacheable();
        }
        branch.restore(before);
        transaction.rollback(savepoint);
        compiler.rollback(mark);
        result.drop = slot.failOpen() ? null : Reasons.FILTER_FAILED;
        trace.end(name, (filter == null ? "not installed" : "failed") + ", the port fails " + (slot.failOpen() ? "open: pass" : "closed: drop " + Reasons.FILTER_FAILED));
        return new FilterActions(this, call, branch, result, port, direction);
    }

    /** Calls a plugin; what it threw, which is counted and reported except in a trace, which has no effect. */
    private Throwable call(Call call, Gate.Call work) {
        Throwable failure;
        try {
            failure = stages.gate().call(call.guest, work);
        } finally {
            call.end();
        }
        if (failure instanceof Recorder.FrameNeeded needed) {
            throw needed;
        }
        if (trace == Trace.NONE) {
            stages.returned(call.guest, failure);
        }
        return failure;
    }

    private void decide(Branch branch, Result result) {
        Stage<ForwardingEngine> engine = stages.engine();
        String name = "engine " + stages.engineName();
        if (engine == null) {
            undecided = true;
            result.drop = Reasons.NO_ENGINE;
            trace.end(name, "drop " + result.drop);
            return;
        }
        Transaction.Savepoint savepoint = transaction.savepoint();
        ActionCompiler.Mark mark = compiler.mark();
        Call call = new Call(name, engine.guest(), stages);
        Throwable failure = call(call, () -> {
            engine.plugin().decide(new PacketView(recorder, branch, vlan, call), new EngineActions(this, call, branch, result, false));
            if (result.isEmpty()) {
                throw new IllegalStateException("decide left no result (expected: to, flood, drop or consume)");
            }
        });
        if (failure == null) {
            trace.end(name, trace.text(result));
            return;
        }
        recorder.uncacheable();
        transaction.rollback(savepoint);
        compiler.rollback(mark);
        result.clear();
        result.drop = Reasons.ENGINE_FAILED;
        trace.end(name, "failed: " + failure + "; drop " + result.drop);
    }

    private Decision.End output(List<Output> outputs) {
        int made = 0;
        Deque<Output> left = new ArrayDeque<>(outputs);
        while (!left.isEmpty()) {
            Output next = left.removeFirst();
            DropReason refused = switch (next) {
                case Output.Mirror mirror -> mirror(mirror);
                case Output.To to -> output(to, left);
                case Output.Flood flood -> flood(flood);
            };
            if (refused == null) {
                made += next instanceof Output.Mirror ? 0 : 1;
            } else {
                next.ports().forEach(_ -> compiler.drop(stages.reason(refused)));
            }
        }
        if (!compiler.compile()) {
            compiler.clear();
            compiler.drop(stages.reason(Reasons.TOO_MANY_OUTPUTS));
            return Decision.End.DROPPED;
        }
        return made == 0 ? Decision.End.DROPPED : Decision.End.FORWARDED;
    }

    /** A copy for a mirror port; the reason when it is not made. */
    private DropReason mirror(Output.Mirror output) {
        PortRow row = ports.get(output.port());
        DropReason refused = row == null ? Reasons.UNKNOWN_PORT : row.vlan().mirror() ? null : Reasons.NOT_A_MIRROR;
        if (refused == null) {
            boolean tagged = output.branch().vlanTagged;
            PortVlan asReceived = tagged ? PortVlan.trunk(List.of(vlan), 0) : PortVlan.access(vlan);
            boolean service = tagged && recorder.get(Field.TAG_KIND) == TagKind.SERVICE;
            compiler.output(List.of(new PortId(output.port())), output.branch(), vlan, service ? asReceived.withServiceTags() : asReceived);
        }
        trace.end("mirror " + (row == null ? "#" + output.port() : row.name()), refused == null ? "output" : "drop " + refused);
        return refused;
    }

    /** One output: filters of the port, then its port stage; the reason when it is not made. What its filters send elsewhere comes into {@code more}. */
    private DropReason output(Output.To output, Deque<Output> more) {
        PortRow row = ports.get(output.port());
        if (row == null || !row.vlan().carries(vlan)) {
            DropReason refused = row == null ? Reasons.UNKNOWN_PORT : Reasons.NOT_IN_VLAN;
            trace.end("port out " + (row == null ? "#" + output.port() : row.name()), "drop " + refused);
            return refused;
        }
        Result result = new Result();
        for (PortFilter slot : output.direct() ? List.<PortFilter>of() : row.filters().reversed()) {
            FilterActions verdict = filter(slot, row, output.port(), Direction.OUT, output.branch(), result);
            more.addAll(verdict.copies());
            if (result.drop != null) {
                return result.drop;
            }
            if (verdict.redirected() != null) {
                return output(verdict.redirected(), more);
            }
        }
        if (leavesBare(output.branch(), row.vlan())) {
            trace.end("port out " + row.name(), "drop " + Reasons.TAG_NOT_ADMITTED);
            return Reasons.TAG_NOT_ADMITTED;
        }
        trace.end("port out " + row.name(), compiler.output(List.of(new PortId(output.port())), output.branch(), vlan, row.vlan()));
        return null;
    }

    /** The outputs of a flood to ports without filters: their port stage alone; the reason when none is made. */
    private DropReason flood(Output.Flood flood) {
        DropReason refused = leavesBare(flood.branch(), flood.vlan()) ? Reasons.TAG_NOT_ADMITTED : null;
        trace.flooded(flood, refused != null ? "drop " + refused : compiler.output(flood.members(), flood.branch(), vlan, flood.vlan()));
        return refused;
    }

    /** Whether a received tag would be left bare on a trunk. Behind a trunk a tag of its kind tells the VLAN, so that one would lead into another (VLAN hopping). */
    private boolean leavesBare(Branch branch, PortVlan membership) {
        return membership.trunk() && membership.untagged() == vlan && branch.bare(recorder) == TagKind.of(membership);
    }
}
