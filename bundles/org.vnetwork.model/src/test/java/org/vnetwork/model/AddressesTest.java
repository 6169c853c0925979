package org.vnetwork.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AddressesTest {
    @Test
    void areShownAndReadAsPeopleWriteThem() {
        assertEquals("10.77.0.2", new Ipv4Address(172818434).toString());
        assertEquals(new Ipv4Address(0x0a000001), Ipv4Address.parse("10.0.0.1"));
        assertEquals("255.255.255.255", Ipv4Address.parse("255.255.255.255").toString());
        assertEquals("2001:db8::1", Ipv6Address.parse("2001:0db8:0::1").toString());
    }

    @Test
    void otherFormsAreRefused() {
        assertEquals("IPv4 address: 10.0.0 (expected: four octets as in 10.0.0.1)", assertThrows(Refusal.class, () -> Ipv4Address.parse("10.0.0")).getMessage());
        assertEquals("IPv4 address: 0x100000000 (expected: 32 bits)", assertThrows(Refusal.class, () -> new Ipv4Address(1L << 32)).getMessage());
        assertThrows(Refusal.class, () -> Ipv6Address.parse("10.0.0.1"));
    }

    @Test
    void standInTheOrderOfTheirOctets() {
        assertTrue(Ipv4Address.parse("9.255.255.255").compareTo(Ipv4Address.parse("200.0.0.0")) < 0);
        assertTrue(Ipv6Address.parse("fe80::1").compareTo(Ipv6Address.parse("2001::")) > 0);
    }
}
