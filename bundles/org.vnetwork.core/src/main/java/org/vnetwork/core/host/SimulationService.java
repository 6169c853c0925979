package org.vnetwork.core.host;

import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vnetwork.control.Simulation;

/** Frames and time of simulated switches. */
@Component(service = Simulation.class)
public final class SimulationService implements Simulation {
    private final Switches switches;

    /** For the simulated ones of these switches. */
    @Activate
    public SimulationService(@Reference Switches switches) {
        this.switches = switches;
    }

    @Override
    public void inject(String switchName, String port, byte[] frame) {
        switches.need(switchName).simulated().inject(port, frame);
    }

    @Override
    public List<byte[]> captured(String switchName, String port) {
        return switches.need(switchName).simulated().captured(port);
    }

    @Override
    public void link(String switchName, String port, boolean up) {
        switches.need(switchName).simulated().link(port, up);
    }

    @Override
    public void warp(String switchName, Duration duration) {
        switches.need(switchName).simulated().warp(duration);
    }

    @Override
    public Duration clock(String switchName) {
        return switches.need(switchName).simulated().clock();
    }
}
