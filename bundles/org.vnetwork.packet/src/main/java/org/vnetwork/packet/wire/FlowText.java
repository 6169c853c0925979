package org.vnetwork.packet.wire;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import org.vnetwork.model.Ip;
import org.vnetwork.model.Mac;
import org.vnetwork.packet.Field;

/** Text of flow keys and action lists, for the console: {@code in=web1,eth_dst=02:00:00:00:00:01} and {@code pop,output web2}. */
public final class FlowText {
    private static final Set<Field> ARP_FIELDS = EnumSet.of(Field.ARP_OPERATION, Field.ARP_SENDER_MAC, Field.ARP_SENDER_IP,
            Field.ARP_TARGET_MAC, Field.ARP_TARGET_IP);
    private static final Set<Field> IP_FIELDS = EnumSet.of(Field.IP_PROTOCOL, Field.IP_SRC, Field.IP_DST, Field.DSCP, Field.ECN,
            Field.L4_SRC, Field.L4_DST, Field.ICMP_TYPE, Field.ICMP_CODE, Field.TCP_FLAGS);
    private static final Set<Field> PORT_FIELDS = EnumSet.of(Field.L4_SRC, Field.L4_DST);
    private static final Set<Field> ICMP_FIELDS = EnumSet.of(Field.ICMP_TYPE, Field.ICMP_CODE);
    private static final List<String> TAG_KINDS = List.of("none", "customer", "service");
    private static final List<String> FRAGMENTS = List.of("none", "first", "later");
    private static final List<String> PARSES = List.of("ok", "l3_truncated", "l3_bad", "l4_truncated", "l4_bad", "tag_truncated");

    private FlowText() {
    }

    /**
     * The compared fields as {@code field=value}, comma-separated; a field compared in part as {@code value/mask}, an address as a prefix where it is one.
     *
     * @param key bits outside the mask do not matter
     * @param ports names a port id
     */
    public static String match(long[] key, long[] mask, IntFunction<String> ports) {
        StringJoiner text = new StringJoiner(",");
        for (Field field : Field.values()) {
            if (field.inKey() && compared(mask, field) && applies(key, mask, field)) {
                text.add((field == Field.INGRESS ? "in" : field.text()) + "=" + value(key, mask, field, ports));
            }
        }
        return text.toString();
    }

    /**
     * The actions in order, comma-separated; {@code consume} for an empty list.
     *
     * @param reasons names a drop reason by its number
     */
    public static String actions(List<Action> actions, IntFunction<String> ports, IntFunction<String> reasons) {
        StringJoiner text = new StringJoiner(",").setEmptyValue("consume");
        for (Action action : actions) {
            text.add(switch (action) {
                case Action.Output to -> "output " + ports.apply(to.port());
                case Action.SetField set -> "set(" + set.field().text() + "=" + value(set) + ")";
                case Action.Meter meter -> "meter(" + meter.bitsPerSecond() + " bit/s,burst=" + meter.burstBytes() + ")";
                case Action.Count _ -> "count";
                case Action.PushTag push -> "push(vid=" + (push.tci() & 0xfff) + (push.tci() >> 13 != 0 ? ",pcp=" + (push.tci() >> 13) : "")
                        + ((push.tci() & 0x1000) != 0 ? ",dei=true" : "")
                        + (push.tpid() == EtherType.SERVICE_TAG ? ",service=true)" : ")");
                case Action.PopTag _ -> "pop";
                case Action.Inspect _ -> "inspect";
                case Action.CopyUp _ -> "copy up";
                case Action.Drop drop -> "drop " + reasons.apply(drop.reason());
            });
        }
        return text.toString();
    }

    private static String value(Action.SetField set) {
        if (set.field().width() <= 64) {
            return plain(set.field(), set.value());
        }
        return set.high() == 0 && set.value() >>> 32 == 0 ? Ip.formatV4(set.value()) : Ip.formatV6(set.high(), set.value());
    }

    /** One field of a whole key as {@code field=value}; only its name when it has no place in a key. */
    public static String field(Field field, long[] key, IntFunction<String> ports) {
        if (!field.inKey()) {
            return field.text();
        }
        long[] whole = new long[FlowKey.WORDS];
        java.util.Arrays.fill(whole, -1L);
        return (field == Field.INGRESS ? "in" : field.text()) + "=" + value(key, whole, field, ports);
    }

    /** A comparison of one field under a mask, as in {@link #match}; the high halves count for 128-bit fields only. */
    public static String part(Field field, long valueHigh, long value, long maskHigh, long mask, IntFunction<String> ports) {
        if (!field.inKey()) {
            boolean wide = field.width() > 64;
            String text = wide ? Ip.formatV6(valueHigh, value) : String.valueOf(value);
            boolean whole = mask == field.bits() && (!wide || maskHigh == -1L);
            return field.text() + "=" + text + (whole ? "" : "/" + (wide ? Ip.formatV6(maskHigh, mask) : "0x%x".formatted(mask)));
        }
        long[] key = new long[FlowKey.WORDS];
        long[] compared = new long[FlowKey.WORDS];
        if (field.width() > 64) {
            key[field.word()] = valueHigh;
            compared[field.word()] = maskHigh;
            key[field.word() + 1] = value;
            compared[field.word() + 1] = mask;
            if (maskHigh == 0 && value >>> 32 == 0) {
                return field.text() + "=" + v4(value, mask & 0xffff_ffffL);
            }
        } else {
            key[field.word()] = value << field.shift();
            compared[field.word()] = (mask & field.bits()) << field.shift();
        }
        return (field == Field.INGRESS ? "in" : field.text()) + "=" + value(key, compared, field, ports);
    }

    private static boolean compared(long[] mask, Field field) {
        return (field.in(mask) | (field.width() > 64 ? mask[field.word()] : 0)) != 0;
    }

    /** Words 3 and 5 to 8 mean one thing for ARP, another for IP; the parse path in the same key says which. */
    private static boolean applies(long[] key, long[] mask, Field field) {
        boolean arp = Field.ETHER_TYPE.in(mask) != 0 && Field.ETHER_TYPE.in(key) == EtherType.ARP;
        if (ARP_FIELDS.contains(field) || IP_FIELDS.contains(field)) {
            if (arp != ARP_FIELDS.contains(field)) {
                return false;
            }
        }
        long protocol = Field.IP_PROTOCOL.in(mask) == 0 ? 0 : Field.IP_PROTOCOL.in(key);
        boolean icmp = protocol == 1 || protocol == 58;
        return icmp ? !PORT_FIELDS.contains(field) : !ICMP_FIELDS.contains(field);
    }

    private static String value(long[] key, long[] mask, Field field, IntFunction<String> ports) {
        if (field == Field.INGRESS) {
            return ports.apply((int) field.in(key));
        }
        if (field.width() == 128) {
            return address(key, mask, field);
        }
        long compared = field.in(mask);
        long value = field.in(key) & compared;
        if (compared == field.bits()) {
            return plain(field, value);
        }
        if (field == Field.ETH_DST || field == Field.ETH_SRC || field == Field.ARP_SENDER_MAC || field == Field.ARP_TARGET_MAC) {
            return Mac.format(value) + "/" + Mac.format(compared);
        }
        if (field == Field.ARP_SENDER_IP || field == Field.ARP_TARGET_IP) {
            return v4(value, compared);
        }
        return "0x%x/0x%x".formatted(value, compared);
    }

    private static String address(long[] key, long[] mask, Field field) {
        long maskHigh = mask[field.word()];
        long maskLow = mask[field.word() + 1];
        long high = key[field.word()] & maskHigh;
        long low = key[field.word() + 1] & maskLow;
        if (Field.ETHER_TYPE.in(mask) != 0 && Field.ETHER_TYPE.in(key) == EtherType.IPV4) {
            return v4(low, maskLow & 0xffff_ffffL);
        }
        int prefix = Long.numberOfLeadingZeros(~maskHigh);
        if (prefix == 64) {
            prefix += Long.numberOfLeadingZeros(~maskLow);
        }
        boolean isPrefix = prefix >= 64 ? prefix == 128 || maskLow << prefix - 64 == 0 : maskLow == 0 && maskHigh << prefix == 0;
        String text = Ip.formatV6(high, low);
        return prefix == 128 ? text : text + "/" + (isPrefix ? String.valueOf(prefix) : Ip.formatV6(maskHigh, maskLow));
    }

    private static String v4(long value, long mask) {
        int prefix = Integer.numberOfLeadingZeros(~(int) mask);
        if (prefix == 32) {
            return Ip.formatV4(value);
        }
        return Ip.formatV4(value) + "/" + ((int) mask << prefix == 0 ? String.valueOf(prefix) : Ip.formatV4(mask));
    }

    /** A value that is compared or set as a whole. */
    private static String plain(Field field, long value) {
        return switch (field) {
            case ETH_DST, ETH_SRC, ARP_SENDER_MAC, ARP_TARGET_MAC -> Mac.format(value);
            case ARP_SENDER_IP, ARP_TARGET_IP -> Ip.formatV4(value);
            case ETHER_TYPE -> "0x%04x".formatted(value);
            case TCP_FLAGS -> "0x%03x".formatted(value);
            case TAG_KIND, INNER_TAG_KIND -> word(TAG_KINDS, value);
            case FRAGMENT -> word(FRAGMENTS, value);
            case PARSE -> word(PARSES, value);
            default -> String.valueOf(value);
        };
    }

    private static String word(List<String> names, long value) {
        return value < names.size() ? names.get((int) value) : String.valueOf(value);
    }
}
