package org.vnetwork.core.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.vnetwork.core.decide.RawPacket;
import org.vnetwork.packet.Field;
import org.vnetwork.table.Match;

/**
 * The rules that compare the same bits of the same fields; one look-up tells which of them match.
 *
 * <p>A miss reveals no more than it takes: of the first field whose value no rule here has, the bits up to the first that
 * tells it from all of them. So a packet's flow does not become narrower because rules of longer prefixes exist elsewhere.
 */
final class Tuple {
    private final List<Field> fields;
    private final List<Bits> masks;
    private final Map<List<Bits>, TreeSet<Rule>> rules = new HashMap<>();
    private final List<NavigableMap<Bits, Integer>> values = new ArrayList<>();
    private final TreeSet<Rule> order = new TreeSet<>(Tuple::compare);

    Tuple(Match match) {
        fields = match.parts().stream().map(Match.Part::field).toList();
        masks = match.parts().stream().map(Bits::mask).toList();
        fields.forEach(f -> values.add(new TreeMap<>()));
    }

    private static int compare(Rule a, Rule b) {
        return a.id() == b.id() ? 0 : a.precedes(b) ? -1 : 1;
    }

    /** What makes two matches belong to one tuple. */
    static List<Object> shape(Match match) {
        List<Object> shape = new ArrayList<>();
        for (Match.Part part : match.parts()) {
            shape.add(part.field());
            shape.add(Bits.mask(part));
        }
        return shape;
    }

    private static List<Bits> key(Match match) {
        return match.parts().stream().map(Bits::value).toList();
    }

    void add(Rule rule) {
        List<Bits> key = key(rule.match());
        rules.computeIfAbsent(key, k -> new TreeSet<>(Tuple::compare)).add(rule);
        order.add(rule);
        for (int i = 0; i < key.size(); i++) {
            values.get(i).merge(key.get(i), 1, Integer::sum);
        }
    }

    void remove(Rule rule) {
        List<Bits> key = key(rule.match());
        TreeSet<Rule> equal = rules.get(key);
        equal.remove(rule);
        order.remove(rule);
        if (equal.isEmpty()) {
            rules.remove(key);
        }
        for (int i = 0; i < key.size(); i++) {
            values.get(i).computeIfPresent(key.get(i), (value, count) -> count == 1 ? null : count - 1);
        }
    }

    boolean isEmpty() {
        return order.isEmpty();
    }

    /** The rule here that is asked first. */
    Rule top() {
        return order.first();
    }

    /** The first rule here that matches, or null. */
    Rule find(RawPacket packet) {
        List<Bits> key = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (!packet.isGiven(field) && !packet.has(field.layer())) {
                return null;
            }
            Bits mask = masks.get(i);
            Bits value = new Bits(packet.rawHigh(field), packet.raw(field)).and(mask);
            if (!values.get(i).containsKey(value)) {
                reveal(packet, field, mask.and(Bits.prefix(distinguishing(values.get(i), value))));
                return null;
            }
            reveal(packet, field, mask);
            key.add(value);
        }
        TreeSet<Rule> found = rules.get(key);
        return found == null ? null : found.first();
    }

    private static void reveal(RawPacket packet, Field field, Bits mask) {
        packet.reveal(field, mask.high(), mask.low());
    }

    /** Leading bits that tell a value from every one of these: its neighbours in order have the most in common with it. */
    private static int distinguishing(NavigableMap<Bits, Integer> present, Bits value) {
        Bits below = present.floorKey(value);
        Bits above = present.ceilingKey(value);
        int common = Math.max(below == null ? 0 : value.commonPrefix(below), above == null ? 0 : value.commonPrefix(above));
        return Math.min(common + 1, 128);
    }
}
