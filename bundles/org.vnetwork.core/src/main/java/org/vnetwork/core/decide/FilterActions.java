package org.vnetwork.core.decide;

import java.time.Duration;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.StreamInspector;
import org.vnetwork.filter.Verdict;
import org.vnetwork.packet.DropReason;

/** {@link Verdict} for one filter at one port. */
final class FilterActions extends StageActions<Verdict> implements Verdict {
    private final int port;
    private final Direction direction;
    boolean redirected;

    FilterActions(Run run, Branch branch, Result result, int port, Direction direction) {
        super(run, branch, result);
        this.port = port;
        this.direction = direction;
    }

    @Override
    Verdict self() {
        return this;
    }

    @Override
    public Direction direction() {
        return direction;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void pass() {
        result.drop = null;
    }

    @Override
    public void drop(DropReason reason) {
        result.drop = reason;
    }

    @Override
    public void reject(DropReason reason) {
        result.drop = reason;
    }

    @Override
    public void redirect(int other) {
        redirected = true;
        result.outputs.add(new Output(other, branch.copy()));
    }

    @Override
    public void stream(StreamInspector inspector, Duration deadline) {
        throw unsupported("stream");
    }
}
