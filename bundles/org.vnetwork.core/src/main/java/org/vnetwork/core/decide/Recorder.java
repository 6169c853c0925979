package org.vnetwork.core.decide;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.packet.wire.Parse;

/**
 * The bits of a key that a decision has read so far, with the parse path to each.
 *
 * <p>Reading through it is the only way from a stage to the frame. Loop thread only.
 */
final class Recorder {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int ARP = 0x0806;

    /** Thrown where a decision that has only a key would need the frame; such a decision cannot be cached. */
    static final class FrameNeeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FrameNeeded() {
            super("the frame itself was read", null, false, false);
        }
    }

    private final long[] key;
    private final Frame frame;
    private final long[] matchable;
    private final long[] mask = new long[FlowKey.WORDS];
    private final List<Field> noted;
    private boolean inspect;

    /**
     * A recorder that has read nothing but the ingress port.
     *
     * @param frame null when only the key is known, as in a re-decision
     * @param traced whether to note the fields read, for a trace
     */
    Recorder(long[] key, Frame frame, long[] matchable, boolean traced) {
        this.key = key;
        this.frame = frame;
        this.matchable = matchable;
        this.noted = traced ? new ArrayList<>() : null;
        FlowKey.add(mask, Field.INGRESS);
    }

    long[] key() {
        return key;
    }

    long[] mask() {
        return mask;
    }

    boolean inspect() {
        return inspect;
    }

    void uncacheable() {
        inspect = true;
    }

    /** Fields noted since the last call; empty unless traced. */
    List<Field> takeNoted() {
        if (noted == null) {
            return List.of();
        }
        List<Field> taken = List.copyOf(noted);
        noted.clear();
        return taken;
    }

    long get(Field field) {
        if (!has(field.layer())) {
            return 0;
        }
        if (!field.inKey()) {
            return field == Field.TTL ? KeyParser.ttl(whole().buffer, frame.offset, key) : ndTarget(1);
        }
        return read(field);
    }

    long high(Field field) {
        if (field.width() <= 64 || !has(field.layer())) {
            return 0;
        }
        if (!field.inKey()) {
            return ndTarget(0);
        }
        read(field);
        return key[field.word()];
    }

    boolean matches(Field field, long valueHigh, long valueLow, long maskHigh, long maskLow) {
        if (!field.inKey()) {
            return ((high(field) ^ valueHigh) & maskHigh) == 0 && ((get(field) ^ valueLow) & maskLow) == 0;
        }
        boolean present = has(field.layer());
        if (!present) {
            return (valueHigh & maskHigh) == 0 && (valueLow & maskLow & field.bits()) == 0;
        }
        note(field);
        if (field.width() > 64) {
            record(field.word(), maskHigh);
            record(field.word() + 1, maskLow);
            return ((key[field.word()] ^ valueHigh) & maskHigh) == 0 && ((key[field.word() + 1] ^ valueLow) & maskLow) == 0;
        }
        long bits = maskLow & field.bits();
        record(field.word(), bits << field.shift());
        return ((field.in(key) ^ valueLow) & bits) == 0;
    }

    boolean has(Layer layer) {
        return switch (layer) {
            case FRAME -> true;
            case TAG -> read(Field.TAG_KIND) != 0;
            case INNER_TAG -> read(Field.INNER_TAG_KIND) != 0;
            case ARP -> read(Field.ETHER_TYPE) == ARP && read(Field.PARSE) == Parse.OK;
            case IP -> hasIp();
            case TCP -> hasTransport() && read(Field.IP_PROTOCOL) == 6;
            case PORTS -> hasTransport() && isPortProtocol((int) read(Field.IP_PROTOCOL));
            case ICMP -> hasTransport() && read(Field.IP_PROTOCOL) == (read(Field.ETHER_TYPE) == IPV4 ? 1 : 58);
            case ND -> has(Layer.ICMP) && read(Field.ETHER_TYPE) == IPV6 && isNeighbour((int) read(Field.ICMP_TYPE))
                    && KeyParser.ndTarget(whole().buffer, frame.offset, key, new long[2]);
        };
    }

    private boolean hasIp() {
        long etherType = read(Field.ETHER_TYPE);
        if (etherType != IPV4 && etherType != IPV6) {
            return false;
        }
        long parse = read(Field.PARSE);
        return parse == Parse.OK || parse == Parse.L4_TRUNCATED || parse == Parse.L4_BAD;
    }

    private boolean hasTransport() {
        return hasIp() && read(Field.PARSE) == Parse.OK && read(Field.FRAGMENT) != 2;
    }

    private static boolean isPortProtocol(int protocol) {
        return protocol == 6 || protocol == 17 || protocol == 132;
    }

    private static boolean isNeighbour(int type) {
        return type == 135 || type == 136;
    }

    private long ndTarget(int half) {
        long[] target = new long[2];
        KeyParser.ndTarget(whole().buffer, frame.offset, key, target);
        return target[half];
    }

    MemorySegment bytes() {
        Frame whole = whole();
        return whole.bytes().asReadOnly();
    }

    private Frame whole() {
        inspect = true;
        if (frame == null) {
            throw new FrameNeeded();
        }
        return frame;
    }

    private long read(Field field) {
        note(field);
        if (field.width() > 64) {
            record(field.word(), -1L);
            record(field.word() + 1, -1L);
        } else {
            record(field.word(), field.keyBits());
        }
        return field.in(key);
    }

    private void record(int word, long bits) {
        mask[word] |= bits & matchable[word];
        if ((bits & ~matchable[word]) != 0) {
            inspect = true;
        }
    }

    private void note(Field field) {
        if (noted != null && !noted.contains(field)) {
            noted.add(field);
        }
    }
}
