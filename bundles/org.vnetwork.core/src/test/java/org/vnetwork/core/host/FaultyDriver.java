package org.vnetwork.core.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** Simulated datapaths, with ports of every kind and journals, of which a call can be had fail. */
final class FaultyDriver implements DatapathDriver {
    private final Faults faults;
    private final SimDriver sim = new SimDriver();
    /** Run before a datapath is opened. */
    Runnable opening = () -> { };
    /** The ports that each open datapath has, and whether they are open. */
    final Map<String, Map<Integer, String>> ports = new TreeMap<>();

    FaultyDriver(Faults faults) {
        this.faults = faults;
    }

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public int preference() {
        return 1;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public Set<String> attachments() {
        return Set.of("sim", "netdev", "vxlan");
    }

    @Override
    public Capabilities capabilities() {
        return sim.capabilities();
    }

    @Override
    public Datapath open(String host, String switchName, Path runFolder) throws DatapathException {
        opening.run();
        List<Datapath> opened = new ArrayList<>();
        try {
            faults.step(() -> {
                opened.add(new Faulty(sim.open(host, switchName, runFolder), switchName));
                ports.put(switchName, new TreeMap<>());
            });
        } catch (Throwable e) {
            ports.remove(switchName);
            throw e;
        }
        return opened.getFirst();
    }

    private final class Faulty implements Datapath, Simulated {
        private final Datapath sim;
        private final String name;

        Faulty(Datapath sim, String name) {
            this.sim = sim;
            this.name = name;
        }

        private Map<Integer, String> known() {
            return ports.getOrDefault(name, new TreeMap<>());
        }

        @Override
        public void attach(int port, Attachment attachment) throws DatapathException {
            DatapathException.checkFree(port, known().containsKey(port));
            try {
                faults.step(() -> {
                    sim.attach(port, new Attachment("sim", attachment.device()));
                    known().put(port, attachment + " blocked");
                });
            } catch (Throwable e) {
                // As the contract has it: an attach that throws has changed nothing.
                sim.detach(port);
                known().remove(port);
                throw e;
            }
        }

        @Override
        public void unblock(int port) {
            faults.step(() -> {
                sim.unblock(port);
                known().computeIfPresent(port, (id, text) -> text.replace(" blocked", ""));
            });
        }

        @Override
        public void detach(int port) {
            faults.step(() -> {
                sim.detach(port);
                known().remove(port);
            });
        }

        @Override
        public void limit(int port, MissLimit limit) {
            faults.step(() -> known().computeIfPresent(port, (id, text) -> text.replaceFirst(" limit .*|$", " limit " + limit)));
        }

        @Override
        public void link(int port, boolean up) {
            ((Simulated) sim).link(port, up);
        }

        @Override
        public boolean outlives() {
            return true;
        }

        @Override
        public List<FlowEntry> adopted() {
            faults.step(() -> { });
            return List.of();
        }

        @Override
        public void close() {
            ports.remove(name);
            sim.close();
        }

        @Override
        public Capabilities capabilities() {
            return sim.capabilities();
        }

        @Override
        public PortState state(int port) {
            return sim.state(port);
        }

        @Override
        public boolean[] install(List<FlowEntry> flows) {
            return sim.install(flows);
        }

        @Override
        public boolean replace(int flow, List<Action> actions) {
            return sim.replace(flow, actions);
        }

        @Override
        public boolean drain(int flow, List<Action> actions) {
            return sim.drain(flow, actions);
        }

        @Override
        public FlowCounters remove(int flow) {
            return sim.remove(flow);
        }

        @Override
        public void statistics(StatisticsSink sink) {
            sim.statistics(sink);
        }

        @Override
        public PortCounters counters(int port) {
            return sim.counters(port);
        }

        @Override
        public CounterTable.Count counter(long id) {
            return sim.counter(id);
        }

        @Override
        public void keepCounters(LongPredicate kept) {
            sim.keepCounters(kept);
        }

        @Override
        public long[] drops(int port) {
            return sim.drops(port);
        }

        @Override
        public void execute(Frame frame, List<Action> actions) {
            sim.execute(frame, actions);
        }

        @Override
        public int take(FrameBatch batch) {
            return sim.take(batch);
        }

        @Override
        public void flush() {
            sim.flush();
        }

        @Override
        public void await(long nanos) {
            sim.await(nanos);
        }

        @Override
        public void wakeup() {
            sim.wakeup();
        }

        @Override
        public long nanoTime() {
            return sim.nanoTime();
        }

        @Override
        public void inject(int port, byte[] frame) {
            ((Simulated) sim).inject(port, frame);
        }

        @Override
        public List<byte[]> captured(int port) {
            return ((Simulated) sim).captured(port);
        }

        @Override
        public void warp(Duration duration) {
            ((Simulated) sim).warp(duration);
        }
    }
}
