package org.vnetwork.core.decide;

import java.time.Duration;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Counter;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Tag;
import org.vnetwork.packet.Tunnel;

/** The actions that engines and filters share, noted on a branch; unusable after its stage. */
abstract class StageActions<A extends Actions<A>> implements Actions<A> {
    final Run run;
    final Branch branch;
    final Result result;

    StageActions(Run run, Branch branch, Result result) {
        this.run = run;
        this.branch = branch;
        this.result = result;
    }

    abstract A self();

    @Override
    public A set(Field field, long value) {
        branch.set(field, value, run.recorder, run.driver);
        return self();
    }

    @Override
    public A set(Field field, long high, long low) {
        throw unsupported("set " + field.text());
    }

    @Override
    public A push(Tag tag) {
        branch.pushed.add(tag);
        return self();
    }

    @Override
    public A pop() {
        branch.pop(run.recorder);
        return self();
    }

    @Override
    public A encapsulate(Tunnel tunnel) {
        throw unsupported("encapsulate");
    }

    @Override
    public A meter(int meter) {
        throw unsupported("meter");
    }

    @Override
    public A queue(int queue) {
        throw unsupported("queue");
    }

    @Override
    public A count(Counter counter) {
        throw unsupported("count");
    }

    @Override
    public void drop(DropReason reason) {
        if (result.outputs.isEmpty() && result.drop == null) {
            result.drop = reason;
        }
    }

    @Override
    public void hold(Duration deadline) {
        throw unsupported("hold");
    }

    final UnsupportedOperationException unsupported(String action) {
        return new UnsupportedOperationException(action + ": not supported by driver " + run.driver + " yet");
    }
}
