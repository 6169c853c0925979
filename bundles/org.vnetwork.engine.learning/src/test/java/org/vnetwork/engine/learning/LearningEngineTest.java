package org.vnetwork.engine.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

class LearningEngineTest {
    private static final long A = 0x0200_0000_000aL;
    private static final String FROM_A_TO_B = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b)";

    private final FakeSwitch fake = new FakeSwitch();
    private final LearningEngine engine = new LearningEngine();

    @BeforeEach
    void open() {
        engine.open(fake.context());
    }

    @Test
    void floodsUnknownUnicastAndLearnsTheSource() {
        assertEquals(List.of("flood"), fake.decide(engine, 1, 10, FROM_A_TO_B));
        assertEquals(List.of("vlan 10 02:00:00:00:00:0a #1 PT5M"), fake.writes);
    }

    @Test
    void sendsKnownUnicastToItsPort() {
        fake.decide(engine, 1, 10, FROM_A_TO_B);
        assertEquals(List.of("to 1"), fake.decide(engine, 2, 10, "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a)"));
    }

    @Test
    void keepsVlansApart() {
        fake.decide(engine, 1, 10, FROM_A_TO_B);
        assertEquals(List.of("flood"), fake.decide(engine, 2, 20, "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a)"));
    }

    @Test
    void writesNothingTheSecondTimeSoThatTheFlowIsInstalled() {
        fake.decide(engine, 1, 10, FROM_A_TO_B);
        fake.decide(engine, 1, 10, FROM_A_TO_B);
        assertEquals(List.of(), fake.writes);
        assertEquals(List.of("vlan 10 02:00:00:00:00:0a #1 PT5M"), fake.refreshes);
        assertEquals(List.of("vlan 10 02:00:00:00:00:0a", "vlan 10 02:00:00:00:00:0b"), fake.reads);
        assertEquals(Field.ETH_DST.keyBits(), fake.mask[1]);
        assertEquals(Field.ETH_SRC.keyBits(), fake.mask[2]);
    }

    @Test
    void movesAStationThatSpeaksFromAnotherPort() {
        fake.decide(engine, 1, 10, FROM_A_TO_B);
        fake.decide(engine, 2, 10, FROM_A_TO_B);
        assertEquals(List.of("vlan 10 02:00:00:00:00:0a #2 PT5M"), fake.writes);
        assertEquals(List.of("to 2"), fake.decide(engine, 1, 10, "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a)"));
    }

    @Test
    void neverMovesOrAgesAPlacedStation() {
        fake.rows.put(new Station(10, A), new FdbEntry(new PortId(1), true));
        fake.decide(engine, 2, 10, FROM_A_TO_B);
        assertEquals(List.of(), fake.writes);
        assertEquals(List.of(), fake.refreshes);
        assertEquals(List.of("to 1"), fake.decide(engine, 2, 10, "eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01", "01:80:c2:00:00:10"})
    void floodsGroupsWithoutAskingForThem(String group) {
        assertEquals(List.of("flood"), fake.decide(engine, 1, 10, "eth(src=02:00:00:00:00:0a,dst=" + group + ")"));
        assertEquals(List.of("vlan 10 02:00:00:00:00:0a", "port=#1"), fake.reads);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01:80:c2:00:00:00", "01:80:c2:00:00:02", "01:80:c2:00:00:0e", "01:80:c2:00:00:0f"})
    void dropsReservedGroupsByFortyFourBits(String group) {
        assertEquals(List.of("drop learning/reserved-group"), fake.decide(engine, 1, 10, "eth(src=02:00:00:00:00:0a,dst=" + group + ")"));
        assertEquals(0xffff_ffff_fff0L << 16, fake.mask[1]);
        assertEquals(0, fake.mask[2]);
        assertEquals(List.of(), fake.reads);
    }

    @Test
    void dropsAGroupSourceByOneBit() {
        assertEquals(List.of("drop learning/group-source"), fake.decide(engine, 1, 10, "eth(src=03:00:00:00:00:0a)"));
        assertEquals(0x0100_0000_0000L << 16, fake.mask[2]);
        assertEquals(List.of(), fake.writes);
    }

    @Test
    void dropsTheNullSourceAndLearnsItNot() {
        assertEquals(List.of("drop learning/null-source"), fake.decide(engine, 1, 10, "eth(src=00:00:00:00:00:00,dst=02:00:00:00:00:0b)"));
        assertEquals(List.of(), fake.writes);
        assertEquals(List.of("flood"), fake.decide(engine, 1, 10, "eth(src=00:00:00:00:00:01,dst=00:00:00:00:00:00)"));
    }

    @Test
    void dropsWhatIsOnTheSamePortAlready() {
        fake.decide(engine, 1, 10, "eth(src=02:00:00:00:00:0b)");
        assertEquals(List.of("drop learning/same-port"), fake.decide(engine, 1, 10, FROM_A_TO_B));
        assertEquals(List.of("vlan 10 02:00:00:00:00:0a #1 PT5M"), fake.writes);
    }

    @Test
    void learnsNoMoreStationsThanAPortMayHave() {
        for (int i = 0; i < LearningEngine.STATIONS_PER_PORT; i++) {
            fake.rows.put(new Station(20, 0x0400_0000_0000L + i), new FdbEntry(new PortId(1), false));
        }
        assertEquals(List.of("flood"), fake.decide(engine, 1, 10, FROM_A_TO_B));
        assertEquals(List.of(), fake.writes);
        fake.decide(engine, 2, 10, FROM_A_TO_B);
        assertEquals(1, fake.writes.size());
        fake.decide(engine, 1, 10, FROM_A_TO_B);
        assertEquals(List.of(), fake.writes, "a move to a full port is not learned either");
        fake.decide(engine, 1, 20, "eth(src=04:00:00:00:00:07)");
        assertEquals(1, fake.refreshes.size(), "a known station is refreshed all the same");
    }
}
