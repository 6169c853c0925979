package org.vnetwork.core.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.StreamInspector;
import org.vnetwork.filter.Verdict;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Forward;

/** {@link Verdict} for one filter at one port. */
final class FilterActions extends StageActions<Verdict> implements Verdict {
    private final int port;
    private final Direction direction;
    private final Result copies = new Result();
    private Output.To redirected;

    FilterActions(Run run, Call call, Branch branch, Result result, int port, Direction direction) {
        super(run, call, branch, result);
        this.port = port;
        this.direction = direction;
    }

    @Override
    Verdict self() {
        return this;
    }

    @Override
    public Direction direction() {
        call.check();
        return direction;
    }

    @Override
    public int port() {
        call.check();
        return port;
    }

    /** Outputs of copies, made whatever the verdict on the frame itself is. */
    List<Output> copies() {
        List<Output> all = new ArrayList<>(copies.outputs);
        all.addAll(copies.mirrored);
        return all;
    }

    @Override
    List<Output> mirrored() {
        return copies.mirrored;
    }

    /** Where the frame goes instead, or null. */
    Output.To redirected() {
        return redirected;
    }

    @Override
    public Forward copy() {
        call.check();
        return new EngineActions(run, call, branch.copy(), copies, true);
    }

    @Override
    public void pass() {
        call.check();
        result.drop = null;
    }

    @Override
    public void drop(DropReason reason) {
        call.check();
        result.drop = reason;
    }

    @Override
    public void reject(DropReason reason) {
        call.check();
        result.drop = reason;
    }

    @Override
    public void redirect(int other) {
        call.check();
        redirected = new Output.To(other, branch.copy(), true);
    }

    @Override
    public void stream(StreamInspector inspector, Duration deadline) {
        call.check();
        throw unsupported("stream");
    }
}
