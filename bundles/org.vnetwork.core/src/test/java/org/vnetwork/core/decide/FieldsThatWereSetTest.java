package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Tag;

class FieldsThatWereSetTest extends FivePorts {
    private static final String EVERY_LAYER = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3) vlan(vid=20,pcp=2) ipv4(dscp=5) udp()";

    /** What {@code datapath:show} lists is what a plugin may set, and what it set reads as set. */
    @Test
    void everyFieldThatIsListedIsSettableAndReadsAsSetAndNoOtherIs() {
        for (Field field : Field.values()) {
            boolean listed = capabilities.settable().contains(field);
            Decision decision = decide(3, EVERY_LAYER, (p, f) -> {
                f.set(field, 1);
                assertEquals(1, p.get(field), field.text());
                assertTrue(p.matches(field, 1, 1) && !p.matches(field, 0, 1), field.text());
                f.to(3);
            });
            assertEquals(listed ? List.of() : List.of("engine test"), failures, field.text());
            String left = execute(decision, 3, EVERY_LAYER).getFirst();
            assertEquals(listed, left.startsWith("3: ") && !left.equals("3: " + EVERY_LAYER), field.text() + " leaves as set, or not at all: " + left);
            failures.clear();
        }
    }

    @Test
    void partsOfTheInnerTagReadAsSetUntilThatTagIsTakenOff() {
        Decision decision = decide(3, EVERY_LAYER, (p, f) -> {
            assertEquals(20, p.get(Field.INNER_VID));
            f.set(Field.INNER_VID, 5);
            assertEquals(List.of(5L, 2L, 0L), List.of(p.get(Field.INNER_VID), p.get(Field.INNER_PCP), p.get(Field.INNER_DEI)));
            f.set(Field.INNER_PCP, 7).set(Field.INNER_DEI, 1);
            assertEquals(List.of(5L, 7L, 1L), List.of(p.get(Field.INNER_VID), p.get(Field.INNER_PCP), p.get(Field.INNER_DEI)));
            f.push(Tag.customer(9));
            assertEquals(5, p.get(Field.INNER_VID), "a tag that is put on sets no field");
            f.set(Field.INNER_VID, 6);
            assertEquals(List.of(6L, 7L), List.of(p.get(Field.INNER_VID), p.get(Field.INNER_PCP)));
            f.copy().set(Field.INNER_VID, 8).to(3);
            assertEquals(6, p.get(Field.INNER_VID), "the copy has fields of its own");
            f.pop();
            assertEquals(5, p.get(Field.INNER_VID));
            f.pop();
            assertEquals(20, p.get(Field.INNER_VID), "as received");
            f.to(3);
        });
        assertEquals(List.of(), failures);
        assertEquals(2, execute(decision, 3, EVERY_LAYER).size());
    }

    @Test
    void aPartOfATagThatTheFrameLacksReadsAsReceived() {
        decide(1, PLAIN, (p, f) -> {
            f.set(Field.INNER_VID, 5);
            assertEquals(0, p.get(Field.INNER_VID));
            f.to(2);
        });
        assertEquals(List.of(), failures);
    }
}
