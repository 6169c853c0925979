package org.vnetwork.core.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.framework.Version;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.PortView;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.wire.FrameText;

/** A switch on a simulated datapath, with engines and filters given as plain objects. */
final class TestSwitch implements AutoCloseable {
    final Map<String, Plugin<PacketFilter>> filters = new HashMap<>();
    final EventLog events = new EventLog();
    final VirtualSwitch home;
    private int nextId = 1;

    /** A plugin outside of any framework. */
    record Given<T>(String name, Supplier<T> maker) implements Plugin<T> {
        @Override
        public String bundle() {
            return "test";
        }

        @Override
        public Version version() {
            return Version.emptyVersion;
        }

        @Override
        public T acquire() {
            return maker.get();
        }

        @Override
        public void release(T instance) {
            // Nobody else holds it.
        }
    }

    TestSwitch(Supplier<ForwardingEngine> engine) {
        this(new SimDriver().open("test", "sw1", Path.of(".")), Journal.none());
        swap("first", engine);
        home.restored();
    }

    /** A switch without engine that is not restored yet. */
    TestSwitch(Datapath datapath, Journal journal) {
        home = new VirtualSwitch("sw1", "sim", datapath, journal, wanted -> filters.get(wanted.name()), events);
    }

    List<String> swap(String name, Supplier<ForwardingEngine> engine) {
        return home.swap(name, new Given<>(name, engine));
    }

    TestSwitch port(String name, PortVlan vlan, FilterDocument... slots) {
        home.addPort(new PortDocument(nextId++, name, "sim", name, vlan, List.of(slots)));
        return this;
    }

    TestSwitch ports(PortVlan vlan, String... names) {
        for (String name : names) {
            port(name, vlan);
        }
        return this;
    }

    void inject(String port, String frame) {
        home.simulated().inject(port, FrameText.build(frame));
    }

    /** Frames sent out of a port since the last call, in the notation. */
    List<String> captured(String port) {
        return home.simulated().captured(port).stream().map(FrameText::describe).toList();
    }

    int count(String port) {
        return captured(port).size();
    }

    void warp(int seconds) {
        home.simulated().warp(Duration.ofSeconds(seconds));
    }

    /** Returns when no flow waits to be decided again. */
    void settle() {
        while (home.onLoop(() -> home.flows.settling())) {
            Thread.onSpinWait();
        }
    }

    List<FlowView> flows() {
        return home.views().flows();
    }

    long decided() {
        // Not from the summary: that is what was seen last while the loop is busy.
        return home.onLoop(home.upcalls::decided);
    }

    long drops(String reason) {
        return home.views().drops().stream().filter(d -> d.reason().equals(reason)).mapToLong(d -> d.count()).sum();
    }

    void filter(String name, Supplier<PacketFilter> maker) {
        filters.put(name, new Given<>(name, maker));
    }

    List<String> events() {
        return events.all().stream().map(e -> e.subject() + ": " + e.text()).toList();
    }

    /** Where the books of a port do not balance, or outputs and sent frames differ; empty when all is well. */
    String imbalance() {
        StringBuilder text = new StringBuilder();
        long outputs = 0;
        long sent = 0;
        for (PortView port : home.views().ports()) {
            outputs += port.outputs();
            sent += port.sent();
            if (port.received() + port.copies() != port.outputs() + port.dropped() + port.consumed()) {
                text.append(port).append(' ');
            }
        }
        return outputs == sent ? text.toString() : text + "outputs " + outputs + " sent " + sent;
    }

    /** All that can be seen of the switch, but for the clock. */
    String everything() {
        return home.views().ports() + "\n" + home.views().flows() + "\n" + home.views().drops() + "\n" + home.views().summary() + "\n"
                + home.views().tables().stream().map(t -> t + " " + home.views().rows(t.type())).toList() + "\n" + events();
    }

    @Override
    public void close() {
        home.close(false);
    }
}
