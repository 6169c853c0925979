package org.vnetwork.core.rule;

import java.util.Set;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.table.Match;

/** That a decision asked a rule list: what was known of the packet then, and which rule it got. */
final class RuleRead extends Dependency {
    private final RuleList list;
    private final long[] key;
    private final long[] mask;
    private final Set<Field> given;
    private final Rule matched;

    /**
     * A read.
     *
     * @param mask key bits that the decision had read when it had its answer
     * @param given fields that earlier actions had set, whose key bits say nothing
     * @param matched the rule, or null
     */
    RuleRead(RuleList list, long[] key, long[] mask, Set<Field> given, Rule matched) {
        this.list = list;
        this.key = key;
        this.mask = mask;
        this.given = given;
        this.matched = matched;
    }

    @Override
    public int add(Reader reader, int slot) {
        list.addRead(this);
        return super.add(reader, slot);
    }

    @Override
    public void remove(int place) {
        super.remove(place);
        if (readers() == 0) {
            list.removeRead(this);
        }
    }

    @Override
    protected String text() {
        return list.id() + "[" + (matched == null ? "no rule" : "rule " + matched.id() + " of priority " + matched.priority()) + "]";
    }

    @Override
    protected Dependency kept() {
        return list.any();
    }

    /** The rule that answered, or null. */
    Rule matched() {
        return matched;
    }

    boolean got(Rule rule) {
        return matched == rule;
    }

    /** Whether a new rule could answer a packet of these flows instead. */
    boolean couldGet(Rule rule) {
        return (matched == null || rule.precedes(matched)) && rule.match().parts().stream().noneMatch(this::contradicts);
    }

    private boolean contradicts(Match.Part part) {
        Field field = part.field();
        if (!field.inKey() || given.contains(field)) {
            return false;
        }
        if (field.width() > 64) {
            return differs(field.word(), part.valueHigh(), part.maskHigh()) || differs(field.word() + 1, part.value(), part.mask());
        }
        return differs(field.word(), part.value() << field.shift(), (part.mask() & field.bits()) << field.shift());
    }

    private boolean differs(int word, long value, long compared) {
        assert word < FlowKey.WORDS;
        return ((key[word] ^ value) & compared & mask[word]) != 0;
    }

    void tell() {
        changed(true);
    }
}
