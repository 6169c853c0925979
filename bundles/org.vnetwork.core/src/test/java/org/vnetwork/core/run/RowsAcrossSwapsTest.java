package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;
import org.vnetwork.core.row.Generation;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;

/** What a swap between generations of one bundle, each with classes of its own, does to rows and rules; and the way back. */
class RowsAcrossSwapsTest {
    private static final int ROWS = 100;
    private static final Map<String, String> COMMON = Map.of("Key", "public record Key(int number) { }", "Policy", "@DataType(\"acme.policy/1\") public record Policy(boolean allow) { }");
    private static final Generation FIRST = generation("public record Value(int count, @Default(\"old\") String note) { }");
    private static final Generation SECOND = generation("public record Value(int count, @Default(\"7\") int weight) { }");

    private TestSwitch sw;

    private static Generation generation(String value) {
        Map<String, String> sources = new java.util.HashMap<>(COMMON);
        sources.put("Value", "@DataType(\"acme.value/1\") " + value);
        return Generation.of(sources);
    }

    /** A generation of the bundle's engine. */
    private record Given(String name, Version version, Supplier<ForwardingEngine> maker) implements Plugin<ForwardingEngine> {
        @Override
        public String bundle() {
            return "acme";
        }

        @Override
        public ForwardingEngine acquire() {
            return maker.get();
        }

        @Override
        public void release(ForwardingEngine instance) {
            // Nobody else holds it.
        }
    }

    /** Puts its rules when it opens, and a row for each packet. */
    private static final class Engine implements ForwardingEngine {
        private final Generation.Loaded classes;
        private final int rules;
        private final Object more;
        private Table<Record, Record> table;

        Engine(Generation classes, int rules, Object more) {
            this.classes = classes.load();
            this.rules = rules;
            this.more = more;
        }

        @Override
        public void open(Context context) {
            table = context.table(classes.record("Key"), classes.record("Value"));
            RuleTable<Record> policy = context.rules(classes.record("Policy"));
            for (int id = 0; id < rules; id++) {
                policy.put(id, 1, Match.ANY, classes.make("Policy", true));
            }
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            table.put(classes.make("Key", packet.ingress() + 1000), classes.make("Value", 5, more));
            forward.flood();
        }
    }

    private static Given first(int rules) {
        return new Given("acme", new Version(1, 0, 0), () -> new Engine(FIRST, rules, "new"));
    }

    private static Given second(int rules) {
        return new Given("acme", new Version(2, 0, 0), () -> new Engine(SECOND, rules, 9));
    }

    @BeforeEach
    void rowsOfTheFirst() {
        sw = new TestSwitch(FloodEngine::new).ports(PortVlan.access(1), "a", "b");
        sw.home.swap("acme", first(3));
        Generation.Loaded classes = FIRST.load();
        sw.home.onLoop(() -> {
            Table<Record, Record> table = sw.home.tables.pluginView(classes.record("Key"), classes.record("Value"), "acme", sw.home.tables::in);
            for (int i = 0; i < ROWS; i++) {
                table.put(classes.make("Key", i), classes.make("Value", i, "n" + i));
            }
            sw.home.tables.release(table);
            return null;
        });
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private List<String> rows() {
        return sw.home.views().rows("acme.value/1").stream().map(r -> r.key() + " " + r.row()).sorted().toList();
    }

    @Test
    void aPreviewSaysWhatBecomesOfRowsAndRulesAndChangesNothing() {
        List<String> before = rows();
        List<String> lines = new SwapPreview(sw.home).engine(second(1));
        assertTrue(lines.contains("rows of data type acme.value/1: 100 of 100 rows convert, default for weight, dropped note"), lines.toString());
        assertTrue(lines.contains("2 rules go, since acme@2.0.0 does not put them again: acme.policy/1 1, acme.policy/1 2"), lines.toString());
        assertEquals(before, rows());
        assertEquals(3, sw.home.views().rules().size());
    }

    @Test
    void aSwapThatIsFinalConvertsRowsAndLeavesTheRulesOfTheNewOne() {
        List<String> lines = sw.home.swap("acme", second(1));
        assertTrue(lines.contains("rows converted 100"), lines.toString());
        assertTrue(rows().contains("{number=3} {count=3, weight=7}"), rows().toString());
        assertEquals(1, sw.home.views().rules().size());
        sw.inject("a", "eth() arp()");
        assertTrue(rows().contains("{number=1001} {count=5, weight=9}"), rows().toString());
    }

    @Test
    void aSwapThatIsTakenBackLeavesRowsAsTheyWereAndTakesAlongWhatWasWrittenSince() {
        List<String> before = rows();
        sw.home.trial().begin(false);
        sw.home.swap("acme", second(1));
        sw.inject("a", "eth() arp()");
        assertEquals("", sw.home.trial().back());
        sw.home.trial().begin(true);
        sw.home.swap("acme", first(3));
        List<String> after = rows();
        assertTrue(after.containsAll(before), after.toString());
        assertEquals(List.of("{number=1001} {count=5, note=old}"), after.stream().filter(row -> !before.contains(row)).toList());
        assertEquals(3, sw.home.views().rules().size());
    }

    @Test
    void whatIsConfirmedHasNoWayBack() {
        sw.home.trial().begin(false);
        sw.home.swap("acme", second(1));
        sw.home.trial().confirm();
        assertEquals("", sw.home.trial().back());
        assertTrue(rows().contains("{number=3} {count=3, weight=7}"), rows().toString());
    }
}
