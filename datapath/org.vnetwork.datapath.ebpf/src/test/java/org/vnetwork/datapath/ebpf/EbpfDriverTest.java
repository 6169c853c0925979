package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class EbpfDriverTest {
    @Test
    void saysOfAKernelWithoutTcxWhatItNeeds() {
        String release = System.getProperty("os.version");
        try {
            System.setProperty("os.version", "6.1.0-18-amd64");
            assertEquals(Optional.of("kernel 6.1 has no tcx; it needs Linux 6.6 or newer"), new EbpfDriver().unavailable());
            System.setProperty("os.version", "5.15.0");
            assertEquals(Optional.of("kernel 5.15 has no tcx; it needs Linux 6.6 or newer"), new EbpfDriver().unavailable());
        } finally {
            System.setProperty("os.version", release);
        }
    }
}
