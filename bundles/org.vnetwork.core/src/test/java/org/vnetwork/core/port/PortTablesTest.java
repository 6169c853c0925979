package org.vnetwork.core.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.RowText;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.VlanSet;

class PortTablesTest {
    private final Tables tables = new Tables(() -> 0);
    private final PortTables ports = new PortTables(tables);

    private static PortRow row(int id, PortVlan vlan, List<PortFilter> filters) {
        return new PortRow("p" + id, vlan, filters);
    }

    private void put(int id, PortVlan vlan) {
        ports.put(new PortId(id), row(id, vlan, List.of()));
    }

    @Test
    void membersAreThePortsThatCarryTheVlanWhateverWasPutAndRemoved() {
        Random random = new Random(7);
        Map<PortId, PortRow> model = new TreeMap<>();
        for (int i = 0; i < 400; i++) {
            int id = 1 + random.nextInt(12);
            if (random.nextInt(4) == 0) {
                ports.remove(new PortId(id));
                model.remove(new PortId(id));
            } else {
                int low = 1 + random.nextInt(20);
                PortVlan vlan = switch (random.nextInt(5)) {
                    case 0 -> PortVlan.access(low);
                    case 1 -> PortVlan.trunk(VlanSet.parse(low + "-" + (low + random.nextInt(10)) + ",3"), random.nextInt(3));
                    case 2 -> PortVlan.trunk(VlanSet.ALL, 0);
                    case 3 -> PortVlan.trunk(VlanSet.ALL, random.nextInt(3)).withServiceTags();
                    default -> PortVlan.MIRROR;
                };
                PortRow row = row(id, vlan, random.nextInt(3) == 0 ? List.of(new PortFilter(1, "count", false)) : List.of());
                ports.put(new PortId(id), row);
                model.put(new PortId(id), row);
            }
            for (int vlan = 1; vlan < 35; vlan++) {
                assertMembers(model, vlan);
            }
        }
    }

    private void assertMembers(Map<PortId, PortRow> model, int vlan) {
        List<PortId> filtered = new ArrayList<>();
        Map<String, List<PortId>> alike = new HashMap<>();
        model.forEach((port, row) -> {
            boolean tagged = row.vlan().trunk() && row.vlan().untagged() != vlan;
            // A native port is apart from an access port: on it a received tag may be left bare.
            String way = (row.vlan().trunk() ? tagged ? "tagged" : "native" : "access") + (row.vlan().trunk() && row.vlan().service() ? " service" : "");
            if (row.vlan().carries(vlan)) {
                (row.filters().isEmpty() ? alike.computeIfAbsent(way, _ -> new ArrayList<>()) : filtered).add(port);
            }
        });
        Members members = ports.members(vlan);
        assertEquals(filtered, members.filtered());
        assertEquals(Set.copyOf(alike.values()), Set.copyOf(members.alike().stream().map(Members.Alike::ports).toList()));
        assertEquals(alike.size(), members.alike().size());
    }

    @Test
    void onlyVlansInWhichAPortComesGoesOrLeavesOtherwiseHaveAnotherRow() {
        put(1, PortVlan.trunk(VlanSet.parse("1-4"), 0));
        List<Members> before = IntStream.rangeClosed(1, 5).mapToObj(ports::members).toList();
        put(1, PortVlan.trunk(VlanSet.parse("1-3,5"), 2));
        assertSame(before.get(0), ports.members(1));
        assertNotEquals(before.get(1), ports.members(2));
        assertSame(before.get(2), ports.members(3));
        assertEquals(Members.NONE, ports.members(4));
        assertNotEquals(before.get(4), ports.members(5));
    }

    @Test
    void aPortInAllVlansHasARowOfOneWord() {
        put(1, PortVlan.trunk(VlanSet.ALL, 0));
        assertEquals("{name=p1, vlan=trunk all, filters=[]}", RowText.table(tables, "port").rows().getFirst().valueTexts(id -> "#" + id).toString());
        assertTrue(IntStream.rangeClosed(1, 4094).allMatch(v -> ports.carries(1, v)));
        put(1, PortVlan.trunk(VlanSet.parse("2-4094"), 0));
        assertFalse(ports.carries(1, 1));
        assertEquals(Members.NONE, ports.members(1));
    }
}
