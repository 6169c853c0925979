package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Ip;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

class RulesInSwitchTest {
    private static final DropReason DENIED = DropReason.of("test/denied");

    /** What the test's rules say. */
    @DataType("test.policy/1")
    private record Policy(boolean allow) {
    }

    /** Floods what a rule allows. */
    private static final class PolicyEngine implements ForwardingEngine {
        private RuleTable<Policy> rules;

        @Override
        public void open(Context context) {
            rules = context.rules(Policy.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            Policy policy = rules.first(packet);
            if (policy == null || !policy.allow()) {
                forward.drop(DENIED);
            } else {
                forward.flood();
            }
        }
    }

    private static String to(int host) {
        return "eth() ipv4(dst=10.0.0." + host + ") udp()";
    }

    @Test
    void aRuleRedecidesTheFlowsThatItTouchesAndNoOther() {
        PolicyEngine engine = new PolicyEngine();
        try (TestSwitch sw = new TestSwitch(() -> engine)) {
            sw.ports(PortVlan.access(1), "a", "b");
            sw.home.onLoop(() -> {
                for (int host = 1; host <= 9; host++) {
                    engine.rules.put(host, 10, Match.ANY.and(Field.IP_DST, Ip.parseV4("10.0.0." + host)), new Policy(true));
                }
                return null;
            });
            for (int host = 1; host <= 9; host++) {
                sw.inject("a", to(host));
            }
            assertEquals(9, sw.count("b"));
            long decided = sw.decided();
            sw.home.onLoop(() -> {
                engine.rules.put(100, 20, Match.ANY.and(Field.IP_DST, Ip.parseV4("10.0.0.5")), new Policy(false));
                return null;
            });
            for (int host = 1; host <= 9; host++) {
                sw.inject("a", to(host));
            }
            assertEquals(8, sw.count("b"));
            assertEquals(1, sw.drops("test/denied"));
            assertEquals(decided, sw.decided(), "no flow was flushed");
            assertTrue(sw.flows().stream().anyMatch(f -> f.rows().toString().contains("test.policy/1[rule 100")));
        }
    }

    @Test
    void anEmptyRuleSetDenies() {
        try (TestSwitch sw = new TestSwitch(PolicyEngine::new)) {
            sw.ports(PortVlan.access(1), "a", "b");
            sw.inject("a", to(1));
            assertEquals(0, sw.count("b"));
            assertEquals(1, sw.drops("test/denied"));
        }
    }
}
