package org.vnetwork.datapath.sim;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathDriver;

/** Datapaths in memory: for tests, sandboxes and documentation. */
@Component(service = DatapathDriver.class)
public final class SimDriver implements DatapathDriver {
    @Override
    public String name() {
        return "sim";
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public Set<String> attachments() {
        return Set.of("sim");
    }

    @Override
    public Capabilities capabilities() {
        return SimDatapath.CAPABILITIES;
    }

    @Override
    public Datapath open(String host, String switchName, Path runFolder) {
        return new SimDatapath();
    }
}
