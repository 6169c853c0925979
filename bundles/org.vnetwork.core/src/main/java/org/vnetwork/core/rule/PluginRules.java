package org.vnetwork.core.rule;

import org.vnetwork.core.decide.RawPacket;
import org.vnetwork.core.row.Tables;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;

/** A rule list as a plugin sees it. Loop thread only. */
public final class PluginRules<R extends Record> implements RuleTable<R> {
    private final Tables tables;
    private final RuleList list;
    private final Class<R> type;
    private final boolean scratch;

    /** {@code scratch}: the list is a preview's own, so that it may change although a decision's overlay is open. */
    public PluginRules(Tables tables, RuleList list, Class<R> type, boolean scratch) {
        this.scratch = scratch;
        this.tables = tables;
        this.list = list;
        this.type = type;
    }

    @Override
    public R first(Packet packet) {
        tables.checkThread();
        if (!tables.deciding() || !(packet instanceof RawPacket raw)) {
            throw new IllegalStateException("rules are asked inside a decision, about its packet");
        }
        RuleList.Answer answer = list.first(raw);
        tables.current().read(answer.read());
        return type.cast(answer.says());
    }

    @Override
    public void put(long id, int priority, Match match, R rule) {
        checkOutside();
        list.put(id, priority, match, rule);
    }

    @Override
    public void remove(long id) {
        checkOutside();
        list.remove(id);
    }

    private void checkOutside() {
        tables.checkThread();
        if (tables.deciding() && !scratch) {
            throw new IllegalStateException("rules do not change inside a decision; timers and listeners change them");
        }
    }
}
