package org.vnetwork.core.decide;

import org.vnetwork.packet.Forward;

/** {@link Forward} for an engine, or for a copy that a filter made. */
final class EngineActions extends StageActions<Forward> implements Forward {
    EngineActions(Run run, Branch branch, Result result) {
        super(run, branch, result);
    }

    @Override
    Forward self() {
        return this;
    }

    @Override
    public void to(int... ports) {
        for (int port : ports) {
            result.outputs.add(new Output(port, branch.copy()));
        }
    }

    @Override
    public void flood() {
        result.flooded = true;
        for (int port : run.members()) {
            if (port != run.ingress) {
                result.outputs.add(new Output(port, branch.copy()));
            }
        }
    }

    @Override
    public void consume() {
        result.consumed = true;
    }
}
