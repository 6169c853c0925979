package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.run.LinearModel.Sent;
import org.vnetwork.core.row.ClassForm;
import org.vnetwork.core.row.Tables;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Match;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/**
 * A switch to which random things happen, beside a model of it.
 *
 * <p>A command is a change that may deny: of a port, its filter, a rule, a placed row. From its return on no state before it excuses what passes. Other changes (another engine, what
 * is learned, what a plugin writes, time) let flows drain: what passes then must be allowed by a state of that time. While a command is under way the states before it and after it count.
 */
final class ModelledSwitch implements AutoCloseable {
    private static final int PORTS = 4;
    private static final int DRAIN_SECONDS = 5;
    private static final int[] SERVICES = {22, 53, 80};
    private static final List<String> ENGINES = List.of("flood", "learning", "rules", "gate");
    private static final List<String> FILTERS = List.of("", "", "rules", "closed", "stateful");

    final FaultyDatapath datapath = new FaultyDatapath();
    private final TestSwitch sw = new TestSwitch(datapath.open(), Journal.none());
    private final Random random;
    private final String seed;
    private final LinearModel.Port[] ports = new LinearModel.Port[PORTS];
    private final Map<Integer, LinearModel.Rule> rules = new HashMap<>();
    private final Deque<Past> window = new ArrayDeque<>();
    private final Deque<String> history = new ArrayDeque<>();
    private String engine;
    private LinearModel now;

    /** A state that was, and when it ended. */
    private record Past(LinearModel model, long endNanos) {
    }

    ModelledSwitch(long seed) {
        this.random = new Random(seed);
        this.seed = "seed " + seed;
        for (String name : List.of("rules", "closed", "stateful")) {
            sw.filter(name, () -> ModelledPlugins.filter(name));
        }
        swap("flood");
        for (int id = 1; id <= PORTS; id++) {
            ports[id - 1] = new LinearModel.Port(10, false, "");
            sw.home.addPort(document(id));
        }
        sw.home.limit(new LimitsDocument(Map.of(Limit.DRAIN, DRAIN_SECONDS * 1000)));
        sw.home.restored();
        sw.settle();
        now = read();
    }

    private PortDocument document(int id) {
        LinearModel.Port port = ports[id - 1];
        List<FilterDocument> slots = port.filter().isEmpty() ? List.of() : List.of(new FilterDocument(1, port.filter(), false));
        return new PortDocument(id, "p" + id, "sim", "p" + id, port.both() ? PortVlan.trunk(List.of(10, 20), port.vlan()) : PortVlan.access(port.vlan()), slots);
    }

    private void swap(String name) {
        engine = name;
        sw.swap(name, () -> ModelledPlugins.engine(name));
    }

    private <K extends Record, V extends Record, T> Set<T> keys(Class<K> key, Class<V> row, Function<K, T> as) {
        return Tables.behind(sw.home.tables.pluginView(key, row, "test", sw.home.tables::in)).rows().stream().map(r -> as.apply(key.cast(ClassForm.of(key, "test").record(r.key())))).collect(Collectors.toUnmodifiableSet());
    }

    /** The state of now: rows as they are in the tables, all else as it was last told. */
    private LinearModel read() {
        return sw.home.onLoop(() -> new LinearModel(List.of(ports), engine, List.copyOf(rules.values()), keys(ModelledPlugins.Service.class, ModelledPlugins.Closed.class, ModelledPlugins.Service::port),
                !keys(ModelledPlugins.Service.class, ModelledPlugins.Looks.class, ModelledPlugins.Service::port).isEmpty(), keys(ModelledPlugins.Service.class, ModelledPlugins.Opened.class, ModelledPlugins.Service::port),
                sw.home.tables.table(Station.class, FdbEntry.class).rows().stream().collect(Collectors.toUnmodifiableMap(r -> new Station((Integer) r.key().get("vlan"), (Long) r.key().get("mac")), r -> ((PortId) r.value().get("port")).value()))));
    }

    /** Returns when there is nothing left to do: nothing waits to be decided again, or to be installed. */
    private void rest() {
        sw.home.onLoop(() -> {
            for (int idle = 0; idle < 2; idle = sw.home.loop.step() == 0 ? idle + 1 : 0) {
                continue;
            }
            return null;
        });
    }

    private void changed(boolean command) {
        rest();
        long clock = sw.home.onLoop(() -> sw.home.datapath.nanoTime());
        window.add(new Past(now, clock));
        now = read();
        window.removeIf(p -> command || p.endNanos() < clock - DRAIN_SECONDS * 1_000_000_000L);
    }

    void steps(int count) {
        for (int step = 0; step < count; step++) {
            int what = random.nextInt(100);
            String told = step + " ";
            if (what < 70) {
                told += frame();
            } else if (what < 77) {
                told += rule();
            } else if (what < 84) {
                told += placedRow();
            } else if (what < 88) {
                told += pluginRow();
            } else if (what < 92) {
                told += port();
            } else if (what < 96) {
                swap(ENGINES.get(random.nextInt(ENGINES.size())));
                changed(false);
                told += "engine " + engine;
            } else {
                int seconds = 1 + random.nextInt(8);
                sw.warp(seconds);
                changed(false);
                told += seconds + " s pass";
            }
            note(told);
            atRest();
        }
        assertEquals("", sw.imbalance(), this::story);
    }

    private void note(String text) {
        history.add(text);
        if (history.size() > 40) {
            history.removeFirst();
        }
    }

    private String story() {
        return seed + "\n" + String.join("\n", history) + "\n" + now + "\n" + sw.flows().stream().map(f -> f.id() + " " + f.match() + " " + f.actions()).collect(Collectors.joining("\n"));
    }

    private int service() {
        return SERVICES[random.nextInt(SERVICES.length)];
    }

    private Sent sent() {
        return new Sent(1 + random.nextInt(PORTS), 1 + random.nextInt(4), 1 + random.nextInt(4), service(), service());
    }

    private Set<Integer> left() {
        Set<Integer> left = new TreeSet<>();
        for (int id = 1; id <= PORTS; id++) {
            int count = sw.count("p" + id);
            assertTrue(count <= 1, () -> "sent more than once; " + story());
            if (count > 0) {
                left.add(id);
            }
        }
        return left;
    }

    private String frame() {
        Sent sent = sent();
        boolean drains = sw.home.onLoop(() -> sw.home.flows.draining()) > 0;
        boolean single = window.isEmpty() && !drains;
        LinearModel before = now;
        sw.inject("p" + sent.ingress(), sent.text());
        Set<Integer> left = left();
        changed(false);
        String text = sent + " left by " + left;
        allowed(sent, left, text, before);
        Set<Integer> then = before.outputs(sent);
        if (!then.isEmpty() && !now.outputs(sent).isEmpty()) {
            assertTrue(!left.isEmpty(), () -> text + ": lost; " + story());
        }
        if (single && then.equals(now.outputs(sent))) {
            assertEquals(then, left, () -> text + "; " + story());
        }
        return text;
    }

    private void allowed(Sent sent, Set<Integer> left, String text, LinearModel... others) {
        Set<Integer> allowed = new TreeSet<>(now.outputs(sent));
        window.forEach(p -> allowed.addAll(p.model().outputs(sent)));
        Arrays.stream(others).forEach(m -> allowed.addAll(m.outputs(sent)));
        assertTrue(allowed.containsAll(left), () -> text + ": passes, allowed are " + allowed + "; " + story());
    }

    /** Changes something that may deny; now and then a frame comes before any flow was decided again. */
    private void command(Runnable change) {
        Sent amid = random.nextBoolean() ? sent() : null;
        sw.home.onLoop(() -> {
            change.run();
            if (amid != null) {
                ((Simulated) sw.home.datapath).inject(amid.ingress(), FrameText.build(amid.text()));
                FrameBatch batch = new FrameBatch();
                sw.home.datapath.take(batch);
                for (Frame frame = batch.next(); frame != null; frame = batch.next()) {
                    sw.home.upcalls.upcall(frame);
                }
            }
            return null;
        });
        LinearModel before = now;
        Set<Integer> left = left();
        rest();
        now = read();
        if (amid != null) {
            allowed(amid, left, "amid a command " + amid + " left by " + left, before);
        }
        window.clear();
    }

    private String rule() {
        int id = random.nextInt(4);
        boolean goes = random.nextInt(3) == 0;
        LinearModel.Rule rule = new LinearModel.Rule(id, random.nextInt(3), random.nextInt(3) == 0 ? 0 : service(), random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0, random.nextInt(3) > 0);
        Match service = rule.service() == 0 ? Match.ANY : Match.ANY.and(Field.L4_DST, rule.service());
        Match match = rule.source() == 0 ? service : service.and(Field.ETH_SRC, 0x0200_0000_0000L + rule.source());
        command(() -> {
            if (goes) {
                rules.remove(id);
                sw.home.rules.of(ModelledPlugins.Denies.class, "test").remove(id);
            } else {
                rules.put(id, rule);
                sw.home.rules.of(ModelledPlugins.Denies.class, "test").put(id, rule.priority(), match,
                        ClassForm.of(ModelledPlugins.Denies.class, "test").neutral(new ModelledPlugins.Denies(rule.denies())), "test@1");
            }
        });
        return goes ? "rule " + id + " goes" : rule.toString();
    }

    private String placedRow() {
        boolean present = random.nextBoolean();
        RowDocument row = switch (random.nextInt(4)) {
            case 0 -> new RowDocument("test.looks", Map.of("port", "0"), Map.of("looks", "true"));
            case 1 -> new RowDocument("fdb", Map.of("vlan", random.nextBoolean() ? "10" : "20", "mac", "02:00:00:00:00:0" + (1 + random.nextInt(4))),
                    Map.of("port", "p" + (1 + random.nextInt(PORTS)), "fixed", "true"));
            default -> new RowDocument("test.closed", Map.of("port", String.valueOf(service())), Map.of("closed", "true"));
        };
        boolean was = sw.home.placed().has(row);
        if (!present && !was) {
            return "nothing";
        }
        command(() -> sw.home.rowText().apply(row, present));
        return (present ? "placed " : "taken away ") + row;
    }

    private String pluginRow() {
        boolean present = random.nextInt(3) > 0;
        sw.home.onLoop(() -> {
            var view = sw.home.tables.pluginView(ModelledPlugins.Service.class, ModelledPlugins.Looks.class, "test", sw.home.tables::in);
            if (present) {
                view.put(new ModelledPlugins.Service(0), new ModelledPlugins.Looks(true));
            } else {
                view.remove(new ModelledPlugins.Service(0));
            }
            return null;
        });
        changed(false);
        return "a plugin has services " + (present ? "looked at" : "passed by");
    }

    private String port() {
        int id = 1 + random.nextInt(PORTS);
        ports[id - 1] = new LinearModel.Port(random.nextInt(4) == 0 ? 20 : 10, random.nextInt(5) == 0, FILTERS.get(random.nextInt(FILTERS.size())));
        sw.home.setPort(document(id));
        changed(true);
        return "port " + id + " " + ports[id - 1];
    }

    /** Every flow is what would be decided for any of its frames now, and what the datapath does. */
    private void atRest() {
        List<String> wrong = sw.home.onLoop(() -> {
            List<String> found = new ArrayList<>();
            for (Flow flow : sw.home.flows.all()) {
                if (!flow.actions().equals(datapath.taken.get(flow.id()))) {
                    found.add(flow.id() + " does " + datapath.taken.get(flow.id()));
                }
                if (!flow.draining() && !flow.inspect()) {
                    Decision fresh = sw.home.pipeline.evaluate(flow.key(), null);
                    if (fresh.eachFrame() || !fresh.actions().equals(flow.actions())) {
                        found.add(flow.id() + " would be " + fresh.actions() + (fresh.eachFrame() ? ", each frame" : ""));
                    }
                }
            }
            for (int i = 0; i < 10; i++) {
                Sent sent = sent();
                byte[] octets = FrameText.build(sent.text());
                long[] key = new long[FlowKey.WORDS];
                KeyParser.parse(MemorySegment.ofArray(octets), 0, octets.length, sent.ingress(), key);
                Flow flow = sw.home.flows.find(key);
                if (flow != null && !flow.inspect() && !sw.home.pipeline.evaluate(key, null).actions().equals(flow.actions())) {
                    found.add(flow.id() + " is wrong for " + sent);
                }
            }
            if (datapath.taken.size() != sw.home.flows.count()) {
                found.add(datapath.taken.size() + " flows are in, " + sw.home.flows.count() + " are known");
            }
            return found;
        });
        assertEquals(List.of(), wrong, this::story);
    }

    long drained() {
        return sw.home.onLoop(() -> sw.home.totals()).drained();
    }

    @Override
    public void close() {
        sw.close();
    }
}
