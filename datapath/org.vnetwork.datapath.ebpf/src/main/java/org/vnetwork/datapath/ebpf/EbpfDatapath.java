package org.vnetwork.datapath.ebpf;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.Drift;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.Execution;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.Life;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.MissSink;
import org.vnetwork.datapath.PortCounters;
import org.vnetwork.datapath.PortState;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.model.FastWay;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** One switch in the kernel: its maps and programs, its ports, its ways up. */
final class EbpfDatapath implements Datapath {
    static final int FLOWS = 262_144;
    /** How long what an earlier process left is kept for ports that are still to be attached. */
    private static final long BEFORE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final Capabilities CAPABILITIES = Capabilities.all(FLOWS, KernelMaps.PORT_MASKS);

    private final Life life = new Life();
    private final BpfObject object;
    private final KernelMaps maps;
    private final FlowMaps flowMaps;
    private final KernelFlows flows;
    private final Links links;
    private final Pins pins;
    private final KernelPorts ports;
    private final PortAccounts accounts;
    private final TrafficControl control;
    private final Groups groups;
    private final UpChannels up;
    private final PacketSocket socket;
    /** Package-private for tests. */
    final DecidedFrames decided;
    private final Execution execution;
    private final Waits waits;
    private final PeerNews peers;
    private final EgressHooks hooks;
    private final Drifts drifts = new Drifts();
    private final Repairs repairs;
    private final Links.News news = new Links.News() {
        @Override
        public void changed(int ifindex, boolean gone) {
            ports.changed(ifindex, gone);
            repairs.deviceChanged(ifindex, gone);
        }

        @Override
        public void moved(int ifindex) {
            repairs.deviceMoved(ifindex);
        }

        @Override
        public void filtersChanged(int ifindex) {
            ports.filtersChanged(ifindex);
            repairs.filtersChanged(ifindex);
        }
    };
    private long refreshedNanos = System.nanoTime();
    private boolean tookOver;

    /** @param adopts whether the maps are those of an earlier process */
    EbpfDatapath(BpfObject object, KernelMaps maps, FlowMaps flowMaps, Links links, Pins pins, UpChannels up, PacketSocket socket, boolean adopts) throws DatapathException {
        this.object = object;
        this.maps = maps;
        this.flowMaps = flowMaps;
        this.links = links;
        this.pins = pins;
        this.up = up;
        this.socket = socket;
        accounts = new PortAccounts(maps, up);
        ports = new KernelPorts(maps, accounts, links, pins, object.program("vnet_ingress"));
        control = new TrafficControl();
        groups = new Groups(maps, control, ports::ifindex);
        hooks = new EgressHooks();
        ports.tell(groups, new Onlookers(control, hooks));
        flows = new KernelFlows(maps, flowMaps, groups);
        if (adopts) {
            settle();
        }
        // NB: from here on what goes up waits. Reading the flows back first took 80 to 270 ms more, in which all of it was lost.
        up.attach(object.program("vnet_upcall"), pins, maps);
        if (adopts) {
            Groups.forgetAll(maps);
            flows.adopt(new FlowAdoption(maps, flowMaps));
        }
        peers = new PeerNews();
        waits = new Waits(links.newsDescriptor(), up.descriptors());
        up.wake(waits);
        repairs = new Repairs(ports, groups, control, links, pins, up, drifts, object.program("vnet_ingress"));
        decided = new DecidedFrames(ports, accounts, maps, socket);
        execution = new Execution(decided);
    }

    /** Nothing more goes up; what is on its way arrives while the ports are looked through, and is lost like all that went up since nobody listened. */
    private void settle() {
        maps.setTaps(0, 0);
        ports.adopt(up.ifindexes());
        FrameBatch batch = new FrameBatch();
        while (up.read(batch) != null) {
            // Passed over: not kept.
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public void attach(int port, Attachment attachment) throws DatapathException {
        life.check();
        ports.attach(port, attachment);
    }

    @Override
    public void unblock(int port) {
        life.check();
        ports.unblock(port);
        if (!tookOver && ports.isComplete()) {
            takeOver();
        }
    }

    private void takeOver() {
        tookOver = true;
        ports.takeOver();
        flows.dropUnclaimed();
    }

    @Override
    public void detach(int port) {
        life.check();
        ports.detach(port);
    }

    @Override
    public void limit(int port, MissLimit limit) {
        life.check();
        ports.limit(port, limit);
    }

    @Override
    public void fast(int port, FastWay way) {
        life.check();
        ports.fast(port, way);
    }

    @Override
    public PortState state(int port) {
        life.check();
        return ports.state(port);
    }

    @Override
    public boolean[] install(List<FlowEntry> entries) {
        life.check();
        boolean[] in = new boolean[entries.size()];
        for (int i = 0; i < in.length; i++) {
            in[i] = flows.add(entries.get(i));
        }
        return in;
    }

    @Override
    public boolean replace(int flow, List<Action> actions) {
        life.check();
        return flows.replace(flow, actions);
    }

    @Override
    public boolean drain(int flow, List<Action> actions) {
        life.check();
        return flows.drain(flow, actions);
    }

    @Override
    public boolean outlives() {
        return true;
    }

    @Override
    public List<FlowEntry> adopted() {
        life.check();
        return flows.claim();
    }

    @Override
    public FlowCounters remove(int flow) {
        life.check();
        return flows.remove(flow);
    }

    @Override
    public void statistics(StatisticsSink sink) {
        life.check();
        flows.statistics(sink);
    }

    @Override
    public PortCounters counters(int id) {
        life.check();
        KernelPort port = ports.find(id);
        if (port == null) {
            return PortCounters.NONE;
        }
        return accounts.counters(port);
    }

    @Override
    public long[] drops(int id) {
        life.check();
        KernelPort port = ports.find(id);
        return port == null ? new long[DropNumbers.LIMIT] : accounts.drops(port);
    }

    @Override
    public void misses(Set<Integer> asked, MissSink sink) {
        life.check();
        accounts.misses(id -> asked.contains(id) ? ports.find(id) : null, sink);
    }

    @Override
    public void execute(Frame frame, List<Action> actions) {
        life.check();
        execution.decided(frame, actions);
    }

    @Override
    public CounterTable.Count counter(long id) {
        life.check();
        return maps.counter(id);
    }

    @Override
    public void keepCounters(LongPredicate kept) {
        life.check();
        maps.keepCounters(kept);
    }

    @Override
    public int take(FrameBatch batch) {
        life.check();
        housekeeping();
        accounts.store();
        int count = 0;
        for (Frame frame = up.read(batch); frame != null; frame = up.read(batch)) {
            KernelPort port = ports.find(frame.ingress);
            if (port != null) {
                accounts.touch(port);
                port.arrived[up.channel()] += frame.wireFrames();
                if (!flows.isCurrent(frame.flow, up.generation())) {
                    frame.flow = -1;
                }
                batch.keep();
                count++;
            }
        }
        return count;
    }

    /** What arrived is written together with what became of it: the books of a killed process balance. */
    @Override
    public void flush() {
        life.check();
        accounts.store();
    }

    private void housekeeping() {
        long now = System.nanoTime();
        boolean due = now - refreshedNanos > REFRESH_NANOS;
        if (waits.takeNews() || due) {
            links.readNews(news, control.socketNumber());
            repairs.check(now);
        }
        if (tookOver) {
            groups.tick(now);
        }
        if (due) {
            refreshedNanos = now;
            ports.look(peers);
            repairs.look(tookOver);
            if (!tookOver && now - ports.openedNanos() > BEFORE_NANOS) {
                takeOver();
            }
        }
    }

    @Override
    public List<Drift> drift() {
        life.check();
        return drifts.take();
    }

    @Override
    public void await(long nanos) {
        life.check();
        waits.await(nanos);
    }

    @Override
    public void wakeup() {
        // NB: by then the number of its descriptor may be another file's.
        if (!life.isOver()) {
            waits.wakeup();
        }
    }

    /** CLOCK_MONOTONIC, as the programs' clock is. */
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void leave() {
        if (life.end()) {
            // Pinned links keep the programs at work, as after a crash, until the next start takes over.
            accounts.store();
            ports.abandon();
            closeDescriptors();
        }
    }

    @Override
    public void close() {
        if (life.end()) {
            accounts.store();
            ports.detachAll();
            maps.setTaps(0, 0);
            pins.close();
            up.remove();
            closeDescriptors();
        }
    }

    private void closeDescriptors() {
        waits.close();
        up.close();
        links.close();
        peers.close();
        hooks.close();
        control.close();
        socket.close();
        maps.close();
        flowMaps.close();
        object.close();
    }

    /** For tests: its maps. */
    BpfObject object() {
        return object;
    }

    /** For tests: runs {@code vnet_key}. */
    int program(String name) {
        return object.program(name);
    }

    /** For tests: descriptor of a map. */
    int map(String name) {
        return object.map(name);
    }
}
