package org.vnetwork.shell.command;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.control.Simulation;
import org.vnetwork.shell.text.CapturedFrame;

/** Commands on frames of simulated ports. */
@Scope("packet")
public final class PacketCommands {
    private final Simulation simulation;

    /** Commands on the simulated ports of a host. */
    public PacketCommands(Simulation simulation) {
        this.simulation = simulation;
    }

    /** packet:inject. */
    @Does(value = "Has a simulated port receive a frame, and returns when everything that follows from it is done.",
            example = "packet:inject sw1 web1 'eth(dst=ff:ff:ff:ff:ff:ff) arp(tpa=10.0.0.2)'")
    public void inject(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port that the frame comes in by") String port,
            @Argument(value = Kind.FRAME, help = "the frame in the console's notation, in quotes") String frame) {
        simulation.inject(switchName, port, Frames.octets(frame));
    }

    /** packet:capture. */
    @Does(value = "Shows the frames that were sent out of a simulated port since the last capture.", example = "packet:capture sw1 db1")
    public List<CapturedFrame> capture(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port") String port) {
        List<CapturedFrame> frames = new ArrayList<>();
        for (byte[] frame : simulation.captured(switchName, port)) {
            frames.add(new CapturedFrame(frames.size() + 1, frame.length, Frames.text(frame)));
        }
        return frames;
    }
}
