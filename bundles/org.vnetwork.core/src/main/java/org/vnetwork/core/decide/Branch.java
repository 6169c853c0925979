package org.vnetwork.core.decide;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.model.Ip;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.Tag;
import org.vnetwork.packet.wire.Action;

/**
 * How a frame is rewritten at one point of a decision: fields set, tags taken off and put on.
 *
 * <p>The tag that carries the VLAN is apart from the others: the port stages take it off and put it on.
 */
final class Branch {
    private static final int IPV4 = 0x0800;
    private static final int SCTP = 132;
    private static final int[] NO_METERS = {};
    /** Parts of the outermost tag inside the VLAN's own. */
    private static final Set<Field> INSIDE = EnumSet.of(Field.INNER_VID, Field.INNER_PCP, Field.INNER_DEI);

    /** Fields set, with their values. */
    final Map<Field, Value> set = new EnumMap<>(Field.class);
    /** Received tags taken off, counted from the outermost; the VLAN's own among them. */
    int removed;
    /** Tags put on, innermost first. */
    final List<Tag> pushed = new ArrayList<>();
    /** Of tags put on, the fields of those of which some were set: each such tag is an object of its own. */
    private final Map<Tag, Set<Field>> setInside = new IdentityHashMap<>();
    /** Whether the outermost received tag carried the VLAN (or priority alone). */
    boolean vlanTagged;
    /** Priority given to the frame by an action; -1 for as received. */
    int priority = -1;
    /** Drop eligibility given to the frame by an action; -1 for as received. */
    int eligible = -1;
    /** Numbers of the meters that limit it, as {@link ActionCompiler#meter} gave them; never changed in place. */
    int[] meters = NO_METERS;

    /** A value that a field was set to; {@code high} is 0 but for 128-bit fields. */
    record Value(long high, long low) {
    }

    Branch copy() {
        Branch copy = new Branch();
        copy.restore(this);
        return copy;
    }

    /** Makes this the same as another, for rolling back to it. */
    void restore(Branch other) {
        set.clear();
        set.putAll(other.set);
        removed = other.removed;
        pushed.clear();
        pushed.addAll(other.pushed);
        setInside.clear();
        setInside.putAll(other.setInside);
        vlanTagged = other.vlanTagged;
        priority = other.priority;
        eligible = other.eligible;
        meters = other.meters;
    }

    /** Has a meter limit it too; false when as many do as a list has gates. */
    boolean limit(int meter) {
        if (Arrays.stream(meters).anyMatch(m -> m == meter)) {
            return true;
        }
        if (meters.length == Action.GATES) {
            return false;
        }
        int[] more = Arrays.copyOf(meters, meters.length + 1);
        more[meters.length] = meter;
        meters = more;
        return true;
    }

    /** Notes a field as set; false for one that no branch can set. */
    boolean set(Field field, long high, long value, Recorder recorder) {
        boolean wide = field.width() > 64;
        if (!wide && (high != 0 || (value & ~field.bits()) != 0)) {
            throw Refusal.value(field.text(), value, "0.." + field.bits());
        }
        switch (field) {
            case ETH_SRC, ETH_DST -> set.put(field, new Value(0, value));
            case DSCP -> {
                if (recorder.has(Layer.IP)) {
                    set.put(field, new Value(0, value));
                }
            }
            case IP_SRC, IP_DST -> setAddress(field, high, value, recorder);
            case L4_SRC, L4_DST -> {
                if (recorder.has(Layer.PORTS) && recorder.get(Field.IP_PROTOCOL) != SCTP) {
                    set.put(field, new Value(0, value));
                }
            }
            case VLAN_PCP -> priority = (int) value;
            case VLAN_DEI -> eligible = (int) value;
            case INNER_VID, INNER_PCP, INNER_DEI -> setInner(field, (int) value, recorder);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void setAddress(Field field, long high, long value, Recorder recorder) {
        if (recorder.has(Layer.IP)) {
            if (recorder.get(Field.ETHER_TYPE) == IPV4 && (high != 0 || value >>> 32 != 0)) {
                throw Refusal.value(field.text(), Ip.formatV6(high, value), "an IPv4 address, since the packet is one of IPv4");
            }
            set.put(field, new Value(high, value));
        }
    }

    /** Sets a part of the outermost tag inside the VLAN's own; a received one is thereby taken off and put on again. */
    private void setInner(Field field, int value, Recorder recorder) {
        Tag tag = inner(recorder);
        if (tag == null) {
            return;
        }
        Set<Field> fields = EnumSet.of(field);
        fields.addAll(pushed.isEmpty() ? Set.of() : setInside.getOrDefault(pushed.getLast(), Set.of()));
        pop(recorder);
        Tag changed = switch (field) {
            case INNER_VID -> new Tag(tag.service(), value, tag.pcp(), tag.dei());
            case INNER_PCP -> new Tag(tag.service(), tag.vid(), value, tag.dei());
            default -> new Tag(tag.service(), tag.vid(), tag.pcp(), value != 0);
        };
        pushed.add(changed);
        setInside.put(changed, fields);
    }

    /** The value that a part of a tag inside the VLAN's own was set to, of the outermost tag of which it was; null when it was of none. */
    private Value givenInside(Field field) {
        for (Tag tag : setInside.isEmpty() ? List.<Tag>of() : pushed.reversed()) {
            if (setInside.getOrDefault(tag, Set.of()).contains(field)) {
                return new Value(0, switch (field) {
                    case INNER_VID -> tag.vid();
                    case INNER_PCP -> tag.pcp();
                    default -> tag.dei() ? 1 : 0;
                });
            }
        }
        return null;
    }

    /** The outermost tag inside the VLAN's own, or null; a received one is read. */
    private Tag inner(Recorder recorder) {
        if (!pushed.isEmpty()) {
            return pushed.getLast();
        }
        boolean second = removed == 1 && recorder.get(Field.INNER_TAG_KIND) != 0;
        boolean first = removed == 0 && recorder.get(Field.TAG_KIND) != 0;
        if (!first && !second) {
            return null;
        }
        return new Tag(recorder.get(second ? Field.INNER_TAG_KIND : Field.TAG_KIND) == TagKind.SERVICE, (int) recorder.get(second ? Field.INNER_VID : Field.VLAN_VID),
                (int) recorder.get(second ? Field.INNER_PCP : Field.VLAN_PCP), recorder.get(second ? Field.INNER_DEI : Field.VLAN_DEI) != 0);
    }

    /** The kind of the tag, as received, that an output without the VLAN's own begins with; 0 when none is left, or when a stage put one on. */
    long bare(Recorder recorder) {
        return !pushed.isEmpty() || removed > 1 ? TagKind.NONE : recorder.get(removed == 1 ? Field.INNER_TAG_KIND : Field.TAG_KIND);
    }

    void pop(Recorder recorder) {
        if (!pushed.isEmpty()) {
            pushed.removeLast();
        } else if (removed == 0 && recorder.get(Field.TAG_KIND) != 0 || removed == 1 && recorder.get(Field.INNER_TAG_KIND) != 0) {
            removed++;
        }
    }

    /** Fields that actions gave values. */
    Set<Field> given() {
        Set<Field> fields = EnumSet.noneOf(Field.class);
        fields.addAll(set.keySet());
        if (priority >= 0) {
            fields.add(Field.VLAN_PCP);
        }
        if (eligible >= 0) {
            fields.add(Field.VLAN_DEI);
        }
        INSIDE.stream().filter(f -> givenInside(f) != null).forEach(fields::add);
        return fields;
    }

    /** The value that an action gave a field, or null. */
    Value given(Field field) {
        if (field == Field.VLAN_PCP && priority >= 0) {
            return new Value(0, priority);
        }
        if (field == Field.VLAN_DEI && eligible >= 0) {
            return new Value(0, eligible);
        }
        return INSIDE.contains(field) ? givenInside(field) : set.get(field);
    }
}
