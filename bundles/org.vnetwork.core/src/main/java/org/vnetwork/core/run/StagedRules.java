package org.vnetwork.core.run;

import org.vnetwork.core.decide.RawPacket;
import org.vnetwork.core.row.Values;
import org.vnetwork.core.rule.Rule;
import org.vnetwork.core.rule.RuleForm;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

/** A rule list as a plugin sees it: until the plugin is at work, a copy of its own. */
final class StagedRules<R extends Record> implements RuleTable<R> {
    private final World world;
    private final PluginContext context;
    private final Class<R> type;
    private final RuleList list;
    private final RuleForm form;
    /** Null before the plugin changes a rule while it is opened. */
    private RuleList copy;

    StagedRules(World world, PluginContext context, Class<R> type, RuleList list) {
        this.world = world;
        this.context = context;
        this.type = type;
        this.list = list;
        this.form = list.open(type);
    }

    @Override
    public R first(Packet packet) {
        if (!(packet instanceof RawPacket raw)) {
            throw outside();
        }
        Rule found = context.reach(() -> {
            if (!world.tables().deciding()) {
                throw outside();
            }
            RuleList.Answer answer = (context.isStaged() && copy != null ? copy : list).first(raw);
            world.tables().current().read(answer.read());
            return answer.rule();
        });
        return type.cast(form.says(found));
    }

    private static IllegalStateException outside() {
        return new IllegalStateException("rules are asked inside a decision, about its packet");
    }

    @Override
    public void put(long id, int priority, Match match, R rule) {
        checkChanges();
        Values says = form.neutral(rule);
        String generation = context.guest().generation();
        if (context.isStaged()) {
            copy().put(id, priority, match, says, generation);
        }
        context.whenAtWork(() -> list.put(id, priority, match, says, generation));
    }

    @Override
    public void remove(long id) {
        checkChanges();
        if (context.isStaged()) {
            copy().remove(id);
        }
        context.whenAtWork(() -> list.remove(id));
    }

    private void checkChanges() {
        context.checkOutside("changing rules");
        String owner = list.owner();
        if (!owner.isEmpty() && !owner.equals(context.guest().bundle())) {
            throw new Refusal("rules " + list.id() + " belong to bundle " + owner + "; " + context.guest().bundle() + " only asks them (expected: a type of its own)");
        }
    }

    /** Ends it; the rules stay. With the last of its class, nothing is left of the class. Loop thread only. */
    void close() {
        list.release(form);
    }

    private RuleList copy() {
        if (copy == null) {
            copy = context.reach(list::copy);
        }
        return copy;
    }
}
