package org.vnetwork.core.rule;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.vnetwork.core.decide.RawPacket;
import org.vnetwork.core.row.ClassForm;
import org.vnetwork.core.row.Denials;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.Owners;
import org.vnetwork.core.row.ReadJournal;
import org.vnetwork.core.row.Texts;
import org.vnetwork.core.row.Values;
import org.vnetwork.table.Match;

/**
 * The rules of one data type in one switch.
 *
 * <p>A change tells exactly the flows that it can touch: those that had the rule which went, and those whose known bits meet a rule which came and
 * whose own rule does not precede it. Loop thread only.
 */
public final class RuleList {
    private final String id;
    private final Owners owners;
    private final Map<Long, Rule> rules = new HashMap<>();
    /** By rule id: the generation that put it last. */
    private final Map<Long, String> generations = new HashMap<>();
    private final List<RuleForm> forms = new ArrayList<>();
    private final Map<List<Object>, Tuple> tuples = new HashMap<>();
    private final Set<RuleRead> reads = new LinkedHashSet<>();
    private List<Tuple> ordered = List.of();
    private final Any any;
    private final Denials denials;

    /** Stands for every read of the list in the journal. A flow of the process before depends on it: of rules that were put anew, any change may concern it. */
    private final class Any extends Dependency {
        @Override
        protected String text() {
            return id + "[any rule]";
        }

        @Override
        protected boolean name(ByteBuffer to) {
            return ReadJournal.nameRules(id, to);
        }

        @Override
        protected boolean isRead() {
            return super.isRead() || !reads.isEmpty();
        }

        @Override
        public boolean mayDeny() {
            return true;
        }

        private void tell() {
            changed(true);
        }
    }

    /**
     * An empty list of rules of a data type.
     *
     * @param owners knows whose type it is
     * @param denials told of each change
     */
    public RuleList(String id, Owners owners, Denials denials) {
        this.id = id;
        this.owners = owners;
        this.denials = denials;
        this.any = new Any();
    }

    /** A list with the same rules and no readers. */
    public RuleList copy() {
        RuleList copy = new RuleList(id, owners, new Denials());
        rules.values().forEach(r -> copy.put(r.id(), r.priority(), r.match(), r.says(), generation(r)));
        return copy;
    }

    /** The list as a class sees it, until {@link #release}. */
    public RuleForm open(Class<? extends Record> type) {
        RuleForm form = forms.stream().filter(f -> f.is(type)).findFirst().orElse(null);
        if (form == null) {
            form = new RuleForm(ClassForm.of(type, id));
            forms.add(form);
        }
        form.use(1);
        return form;
    }

    /** Ends {@link #open}. */
    public void release(RuleForm form) {
        if (form.use(-1) == 0) {
            forms.remove(form);
        }
    }

    /** Symbolic name of the bundle that the rules belong to; empty when all share them. */
    public String owner() {
        return owners.owner(id);
    }

    /** The generation that put a rule last. */
    public String generation(Rule rule) {
        return generations.getOrDefault(rule.id(), "");
    }

    /** What a rule says, as text; {@code ports} names a port id. */
    public String text(Rule rule, IntFunction<String> ports) {
        return (forms.isEmpty() ? Texts.components(rule.says(), ports) : forms.getLast().texts(rule, ports)).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }

    /** Id and version of the data type. */
    public String id() {
        return id;
    }

    /** The rules, the first to be asked first. */
    public List<Rule> rules() {
        return rules.values().stream().sorted((a, b) -> a == b ? 0 : a.precedes(b) ? -1 : 1).toList();
    }

    /** By rule: how many flows depend on an answer that it gave. */
    public Map<Rule, Integer> flows() {
        Map<Rule, Integer> flows = new HashMap<>();
        reads.stream().filter(read -> read.matched() != null).forEach(read -> flows.merge(read.matched(), read.readers(), Integer::sum));
        return flows;
    }

    /** How many rules there are. */
    public int count() {
        return rules.size();
    }

    /** Adds a rule, or puts it in the place of the one with its id. */
    public void put(long ruleId, int priority, Match match, Values says, String generation) {
        Rule fresh = new Rule(ruleId, priority, match, says);
        Rule old = rules.put(ruleId, fresh);
        generations.put(ruleId, generation);
        if (fresh.isLike(old)) {
            rules.put(ruleId, old);
            return;
        }
        if (old != null) {
            leave(old);
        }
        tuples.computeIfAbsent(Tuple.shape(match), shape -> new Tuple(match)).add(fresh);
        sort();
        tell(read -> old != null && read.got(old) || read.couldGet(fresh));
    }

    /** Removes the rule of this id, if there is one. */
    public void remove(long ruleId) {
        Rule old = rules.remove(ruleId);
        generations.remove(ruleId);
        if (old != null) {
            leave(old);
            sort();
            tell(read -> read.got(old));
        }
    }

    private void leave(Rule rule) {
        forms.forEach(form -> form.forget(rule));
        List<Object> shape = Tuple.shape(rule.match());
        Tuple tuple = tuples.get(shape);
        tuple.remove(rule);
        if (tuple.isEmpty()) {
            tuples.remove(shape);
        }
    }

    private void sort() {
        List<Tuple> sorted = new ArrayList<>(tuples.values());
        sorted.sort((a, b) -> a.top().precedes(b.top()) ? -1 : 1);
        ordered = sorted;
    }

    private void tell(Predicate<RuleRead> touched) {
        List.copyOf(reads).stream().filter(touched).forEach(RuleRead::tell);
        any.tell();
        denials.mayDeny();
    }

    /** The first rule that matches, with the read to depend on. */
    public Answer first(RawPacket packet) {
        Rule best = null;
        for (Tuple tuple : ordered) {
            if (best != null && best.precedes(tuple.top())) {
                break;
            }
            Rule found = tuple.find(packet);
            if (found != null && (best == null || found.precedes(best))) {
                best = found;
            }
        }
        return new Answer(best, new RuleRead(this, packet.key().clone(), packet.revealed(), packet.given(), best));
    }

    /**
     * An answer.
     *
     * @param rule the rule, or null when none matches
     * @param read what a flow of this decision depends on
     */
    public record Answer(Rule rule, Dependency read) {
    }

    /** What stands for every read of the list. */
    Dependency any() {
        return any;
    }

    void addRead(RuleRead read) {
        reads.add(read);
    }

    void removeRead(RuleRead read) {
        reads.remove(read);
    }
}
