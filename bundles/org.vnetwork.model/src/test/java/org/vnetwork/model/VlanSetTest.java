package org.vnetwork.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VlanSetTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10              | 10
            10,20-30        | 10,20-30
            30-31,10        | 10,30,31
            1-4094          | all
            all             | all
            1-2047,2048-4094| all
            5,4,6           | 4-6
            10-20,15-30, 9  | 9-30
            7-7             | 7
            4094            | 4094
            """)
    void readsAndWritesRangesAsPeopleDo(String typed, String shown) {
        VlanSet set = VlanSet.parse(typed);
        assertEquals(shown, set.toString());
        assertEquals(set, VlanSet.parse(set.toString()));
        assertEquals(set, VlanSet.of(set.stream().boxed().toList()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20-10     | vlan: 20-10 (expected: low-high)
            5,20-10   | vlan: 20-10 (expected: low-high)
            0         | vlan: 0 (expected: 1..4094)
            10-4095   | vlan: 4095 (expected: 1..4094)
            10,99999  | vlan: 99999 (expected: 1..4094)
            10-       | vlan: 10- (expected: low-high)
            1-2-3     | vlan: 1-2-3 (expected: low-high)
            ten       | vlan: ten (expected: 1..4094, low-high, or all alone)
            10,all    | vlan: all (expected: 1..4094, low-high, or all alone)
            10,       | vlan: (empty) (expected: 1..4094, low-high, or all alone)
            ''        | vlan: (empty) (expected: 1..4094, low-high, or all alone)
            -5        | vlan: -5 (expected: 1..4094, low-high, or all alone)
            """)
    void namesThePartThatIsWrong(String typed, String message) {
        assertEquals(message, assertThrows(Refusal.class, () -> VlanSet.parse(typed)).getMessage());
    }

    @Test
    void holdsWhatASetOfBitsHolds() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            BitSet model = new BitSet();
            VlanSet set = VlanSet.NONE;
            for (int i = 0; i < 60; i++) {
                int vlan = 1 + random.nextInt(80);
                model.set(vlan);
                set = set.with(vlan);
            }
            assertEquals(model.stream().boxed().toList(), set.stream().boxed().toList());
            for (int vlan = 0; vlan < 100; vlan++) {
                assertEquals(model.get(vlan), set.contains(vlan), "vlan " + vlan + " of " + set);
            }
            assertEquals(set, VlanSet.parse(model.stream().mapToObj(String::valueOf).collect(Collectors.joining(","))));
        }
    }

    @Test
    void aTrunkOfAllVlansIsWrittenInOneWord() {
        assertEquals("trunk all", PortVlan.trunk(VlanSet.ALL, 0).toString());
        assertEquals("trunk all native 1 service tags", PortVlan.trunk(VlanSet.ALL, 1).withServiceTags().toString());
        assertEquals("trunk 5,10-20 native 5", PortVlan.trunk(VlanSet.parse("10-20"), 5).toString());
        assertEquals(PortVlan.trunk(List.of(12, 10, 11), 0), PortVlan.trunk(VlanSet.parse("10-12"), 0));
    }
}
