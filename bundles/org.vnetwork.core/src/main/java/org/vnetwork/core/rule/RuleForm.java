package org.vnetwork.core.rule;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.vnetwork.core.row.ClassForm;
import org.vnetwork.core.row.Values;

/** A rule list as one class sees it; the one place that holds the class. Loop thread only. */
public final class RuleForm {
    private final ClassForm form;
    private final Map<Rule, Record> records = new IdentityHashMap<>();
    private int users;

    RuleForm(ClassForm form) {
        this.form = form;
    }

    boolean is(Class<?> type) {
        return form.is(type);
    }

    int use(int more) {
        users += more;
        return users;
    }

    /** What a rule says; null for none. */
    public Record says(Rule rule) {
        return rule == null ? null : records.computeIfAbsent(rule, r -> form.record(r.says()));
    }

    /** What is kept of a record. */
    public Values neutral(Record says) {
        return form.neutral(says);
    }

    void forget(Rule rule) {
        records.remove(rule);
    }

    Map<String, Object> texts(Rule rule, IntFunction<String> ports) {
        return form.texts(rule.says(), ports);
    }
}
