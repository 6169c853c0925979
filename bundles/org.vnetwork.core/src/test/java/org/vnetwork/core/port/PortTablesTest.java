package org.vnetwork.core.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.Texts;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.VlanSet;

class PortTablesTest {
    private final Tables tables = new Tables(() -> 0);
    private final PortTables ports = new PortTables(tables);

    private void put(int id, PortVlan vlan) {
        ports.put(new PortId(id), new PortRow("p" + id, vlan, List.of()));
    }

    @Test
    void membersAreThePortsThatCarryTheVlanWhateverWasPutAndRemoved() {
        Random random = new Random(7);
        Map<Integer, PortVlan> model = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            int id = 1 + random.nextInt(12);
            if (random.nextInt(4) == 0) {
                ports.remove(new PortId(id));
                model.remove(id);
            } else {
                int low = 1 + random.nextInt(20);
                PortVlan vlan = switch (random.nextInt(4)) {
                    case 0 -> PortVlan.access(low);
                    case 1 -> PortVlan.trunk(VlanSet.parse(low + "-" + (low + random.nextInt(10)) + ",3"), random.nextInt(3));
                    case 2 -> PortVlan.trunk(VlanSet.ALL, 0);
                    default -> PortVlan.MIRROR;
                };
                put(id, vlan);
                model.put(id, vlan);
            }
            for (int vlan = 1; vlan < 35; vlan++) {
                int asked = vlan;
                List<PortId> expected = new ArrayList<>(model.keySet().stream().filter(p -> model.get(p).carries(asked)).sorted().map(PortId::new).toList());
                assertEquals(expected, ports.members(vlan));
            }
        }
    }

    @Test
    void aPortInAllVlansHasARowOfOneWord() {
        put(1, PortVlan.trunk(VlanSet.ALL, 0));
        assertEquals("name=p1,vlan=trunk all,filters=[]", Texts.of(ports.get(1)));
        assertTrue(IntStream.rangeClosed(1, 4094).allMatch(v -> ports.carries(1, v)));
        put(1, PortVlan.trunk(VlanSet.parse("2-4094"), 0));
        assertFalse(ports.carries(1, 1));
        assertEquals(List.of(), ports.members(1));
    }
}
