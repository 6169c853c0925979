package org.vnetwork.core.run;

import org.vnetwork.core.decide.RawPacket;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

/** A rule list as a plugin sees it: until the plugin is at work, a copy of its own. */
final class StagedRules<R extends Record> implements RuleTable<R> {
    private final VirtualSwitch home;
    private final PluginContext context;
    private final Class<R> type;
    private final RuleList list;
    /** Null before the plugin changes a rule while it is opened. */
    private RuleList copy;

    StagedRules(VirtualSwitch home, PluginContext context, Class<R> type, RuleList list) {
        this.home = home;
        this.context = context;
        this.type = type;
        this.list = list;
    }

    @Override
    public R first(Packet packet) {
        if (!(packet instanceof RawPacket raw)) {
            throw outside();
        }
        return type.cast(context.reach(() -> {
            if (!home.tables.deciding()) {
                throw outside();
            }
            RuleList.Answer answer = (context.isStaged() && copy != null ? copy : list).first(raw);
            home.tables.current().read(answer.read());
            return answer.says();
        }));
    }

    private static IllegalStateException outside() {
        return new IllegalStateException("rules are asked inside a decision, about its packet");
    }

    @Override
    public void put(long id, int priority, Match match, R rule) {
        context.checkOutside("changing rules");
        if (context.isStaged()) {
            copy().put(id, priority, match, rule);
        }
        context.whenAtWork(() -> list.put(id, priority, match, rule));
    }

    @Override
    public void remove(long id) {
        context.checkOutside("changing rules");
        if (context.isStaged()) {
            copy().remove(id);
        }
        context.whenAtWork(() -> list.remove(id));
    }

    private RuleList copy() {
        if (copy == null) {
            copy = context.reach(list::copy);
        }
        return copy;
    }
}
