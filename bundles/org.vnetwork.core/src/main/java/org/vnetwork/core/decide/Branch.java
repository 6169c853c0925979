package org.vnetwork.core.decide;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Tag;

/**
 * How a frame is rewritten at one point of a decision: fields set, tags taken off and put on.
 *
 * <p>The tag that carries the VLAN is apart from the others: the port stages take it off and put it on.
 */
final class Branch {
    /** Fields set, with their values. */
    final Map<Field, Long> set = new EnumMap<>(Field.class);
    /** Received tags taken off, counted from the outermost; the VLAN's own among them. */
    int removed;
    /** Tags put on, innermost first. */
    final List<Tag> pushed = new ArrayList<>();
    /** Whether the outermost received tag carried the VLAN (or priority alone). */
    boolean vlanTagged;
    /** Priority given to the frame by an action; -1 for as received. */
    int priority = -1;

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
        vlanTagged = other.vlanTagged;
        priority = other.priority;
    }

    void set(Field field, long value, Recorder recorder, String driver) {
        if ((value & ~field.bits()) != 0) {
            throw Refusal.value(field.text(), value, "0.." + field.bits());
        }
        switch (field) {
            case ETH_SRC, ETH_DST -> set.put(field, value);
            case DSCP -> {
                if (recorder.has(field.layer())) {
                    set.put(field, value);
                }
            }
            case VLAN_PCP -> priority = (int) value;
            default -> throw new UnsupportedOperationException("set " + field.text() + ": not supported by driver " + driver + " yet");
        }
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
        return fields;
    }

    /** The value that an action gave a field, or null. */
    Long given(Field field) {
        return field == Field.VLAN_PCP && priority >= 0 ? Long.valueOf(priority) : set.get(field);
    }
}
