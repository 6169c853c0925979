package org.vnetwork.core.decide;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.vnetwork.model.PortVlan;

/** A switch of five ports: access, trunk, trunk with a native VLAN, and one of another VLAN. */
abstract class FivePorts extends DecideTest {
    static final String PLAIN = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(dscp=5) udp()";

    @BeforeEach
    void ports() {
        port(1, PortVlan.access(10));
        port(2, PortVlan.access(10));
        port(3, PortVlan.trunk(List.of(10, 20), 0));
        port(4, PortVlan.trunk(List.of(10), 10));
        port(5, PortVlan.access(20));
    }
}
