package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.row.Generation;
import org.vnetwork.core.rule.RuleForm;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.core.rule.RuleLists;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

/** Rules of one type as several generations of a bundle have them, in a switch at work. */
class RuleGenerationsTest {
    private static final int RULES = 1_000;
    private static final Generation FIRST = Generation.of(Map.of("Policy", "@DataType(\"acme.policy/1\") public record Policy(boolean allow, @Default(\"none\") String note) { }"));
    private static final Generation SECOND = Generation.of(Map.of("Policy", "@DataType(\"acme.policy/1\") public record Policy(@Default(\"3\") int level, boolean allow) { }"));

    /** Puts a rule as a generation of the bundle does. */
    private static void put(TestSwitch sw, Generation.Loaded classes, long id, int priority, String version, Object... says) {
        RuleList list = sw.home.rules.of(classes.record("Policy"), "test");
        RuleForm form = list.open(classes.record("Policy"));
        list.put(id, priority, to((int) id), form.neutral(classes.make("Policy", says)), "test@" + version);
        list.release(form);
    }

    private static Match to(int port) {
        return Match.ANY.and(Field.L4_DST, port);
    }

    private static List<String> rules(TestSwitch sw) {
        return sw.home.views().rules().stream().map(r -> r.id() + " " + r.rule() + " " + r.owner()).toList();
    }

    @Test
    void rulesOutliveTheirGenerationAndWhatTheNextDoesNotPutAgainIsKnown() {
        try (TestSwitch sw = new TestSwitch(FloodEngine::new)) {
            sw.home.onLoop(() -> {
                Generation.Loaded one = FIRST.load();
                put(sw, one, 1, 10, "1", true, "a");
                put(sw, one, 2, 10, "1", false, "b");
                return null;
            });
            assertEquals(List.of("1 allow=true,note=a test", "2 allow=false,note=b test"), rules(sw));
            sw.home.onLoop(() -> {
                Generation.Loaded two = SECOND.load();
                put(sw, two, 1, 10, "2", 5, true);
                List<RuleLists.Left> left = sw.home.rules.notPutBy("test", "test@2");
                assertEquals(List.of(2L), left.stream().map(l -> l.rule().id()).toList());
                left.forEach(RuleLists.Left::remove);
                assertEquals(List.of(), sw.home.rules.notPutBy("test", "test@2"));
                Generation.Loaded other = FIRST.load();
                assertEquals("data type acme.policy/1: it belongs to bundle test, and bundle evil has a class of that name, acme.Policy (expected: an id of its own, as evil/1)",
                        assertThrows(Refusal.class, () -> sw.home.rules.of(other.record("Policy"), "evil")).getMessage());
                return null;
            });
            assertEquals(List.of("1 level=5,allow=true test"), rules(sw));
        }
    }

    /** The rules' answer is read by the classes of another generation, in decisions. */
    @Test
    void after200GenerationsRulesAnswerAsBeforeAndNoClassIsLeft() {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        try (TestSwitch sw = new TestSwitch(FloodEngine::new)) {
            sw.home.onLoop(() -> {
                Generation.Loaded one = FIRST.load();
                for (int id = 0; id < RULES; id++) {
                    put(sw, one, id, id % 7, "1", id % 3 > 0, "none");
                }
                loaders.add(new WeakReference<>(one));
                return null;
            });
            List<String> before = rules(sw);
            sw.ports(PortVlan.access(1), "a", "b");
            for (int i = 0; i < 200; i++) {
                loaders.add(new WeakReference<>(generation(sw, i)));
            }
            assertEquals(before, rules(sw));
            Generation.collected(loaders);
            assertEquals(0, loaders.stream().filter(l -> l.get() != null).count(), "no class of a generation that is gone is held");
        }
    }

    /** An engine of one generation opens, decides a few frames by the rules, and goes. */
    private static ClassLoader generation(TestSwitch sw, int i) {
        Generation.Loaded classes = (i % 2 == 0 ? SECOND : FIRST).load();
        int from = i * 5 % RULES;
        int[] allowed = new int[1];
        sw.swap("acme", () -> new Asking(classes.record("Policy"), allowed));
        for (int id = from; id < from + 5; id++) {
            sw.inject("a", "eth() ipv4() udp(dst=" + id + ")");
        }
        assertEquals(IntStream.range(from, from + 5).filter(id -> id % 3 > 0).count(), sw.count("b"));
        assertTrue(allowed[0] > 0, "it was asked");
        sw.swap("flood", FloodEngine::new);
        sw.settle();
        sw.count("b");
        return classes;
    }

    /** Floods what a rule allows. */
    private static final class Asking implements ForwardingEngine {
        private final Class<Record> policy;
        private final int[] asked;
        private RuleTable<Record> rules;

        Asking(Class<Record> policy, int[] asked) {
            this.policy = policy;
            this.asked = asked;
        }

        @Override
        public void open(Context context) {
            rules = context.rules(policy);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            asked[0]++;
            Record says = rules.first(packet);
            if (says != null && says.toString().contains("allow=true")) {
                forward.flood();
            } else {
                forward.consume();
            }
        }
    }
}
