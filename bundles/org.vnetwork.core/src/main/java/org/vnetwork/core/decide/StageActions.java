package org.vnetwork.core.decide;

import java.time.Duration;
import java.util.List;
import org.vnetwork.datapath.Capabilities.Feature;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Counter;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Meter;
import org.vnetwork.packet.Tag;
import org.vnetwork.packet.Tunnel;
import org.vnetwork.packet.wire.Action;

/** The actions that engines and filters share, noted on a branch; unusable after its call. */
abstract class StageActions<A extends Actions<A>> implements Actions<A> {
    final Run run;
    final Branch branch;
    final Result result;

    /** The call that they are lent to; its plugin has names of meters and counters of its own. */
    final Call call;

    StageActions(Run run, Call call, Branch branch, Result result) {
        this.run = run;
        this.call = call;
        this.branch = branch;
        this.result = result;
    }

    abstract A self();

    @Override
    public A set(Field field, long value) {
        return set(field, 0, value);
    }

    @Override
    public A set(Field field, long high, long low) {
        call.check();
        if (!run.capabilities.settable().contains(field) || !branch.set(field, high, low, run.recorder)) {
            throw unsupported("set " + field.text());
        }
        return self();
    }

    @Override
    public A push(Tag tag) {
        call.check();
        if (tag.service()) {
            need(Feature.SERVICE_TAGS, "push a service tag");
        }
        branch.pushed.add(tag);
        return self();
    }

    @Override
    public A pop() {
        call.check();
        branch.pop(run.recorder);
        return self();
    }

    @Override
    public A encapsulate(Tunnel tunnel) {
        call.check();
        throw unsupported("encapsulate");
    }

    @Override
    public A meter(Meter meter) {
        call.check();
        need(Feature.METER, "meter");
        if (!branch.limit(run.compiler().meter(Ids.of(call.plugin, meter.name()), meter))) {
            throw new Refusal("meter " + meter.name() + ": one too many (expected: at most " + Action.GATES + " for one output)");
        }
        return self();
    }

    @Override
    public A queue(int queue) {
        call.check();
        throw unsupported("queue");
    }

    @Override
    public A count(Counter counter) {
        call.check();
        need(Feature.COUNT, "count");
        run.compiler().count(run.counter(call.plugin, counter));
        return self();
    }

    @Override
    public A mirror(int port) {
        call.check();
        mirrored().add(new Output.Mirror(port, branch.copy()));
        return self();
    }

    /** Where copies for mirror ports are noted. */
    List<Output> mirrored() {
        return result.mirrored;
    }

    @Override
    public void drop(DropReason reason) {
        call.check();
        if (result.outputs.isEmpty() && result.drop == null) {
            result.drop = reason;
        }
    }

    @Override
    public void hold(Duration deadline) {
        call.check();
        throw unsupported("hold");
    }

    private void need(Feature feature, String action) {
        if (!run.capabilities.features().contains(feature)) {
            throw unsupported(action);
        }
    }

    final UnsupportedOperationException unsupported(String action) {
        return new UnsupportedOperationException(action + ": not supported by driver " + run.driver);
    }
}
