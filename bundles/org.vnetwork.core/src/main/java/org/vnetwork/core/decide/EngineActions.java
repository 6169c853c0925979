package org.vnetwork.core.decide;

import org.vnetwork.packet.Forward;

/** {@link Forward} for an engine, or for a copy that a filter made, whose outputs are direct. */
final class EngineActions extends StageActions<Forward> implements Forward {
    private final boolean direct;

    EngineActions(Run run, Call call, Branch branch, Result result, boolean direct) {
        super(run, call, branch, result);
        this.direct = direct;
    }

    @Override
    public Forward copy() {
        call.check();
        return new EngineActions(run, call, branch.copy(), result, direct);
    }

    @Override
    Forward self() {
        return this;
    }

    @Override
    public void to(int... ports) {
        call.check();
        for (int port : ports) {
            result.outputs.add(new Output(port, branch.copy(), direct));
        }
    }

    @Override
    public void flood() {
        call.check();
        result.flooded = true;
        for (int port : run.members()) {
            if (port != run.ingress) {
                result.outputs.add(new Output(port, branch.copy(), direct));
            }
        }
    }

    @Override
    public void consume() {
        call.check();
        result.consumed = true;
    }
}
