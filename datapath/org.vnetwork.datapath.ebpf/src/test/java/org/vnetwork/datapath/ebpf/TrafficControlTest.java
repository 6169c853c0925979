package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;

/** Filters are read back as they were put: what does not fit an answer of the kernel must not be taken for gone. */
class TrafficControlTest {
    private static final String TAP = "tc" + Long.toString(ProcessHandle.current().pid(), 36);
    private static final int MOST = 32;

    private Links links;
    private TrafficControl control;
    private int ifindex;

    @BeforeEach
    void open() throws DatapathException {
        Rig.needed();
        links = new Links();
        control = new TrafficControl();
        Taps.make(TAP, 1);
        ifindex = links.byName(TAP).ifindex();
    }

    @AfterEach
    void close() {
        if (links != null) {
            links.delete(ifindex);
            links.close();
            control.close();
        }
    }

    @Test
    void asManyGroupsAsAPortHasOfAsManyOutputsAsTheyTakeAreAllSeen() {
        assertTrue(control.hook(ifindex));
        int[] outputs = new int[MOST];
        java.util.Arrays.fill(outputs, ifindex);
        for (int order = 1; order <= 8; order++) {
            assertTrue(control.add(ifindex, order, outputs));
        }
        TrafficControl.Filters found = control.filters(ifindex);
        assertEquals(Set.of(), found.others());
        assertEquals(9, found.ours().size());
        for (int order = 1; order <= 8; order++) {
            assertEquals(Collections.nCopies(MOST, ifindex), found.ours().get(order));
        }
        assertTrue(control.isOurs(ifindex));
        control.unhook(ifindex);
        assertTrue(control.filters(ifindex).ours().isEmpty());
    }

    @Test
    void whatSomebodyPutOnADeviceOfTheSwitchsOwnIsTakenOff() {
        assertEquals(false, control.clear(ifindex), "nothing was there");
        assertTrue(control.hook(ifindex));
        assertTrue(control.clear(ifindex));
        assertTrue(control.hook(ifindex), "it is free again");
    }
}
