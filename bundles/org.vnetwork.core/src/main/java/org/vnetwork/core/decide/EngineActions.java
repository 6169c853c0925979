package org.vnetwork.core.decide;

import java.util.List;
import org.vnetwork.core.port.Members;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.model.PortId;
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
            result.outputs.add(new Output.To(port, branch.copy(), direct));
        }
    }

    @Override
    public void flood() {
        call.check();
        result.flooded = true;
        Members members = run.members();
        PortId source = new PortId(run.ingress);
        for (Members.Alike alike : members.alike()) {
            List<PortId> others = PortTables.without(source, alike.ports());
            if (!others.isEmpty()) {
                result.outputs.add(new Output.Flood(alike.vlan(), others, branch.copy()));
            }
        }
        PortTables.without(source, members.filtered()).forEach(port -> result.outputs.add(new Output.To(port.value(), branch.copy(), direct)));
    }

    @Override
    public void consume() {
        call.check();
        result.consumed = true;
    }
}
