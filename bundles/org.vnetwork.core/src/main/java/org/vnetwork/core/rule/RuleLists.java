package org.vnetwork.core.rule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.vnetwork.core.row.Denials;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.Owners;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;

/** The rule lists of one switch, by data type. Loop thread only. */
public final class RuleLists {
    private final Map<String, RuleList> lists = new HashMap<>();
    private final Denials denials;
    private final Owners owners = new Owners();

    /** A rule and the list that it is in. */
    public record Left(RuleList list, Rule rule) {
        /** Removes it. */
        public void remove() {
            list.remove(rule.id());
        }
    }

    /** No lists yet; {@code denials}: told of each change. */
    public RuleLists(Denials denials) {
        this.denials = denials;
    }

    /**
     * The list of a type, made when it is not there yet.
     *
     * @param bundle who asks; counts as the class's when that is of no bundle
     * @throws Refusal when the type has no id, or one that belongs to another bundle
     */
    public RuleList of(Class<? extends Record> rule, String bundle) {
        DataType type = rule.getAnnotation(DataType.class);
        if (type == null) {
            throw new Refusal("rules: " + rule.getName() + " has no @DataType (expected: an id and version as in @DataType(\"com.acme.policy/1\"))");
        }
        owners.check(type.value(), rule, bundle);
        owners.own(type.value(), rule, bundle);
        return of(type.value());
    }

    private RuleList of(String type) {
        return lists.computeIfAbsent(type, id -> new RuleList(id, owners, denials));
    }

    /** The same rules, without those who asked them. */
    public RuleLists copy() {
        RuleLists copy = new RuleLists(new Denials());
        lists.forEach((type, list) -> {
            copy.owners.own(type, owners.owner(type));
            copy.lists.put(type, list.copy());
        });
        return copy;
    }

    /** All lists, by data type. */
    public Collection<RuleList> all() {
        return new TreeMap<>(lists).values();
    }

    /** Rules of a bundle that another generation of it put last than this one: what the bundle, open now, does not want any more. */
    public List<Left> notPutBy(String bundle, String generation) {
        List<Left> left = new ArrayList<>();
        for (RuleList list : all()) {
            if (list.owner().equals(bundle)) {
                list.rules().stream().filter(rule -> !list.generation(rule).equals(generation)).forEach(rule -> left.add(new Left(list, rule)));
            }
        }
        return left;
    }

    /** What stands for every read of the rules of a type. */
    public Dependency any(String type) {
        return of(type).any();
    }
}
