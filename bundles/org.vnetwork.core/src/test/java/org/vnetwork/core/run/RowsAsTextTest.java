package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vnetwork.control.ColumnView;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.RowView;
import org.vnetwork.control.RuleView;
import org.vnetwork.core.row.RowTable;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Ip;
import org.vnetwork.model.Ipv4Address;
import org.vnetwork.model.Ipv6Address;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;

/** Rows of every kind of component, typed and shown; rules, shown. */
class RowsAsTextTest {
    enum Source {
        STATIC, LEARNED;

        @Override
        public String toString() {
            return "from " + name();
        }
    }

    record Net(Ipv4Address address, int length) {
    }

    /** Nobody can make it of one text. */
    record Touchy(String text) {
        Touchy {
            if (text.equals("bad")) {
                throw new IllegalStateException("bad is no word");
            }
        }

        static Touchy parse(String text) {
            return new Touchy(text);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    record Host(Ipv4Address address) {
    }

    @DataType("binding/1")
    record Binding(long mac, Ipv6Address second, Source source, List<PortId> ports, List<Net> nets, List<Source> sources, char letter, boolean fixed, double share, Touchy word) {
    }

    @DataType("test.policy/1")
    record Policy(boolean allow, List<PortId> via) {
    }

    private static final class Engine implements ForwardingEngine {
        private Table<Host, Binding> bindings;
        private RuleTable<Policy> rules;

        @Override
        public void open(Context context) {
            bindings = context.table(Host.class, Binding.class);
            rules = context.rules(Policy.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            bindings.find("word", new Touchy("asked"));
            Policy policy = rules.first(packet);
            if (policy != null && policy.allow()) {
                forward.flood();
            } else {
                forward.consume();
            }
        }
    }

    private static final String KEY = "address=10.77.0.2";
    private static final String ROW = "mac=02:00:00:00:00:01,second=2001:db8::1,source=STATIC,ports=[a b],nets=[(address=10.0.0.0,length=8) (address=192.0.2.0,length=24)],"
            + "sources=[LEARNED STATIC],letter=x,fixed=true,share=0.5,word=good";
    private final Engine engine = new Engine();
    private final TestSwitch sw = new TestSwitch(() -> engine);

    @BeforeEach
    void ports() {
        sw.ports(PortVlan.access(1), "a", "b");
    }

    @AfterEach
    void close() {
        sw.close();
    }

    private static RowDocument row(String key, String row) {
        return new RowDocument("binding", RowDocument.components("key", key), RowDocument.components("row", row));
    }

    private void put(String row) {
        sw.home.placed().check(row(KEY, row), name -> name.equals("a") ? 1 : name.equals("b") ? 2 : 0);
        sw.home.placeRow(row(KEY, row), true);
    }

    private List<String> shown() {
        return sw.home.views().rows("binding").stream().map(RowsAsTextTest::text).toList();
    }

    private static String text(RowView row) {
        return text(row.key()) + " = " + text(row.row());
    }

    private static String text(Map<String, Object> components) {
        return components.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).reduce((a, b) -> a + "," + b).orElse("");
    }

    @Test
    void whatIsTypedIsWhatIsShown() {
        put(ROW);
        assertEquals(List.of(KEY + " = " + ROW), shown());
        assertEquals(new Ipv4Address(172818434), sw.home.onLoop(() -> engine.bindings.find("address", Ipv4Address.parse("10.77.0.2")).getFirst().address()));
        put(ROW.replace("fixed=true", "fixed=yes").replace("[a b]", "[]").replace("[LEARNED STATIC]", "[LEARNED,STATIC]"));
        assertEquals(List.of(KEY + " = " + ROW.replace("[a b]", "[]")), shown());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            source=STATIC      | source=static | binding/1 row component source: static (expected: one of STATIC, LEARNED)
            second=2001:db8::1 | second=1.2.3.4| IPv6 address: 1.2.3.4 (expected: text as in 2001:db8::1)
            [a b]              | [a z]         | binding/1 row component ports: z (expected: the name of a port of this switch)
            [a b]              | a             | binding/1 row component ports: a (expected: a list as in [a b])
            length=24          | length=x      | binding/1 row component nets component length: x (expected: a number)
            length=24          | length=9999999999 | binding/1 row component nets component length: 9999999999 (expected: a number that fits into int)
            length=24          | size=24       | binding/1 row component nets: [address, size] (expected: the components address,length)
            fixed=true         | fixed=maybe   | binding/1 row component fixed: maybe (expected: true or false)
            letter=x           | letter=xy     | binding/1 row component letter: xy (expected: one character)
            """)
    void whatIsWrongIsNamed(String good, String bad, String message) {
        assertEquals(message, assertThrows(Refusal.class, () -> put(ROW.replace(good, bad))).getMessage());
        assertEquals(List.of(), shown());
    }

    @Test
    void completionKnowsConstantsAndPorts() {
        Map<String, List<String>> values = sw.home.views().columns("binding").stream().collect(java.util.stream.Collectors.toMap(ColumnView::name, ColumnView::values));
        assertEquals(List.of("STATIC", "LEARNED"), values.get("source"));
        assertEquals(List.of(), values.get("address"));
        assertEquals(new ColumnView("address", true, List.of()), sw.home.views().columns("binding").getFirst());
    }

    @Test
    void aPutThatFailsLeavesWhatWasThere() {
        sw.inject("a", "eth() ipv4() udp()");
        assertEquals("binding/1 row component word: bad is no word", assertThrows(Refusal.class, () -> put(ROW.replace("good", "bad"))).getMessage());
        assertEquals(List.of(), shown());
        put(ROW);
        assertThrows(Refusal.class, () -> put(ROW.replace("good", "bad")));
        assertEquals(List.of(KEY + " = " + ROW), shown());
    }

    @Test
    void aPutIntoAFullTableIsRefused() {
        sw.home.onLoop(() -> {
            Binding binding = new Binding(1, new Ipv6Address(0, 1), Source.LEARNED, List.of(), List.of(), List.of(), 'x', true, 1, new Touchy("w"));
            for (int i = 0; i < RowTable.LIMIT; i++) {
                engine.bindings.put(new Host(new Ipv4Address(i)), binding);
            }
            return null;
        });
        assertEquals("row binding/1[address=10.77.0.2]: the table is full (expected: fewer than 65536 rows); table:remove makes room, and limits keep learned rows few", assertThrows(Refusal.class, () -> put(ROW)).getMessage());
        sw.home.removeRow(row("address=0.0.0.9", "x=y"));
        put(ROW);
    }

    @Test
    void aRowIsTakenBackThoughTheLoopIsBusyNow() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        put(ROW);
        Thread other = Thread.ofVirtual().start(() -> sw.home.onLoop(() -> {
            busy.countDown();
            end.await();
            return null;
        }));
        busy.await();
        sw.home.takeBack(row(KEY, ROW));
        end.countDown();
        other.join();
        assertEquals(List.of(), shown());
    }

    @Test
    void rowsOfEnginesCanBeRemovedAndThoseOfThePlatformCannot() {
        sw.home.onLoop(() -> {
            engine.bindings.put(new Host(Ipv4Address.parse("10.0.0.9")), new Binding(1, new Ipv6Address(0, 1), Source.LEARNED, List.of(), List.of(), List.of(), 'x', true, 1, new Touchy("w")));
            return null;
        });
        RowDocument learned = row("address=10.0.0.9", "x=y");
        sw.home.removeRow(learned);
        assertEquals(List.of(), shown());
        assertEquals("row: address=10.0.0.9 (expected: the key of a row of table binding/1); table:show lists them", assertThrows(Refusal.class, () -> sw.home.removeRow(learned)).getMessage());
        RowDocument member = new RowDocument("member", Map.of("id", "1"), Map.of("ports", "[a]"));
        String refused = "table: member/1 (expected: one of an engine or a filter); the rows of this one are the platform's own";
        assertEquals(refused, assertThrows(Refusal.class, () -> sw.home.removeRow(member)).getMessage());
        assertEquals(refused, assertThrows(Refusal.class, () -> sw.home.placed().check(member, name -> 1)).getMessage());
        assertEquals(refused, assertThrows(Refusal.class, () -> sw.home.placeRow(member, true)).getMessage());
    }

    @Test
    void rulesAreListedAsTheyAreAskedWithTheFlowsThatTheyDecided() {
        sw.home.onLoop(() -> {
            engine.rules.put(7, 10, Match.ANY, new Policy(false, List.of()));
            engine.rules.put(8, 20, Match.ANY.and(Field.IP_DST, Ip.parseV4("10.0.0.0"), 0xff00_0000L).and(Field.L4_DST, 53), new Policy(true, List.of(new PortId(2))));
            engine.rules.put(9, 20, Match.ANY.and(Field.INGRESS, 1).and(Field.ETH_DST, 0x0200_0000_0001L).and(Field.TTL, 7), new Policy(true, List.of()));
            return null;
        });
        sw.inject("a", "eth(dst=02:00:00:00:00:0b) ipv4(dst=10.9.9.9) udp(dst=53)");
        sw.settle();
        List<RuleView> rules = sw.home.views().rules();
        assertEquals(List.of("8 20 ip_dst=10.0.0.0/8,l4_dst=53 allow=true,via=[b] 1", "9 20 in=a,eth_dst=02:00:00:00:00:01,ttl=7 allow=true,via=[] 0", "7 10 any allow=false,via=[] 0"),
                rules.stream().map(r -> r.id() + " " + r.priority() + " " + r.match() + " " + r.rule() + " " + r.flows()).toList());
        assertTrue(rules.stream().allMatch(r -> r.table().equals("test.policy/1")));
    }
}
