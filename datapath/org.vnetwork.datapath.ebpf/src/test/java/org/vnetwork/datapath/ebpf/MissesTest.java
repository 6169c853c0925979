package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;

/** What all ports sent up, read at once, is what is read port by port. */
class MissesTest extends Lives {
    private static final int LAST = 1023;
    private static final String LAST_TAP = HOST + "c";

    private Map<Integer, String> misses(Integer... ports) {
        Map<Integer, String> found = new TreeMap<>();
        datapath.misses(Set.of(ports), (port, up, dropped) -> found.put(port, up + " up, " + dropped + " dropped"));
        return found;
    }

    private String said(int port) {
        return datapath.counters(port).up() + " up, " + datapath.drops(port)[DropNumbers.MISS_LIMIT] + " dropped";
    }

    @Test
    void portsAreReadAtOnceAsOneByOne() throws DatapathException {
        attach(LAST, LAST_TAP);
        datapath.limit(PORT, new MissLimit(1, 1));
        for (int i = 0; i < 10; i++) {
            run(FRAME, TAP);
            run(FRAME, LAST_TAP);
        }
        assertTrue(datapath.drops(PORT)[DropNumbers.MISS_LIMIT] > 0);
        assertEquals(Map.of(PORT, said(PORT), OTHER, "0 up, 0 dropped", LAST, "10 up, 0 dropped"), misses(PORT, OTHER, LAST));
        run(FRAME, TAP);
        assertEquals(Map.of(PORT, said(PORT)), misses(PORT));
        datapath.detach(PORT);
        attach(PORT, TAP);
        assertEquals(Map.of(PORT, "0 up, 0 dropped"), misses(PORT), "another port has begun anew");
        assertEquals(0, datapath.drops(PORT)[DropNumbers.MISS_LIMIT]);
    }
}
