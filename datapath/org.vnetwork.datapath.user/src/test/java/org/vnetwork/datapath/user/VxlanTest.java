package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vnetwork.datapath.DatapathException;

/** What a tunnel is made of, as typed. */
class VxlanTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.7 vni 7                          | 192.0.2.7:4789         | 7        | 0.0.0.0:4789
            192.0.2.7:8472 vni 0                     | 192.0.2.7:8472         | 0        | 0.0.0.0:8472
            192.0.2.7:4790 vni 1 local 192.0.2.1     | 192.0.2.7:4790         | 1        | 192.0.2.1:4789
            127.0.0.1:4790 vni 1 local 127.0.0.1:4791| 127.0.0.1:4790         | 1        | 127.0.0.1:4791
            2001:db8::7 vni 16777215                 | [2001:db8:0:0:0:0:0:7]:4789 | 16777215 | [0:0:0:0:0:0:0:0]:4789
            [2001:db8::7]:99 vni 1 local [::1]:98    | [2001:db8:0:0:0:0:0:7]:99   | 1   | [0:0:0:0:0:0:0:1]:98
            """)
    void isReadWithItsPresets(String device, String remote, int vni, String local) throws DatapathException {
        Vxlan tunnel = Vxlan.of(device);
        assertEquals(remote, Address.text(tunnel.remote()));
        assertEquals(vni, tunnel.vni());
        assertEquals(local, Address.text(tunnel.local()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.7                                | vxlan: 192.0.2.7 (expected: REMOTE vni N, or REMOTE vni N local ADDRESS)
            192.0.2.7 vni 16777216                   | vni: 16777216 (expected: 0..16777215)
            192.0.2.7 vni -1                         | vni: -1 (expected: 0..16777215)
            192.0.2.7 vni x                          | vni: x (expected: 0..16777215)
            host vni 1                               | vxlan: host (expected: IP-ADDRESS, IP-ADDRESS:PORT or [IPv6-ADDRESS]:PORT)
            [192.0.2.7 vni 1                         | vxlan: [192.0.2.7 (expected: IP-ADDRESS, IP-ADDRESS:PORT or [IPv6-ADDRESS]:PORT)
            192.0.2.7:0 vni 1                        | vxlan: 192.0.2.7:0 (expected: IP-ADDRESS, IP-ADDRESS:PORT or [IPv6-ADDRESS]:PORT)
            192.0.2.7:70000 vni 1                    | vxlan: 192.0.2.7:70000 (expected: IP-ADDRESS, IP-ADDRESS:PORT or [IPv6-ADDRESS]:PORT)
            0.0.0.0 vni 1                            | vxlan: 0.0.0.0 (expected: the address of one other end)
            239.1.1.1 vni 1                          | vxlan: 239.1.1.1 (expected: the address of one other end)
            192.0.2.7 vni 1 local ::1                | vxlan: local ::1 (expected: an IPv4 address of this machine, as the remote is one)
            192.0.2.7 vni 1 local 192.0.2.7          | vxlan: 192.0.2.7 is this end itself (expected: another machine, or another port number)
            127.0.0.1 vni 1                          | vxlan: 127.0.0.1 is this end itself (expected: another machine, or another port number)
            """)
    void isRefusedInOneLine(String device, String expected) {
        assertEquals(expected, assertThrows(DatapathException.class, () -> Vxlan.of(device)).getMessage());
    }

    @Test
    void itsHeaderIsThatOfRfc7348() throws DatapathException {
        assertEquals("0800000000012300", String.format("%016x", Vxlan.of("192.0.2.7 vni 291").header()));
    }
}
