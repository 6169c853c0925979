package org.vnetwork.core.rule;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.vnetwork.core.row.Denials;
import java.util.TreeMap;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;

/** The rule lists of one switch, by data type. Loop thread only. */
public final class RuleLists {
    private final Map<String, RuleList> lists = new HashMap<>();
    private final Denials denials;

    /** No lists yet; {@code denials}: told of each change. */
    public RuleLists(Denials denials) {
        this.denials = denials;
    }

    /** The list of a type, made when it is not there yet; refused when the type has no id. */
    public RuleList of(Class<? extends Record> rule) {
        DataType type = rule.getAnnotation(DataType.class);
        if (type == null) {
            throw new Refusal("rules: " + rule.getName() + " has no @DataType (expected: an id and version as in @DataType(\"com.acme.policy/1\"))");
        }
        return of(type.value());
    }

    private RuleList of(String type) {
        return lists.computeIfAbsent(type, t -> new RuleList(t, denials));
    }

    /** All lists, by data type. */
    public Collection<RuleList> all() {
        return new TreeMap<>(lists).values();
    }

    /** What stands for every read of the rules of a type. */
    public Dependency any(String type) {
        return of(type).any();
    }
}
