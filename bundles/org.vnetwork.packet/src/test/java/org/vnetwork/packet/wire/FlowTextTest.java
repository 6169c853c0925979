package org.vnetwork.packet.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.Field;

class FlowTextTest {
    private static String match(String frame, Field... fields) {
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.INGRESS);
        for (Field field : fields) {
            FlowKey.add(mask, field);
        }
        return FlowText.match(KeyParserTest.key(FrameText.build(frame)), mask, port -> "port" + port);
    }

    @Test
    void showsOnlyWhatIsCompared() {
        assertEquals("in=port7", match("eth() vlan(vid=3) ipv4() tcp()"));
        assertEquals("in=port7,ether_type=0x0800,tag_kind=customer,eth_dst=02:00:00:00:00:02,vlan_vid=10,fragment=none,ip_protocol=6,ip_src=10.0.0.1,tcp_flags=0x002,l4_dst=80",
                match("eth() vlan(vid=10) ipv4() tcp()", Field.TAG_KIND, Field.ETH_DST, Field.VLAN_VID, Field.ETHER_TYPE, Field.FRAGMENT, Field.IP_PROTOCOL, Field.IP_SRC, Field.L4_DST, Field.TCP_FLAGS));
    }

    @Test
    void showsAWordAsTheEtherTypeAndTheProtocolHaveIt() {
        assertEquals("in=port7,ether_type=0x0806,arp_operation=1,arp_sender_mac=02:00:00:00:00:01,arp_sender_ip=10.0.0.1,arp_target_ip=10.0.0.2",
                match("eth() arp()", Field.ETHER_TYPE, Field.ARP_OPERATION, Field.ARP_SENDER_MAC, Field.ARP_SENDER_IP, Field.ARP_TARGET_IP));
        assertEquals("in=port7,ether_type=0x86dd,ip_protocol=58,ip_dst=2001:db8::2,icmp_type=128,icmp_code=0",
                match("eth() ipv6() icmpv6()", Field.ETHER_TYPE, Field.IP_PROTOCOL, Field.IP_DST, Field.ICMP_TYPE, Field.ICMP_CODE));
    }

    @Test
    void showsPrefixesAndMasks() {
        long[] key = KeyParserTest.key(FrameText.build("eth(dst=01:00:5e:00:00:01) ipv4(src=10.1.2.3) udp()"));
        long[] mask = new long[FlowKey.WORDS];
        FlowKey.add(mask, Field.ETHER_TYPE);
        mask[1] = 0x0100_0000_0000L << 16;
        mask[6] = 0xff00_0000L;
        mask[8] = 0x0000_00ffL;
        mask[3] = 0x8000;
        assertEquals("ether_type=0x0800,eth_dst=01:00:00:00:00:00/01:00:00:00:00:00,ip_src=10.0.0.0/8,ip_dst=0.0.0.2/0.0.0.255,l4_dst=0x0/0x8000", FlowText.match(key, mask, String::valueOf));
        long[] six = KeyParserTest.key(FrameText.build("eth() ipv6() udp()"));
        long[] prefix = new long[FlowKey.WORDS];
        prefix[5] = 0xffff_ffff_0000_0000L;
        prefix[7] = -1;
        prefix[8] = 0xffff_0000_0000_0000L;
        assertEquals("ip_src=2001:db8::/32,ip_dst=2001:db8::/80", FlowText.match(six, prefix, String::valueOf));
    }

    @Test
    void showsActionsInOrder() {
        List<Action> actions = List.of(new Action.SetField(Field.ETH_DST, 1), new Action.SetField(Field.DSCP, 46), new Action.PushTag(0x8100, 3 << 13 | 10), new Action.Output(3),
                new Action.PopTag(), new Action.PushTag(0x88a8, 5), new Action.Inspect(), new Action.Drop(5));
        assertEquals("set(eth_dst=00:00:00:00:00:01),set(dscp=46),push(vid=10,pcp=3),output web3,pop,push(vid=5,service=true),inspect,drop r5",
                FlowText.actions(actions, port -> "web" + port, reason -> "r" + reason));
        assertEquals("consume", FlowText.actions(List.of(), String::valueOf, String::valueOf));
    }
}
