package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vnetwork.control.Edit;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Limit;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;

/** Each step of each command fails in turn, with each kind of exception: the command is refused in a line, all is as before, and the command works afterwards. */
class FailedStepsTest {
    private static final String REPLACED = "a port at another device";
    private static final Faults FAULTS = new Faults();
    private static final RowDocument FDB = new RowDocument("fdb", Map.of("vlan", "10", "mac", "02:00:00:00:00:09"), Map.of("port", "a", "fixed", "true"));
    private static final RowDocument FDB_ELSEWHERE = new RowDocument("fdb", FDB.key(), Map.of("port", "b", "fixed", "true"));
    private static final RowDocument FRAGILE = new RowDocument("test.fragile", Map.of("number", "7"), Map.of("value", "1"));
    private static final Map<String, Edit> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("port:add", Edits.addPort("sw1", "c", "netdev", "bügéth0", PortVlan.access(10)));
        COMMANDS.put("port:add of a tunnel", Edits.addPort("sw1", "t", "vxlan", "192.0.2.7 vni 7", PortVlan.trunk(List.of(10, 20), 0)));
        COMMANDS.put("port:set", Edits.setVlan("sw1", "b", PortVlan.trunk(List.of(10, 30), 10)));
        COMMANDS.put("port:remove", Edits.removePort("sw1", "b"));
        COMMANDS.put(REPLACED, inPort("b", p -> new PortDocument(p.id(), p.name(), "netdev", "eth9", p.vlan(), p.filters())));
        COMMANDS.put("filter:add", Edits.addFilter("sw1", "a", "second", 0, false));
        COMMANDS.put("filter:remove", Edits.removeFilter("sw1", "a", 1));
        COMMANDS.put("another filter in a slot", with(Edits.removeFilter("sw1", "a", 1), Edits.addFilter("sw1", "a", "second", 1, true)));
        COMMANDS.put("engine:swap", Edits.swapEngine("sw1", "other"));
        COMMANDS.put("switch:create", Edits.createSwitch("sw2", "other", "faulty"));
        COMMANDS.put("a switch with all it has", with(Edits.createSwitch("sw2", "other", "faulty"), with(Edits.addPort("sw2", "z", "netdev", "eth7", PortVlan.access(10)),
                with(Edits.addFilter("sw2", "z", "first", 0, true), with(Edits.setLimits("sw2", Map.of(Limit.PORT_MISSES, 5)), Edits.putRow("sw2", FRAGILE))))));
        COMMANDS.put("switch:remove", Edits.removeSwitch("sw1"));
        COMMANDS.put("table:put", Edits.putRow("sw1", FRAGILE));
        COMMANDS.put("table:put over another", Edits.putRow("sw1", FDB_ELSEWHERE));
        COMMANDS.put("table:remove", Edits.removeRow("sw1", FDB));
        COMMANDS.put("switch:limit", Edits.setLimits("sw1", Map.of(Limit.PORT_MISSES, 100, Limit.FLOWS, 1000)));
        COMMANDS.put("much at once", with(Edits.setLimits("sw1", Map.of(Limit.PORT_MISSES, 100)), with(Edits.swapEngine("sw1", "other"), with(Edits.addPort("sw1", "c", "netdev", "eth1", PortVlan.access(10)),
                with(Edits.removePort("sw1", "b"), with(Edits.addFilter("sw1", "c", "second", 0, true), Edits.putRow("sw1", FRAGILE)))))));
    }

    @TempDir
    Path folder;
    private FaultyDriver driver;
    private TestHost host;

    /** A row whose constructor can fail. */
    @DataType("test.fragile/1")
    record Fragile(int value) {
        Fragile {
            FAULTS.step(() -> { });
        }
    }

    /** Its key. */
    record Number(int number) {
    }

    /** Learns, has a table of its own, and listens to it. */
    private static final class FaultyEngine implements ForwardingEngine {
        private final LearningEngine learning = new LearningEngine();

        @Override
        public void open(Context context) {
            FAULTS.step(() -> {
                learning.open(context);
                context.onChange(context.table(Number.class, Fragile.class), (key, row) -> FAULTS.step(() -> { }));
            });
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            learning.decide(packet, forward);
        }

        @Override
        public void close() {
            FAULTS.step(() -> { });
        }
    }

    private static final class FaultyFilter implements PacketFilter {
        @Override
        public void open(Context context) {
            FAULTS.step(() -> { });
        }

        @Override
        public void filter(Packet packet, Verdict verdict) {
            verdict.pass();
        }

        @Override
        public void close() {
            FAULTS.step(() -> { });
        }
    }

    private static Edit with(Edit first, Edit second) {
        return document -> second.apply(first.apply(document));
    }

    private static Edit inPort(String port, java.util.function.UnaryOperator<PortDocument> change) {
        return document -> new org.vnetwork.control.HostDocument(document.switches().stream()
                .map(s -> s.withPorts(s.ports().stream().map(p -> p.name().equals(port) ? change.apply(p) : p).toList())).toList());
    }

    private static <T> T made(T instance) {
        FAULTS.step(() -> { });
        return instance;
    }

    static Stream<String> commands() {
        return COMMANDS.keySet().stream();
    }

    private void start(Path at) {
        try {
            Files.createDirectories(at.resolve("run"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FAULTS.disarm();
        driver = new FaultyDriver(FAULTS);
        host = new TestHost(at);
        host.installed.addDriver(driver);
        host.engine("faulty", () -> made(new FaultyEngine()));
        host.engine("other", () -> made(new FaultyEngine()));
        host.filter("first", () -> made(new FaultyFilter()));
        host.filter("second", () -> made(new FaultyFilter()));
        host.configuration.apply(Edits.createSwitch("sw1", "faulty", "faulty"));
        host.port("sw1", "a").port("sw1", "b");
        host.configuration.apply(with(Edits.addFilter("sw1", "a", "first", 0, false), Edits.putRow("sw1", FDB)));
        traffic();
    }

    /** What comes of frames, but for those that teach something. */
    private List<String> traffic() {
        VirtualSwitch home = host.home("sw1");
        for (int round = 0; round < 2; round++) {
            home.simulated().inject("a", FrameText.build("eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) arp()"));
            home.simulated().inject("b", FrameText.build("eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:09) arp()"));
        }
        return Stream.of("a", "b").map(port -> port + home.simulated().captured(port).stream().map(FrameText::describe).toList()).toList();
    }

    /** All but flows and counters: flows may be decided anew. */
    private String everything() {
        StringBuilder text = new StringBuilder();
        text.append(host.configuration.current()).append('\n').append(driver.ports).append('\n');
        for (VirtualSwitch home : host.switches.all()) {
            text.append(home.name()).append(' ').append(home.engine().name()).append(' ').append(home.documents()).append(home.views().limits().stream().map(l -> l.limit() + l.inForce()).toList());
            home.views().ports().forEach(p -> text.append(p.name()).append(p.up()).append(p.detail()).append(p.filters()));
            home.views().tables().stream().filter(t -> t.rows() > 0)
                    .forEach(t -> text.append(' ').append(t.type()).append(home.views().rows(t.type()).stream().map(r -> r.key() + "=" + r.row()).sorted().toList()));
            text.append('\n');
        }
        return text.append(files()).toString();
    }

    /** The document on disk, and the rows in the journals. */
    private String files() {
        Map<String, Object> kept = new TreeMap<>();
        try (Stream<Path> files = Files.walk(host.switches.settings().dataFolder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.equals("configuration.json")) {
                    kept.put(name, Files.readString(file));
                } else if (name.endsWith(".journal")) {
                    kept.put(name, rows(file));
                } else if (!name.equals("configuration.previous.json")) {
                    kept.put(name, "?");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return kept.toString();
    }

    private List<String> rows(Path file) throws IOException {
        Path copy = Files.copy(file, folder.resolve("copy.journal"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (Journal journal = Journal.open(copy, "unknown", line -> { })) {
            return journal.take(Journal.Kind.ROW).stream().map(row -> java.util.HexFormat.of().formatHex(octets(row))).sorted().toList();
        }
    }

    private static byte[] octets(Journal.Found row) {
        byte[] octets = new byte[row.octets().remaining()];
        row.octets().get(octets);
        return octets;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void whateverStepFailsAllIsAsBeforeAndTheCommandWorksAfterwards(String command) throws IOException {
        Edit edit = COMMANDS.get(command);
        for (Faults.Kind kind : Faults.Kind.values()) {
            failEachStep(edit, command, kind, false);
        }
        failEachStep(edit, command, Faults.Kind.ERROR, true);
    }

    private void failEachStep(Edit edit, String command, Faults.Kind kind, boolean late) throws IOException {
        boolean hit = true;
        for (int step = 1; hit; step++) {
            start(Files.createDirectories(folder.resolve(kind + "" + late + step)));
            try {
                hit = refused(edit, command + ", step " + step + (late ? " after its effect, " : ", ") + kind, kind, step, late);
            } finally {
                FAULTS.disarm();
                host.close();
            }
        }
    }

    /** Whether there was such a step. */
    private boolean refused(Edit edit, String what, Faults.Kind kind, int step, boolean late) {
        List<String> traffic = traffic();
        String before = everything();
        FAULTS.arm(step, kind, late);
        Throwable failure = null;
        try {
            host.configuration.apply(edit);
        } catch (Throwable e) {
            failure = e;
        }
        boolean hit = FAULTS.disarm();
        if (failure != null) {
            assertTrue(hit, what + ": " + failure);
            assertEquals(Refusal.class, failure.getClass(), what);
            assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
            assertTrue(failure.getMessage().matches("(?s).*(the driver says no|a step failed|the port keeps|did not open).*"), failure.getMessage());
            if (what.startsWith(REPLACED)) {
                // What was learned at a port that has to go before another one can have its place is learned anew.
                traffic();
            }
            assertEquals(before, everything(), what + ": all is as before");
            assertEquals(traffic, traffic(), what + ": frames go as before");
            assertEquals(List.of(), host.events().stream().filter(e -> e.contains("could not be")).toList(), what);
            host.configuration.apply(edit);
        }
        SwitchDocument sw1 = host.configuration.current().find("sw1").orElse(null);
        if (sw1 != null) {
            assertEquals(sw1.ports().stream().map(PortDocument::name).sorted().toList(), host.home("sw1").documents().stream().map(PortDocument::name).sorted().toList(), what);
            assertEquals(sw1.ports().size(), driver.ports.get("sw1").size(), what);
            assertTrue(driver.ports.toString().indexOf("blocked") < 0, driver.ports.toString());
            assertEquals(sw1.engine(), host.home("sw1").engine().document(), what);
        }
        return hit;
    }

    @Test
    void aConfigurationThatCannotTakeItsPlaceIsNoneAndTheOneBeforeStays() throws IOException {
        for (String command : COMMANDS.keySet()) {
            start(Files.createDirectories(folder.resolve(command.replace(' ', '-'))));
            try {
                Path previous = host.switches.settings().dataFolder().resolve("configuration.previous.json");
                Files.delete(previous);
                Files.createDirectories(previous.resolve("in the way"));
                String document = host.configuration.current().toString();
                Map<String, Map<Integer, String>> ports = new TreeMap<>(driver.ports);
                String onDisk = Files.readString(previous.resolveSibling("configuration.json"));
                Refusal refusal = org.junit.jupiter.api.Assertions.assertThrows(Refusal.class, () -> host.configuration.apply(COMMANDS.get(command)));
                assertTrue(refusal.getMessage().startsWith("data folder: "), refusal.getMessage());
                assertEquals(document, host.configuration.current().toString());
                assertEquals(ports, driver.ports);
                assertEquals(onDisk, Files.readString(previous.resolveSibling("configuration.json")));
                Files.delete(previous.resolve("in the way"));
                Files.delete(previous);
                host.configuration.apply(COMMANDS.get(command));
            } finally {
                host.close();
            }
        }
    }
}
