package org.vnetwork.shell.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.DropView;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.model.PortVlan;

/** Results as JSON. */
class JsonTest {
    @Test
    void recordsKeepTheOrderOfTheirComponents() throws Exception {
        Map<String, Object> read = JSON.std.mapFrom(Json.of(new DropView("web1", "port/vlan", 3)));
        assertEquals("{port=web1, reason=port/vlan, count=3}", read.toString());
    }

    @Test
    void aViewInASwitchIsOneObject() throws Exception {
        List<Object> read = JSON.std.listFrom(Json.of(List.of(new InSwitch("sw1", new DropView("web1", "port/vlan", 3)))));
        assertEquals("[{switch=sw1, port=web1, reason=port/vlan, count=3}]", read.toString());
    }

    @Test
    void documentsNest() throws Exception {
        PortDocument port = new PortDocument(1, "web1", "sim", "web1", PortVlan.trunk(List.of(10, 20), 0), List.of());
        HostDocument document = new HostDocument(List.of(new SwitchDocument("sw1", "learning", "sim", List.of(port), List.of(),
                new LimitsDocument(Map.of(Limit.PORT_FLOWS, 7)))));
        assertEquals("{switches=[{name=sw1, engine={name=learning, feature=, version=}, datapath=sim, ports=[{id=1, name=web1, attachment=sim, device=web1, "
                + "vlan={trunk=true, untagged=0, allowed=10,20, service=false}, filters=[], options={queues=1, fast=auto}}], rows=[], limits={port-flows=7}, failOpen=false, trial=null}]}", JSON.std.mapFrom(Json.of(document)).toString());
    }

    @Test
    void nothingIsNull() {
        assertEquals("null", Json.of(null));
    }
}
