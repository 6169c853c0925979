package org.vnetwork.core.host;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;
import org.vnetwork.model.FastWay;

/** What lies between two configurations, a line each. */
final class Differences {
    private final List<String> lines = new ArrayList<>();

    private Differences() {
    }

    static List<String> between(HostDocument before, HostDocument after) {
        Differences differences = new Differences();
        for (SwitchDocument old : before.switches()) {
            if (after.find(old.name()).isEmpty()) {
                differences.lines.add("- " + text(old));
                old.ports().forEach(p -> differences.lines.add("- " + text(old, p)));
            }
        }
        for (SwitchDocument now : after.switches()) {
            Optional<SwitchDocument> old = before.find(now.name());
            if (old.isEmpty()) {
                differences.lines.add("+ " + text(now));
            }
            differences.inSwitch(old.orElse(now.withPorts(List.of()).withRows(List.of()).withLimits(LimitsDocument.PRESET)), now);
        }
        return List.copyOf(differences.lines);
    }

    private void inSwitch(SwitchDocument before, SwitchDocument after) {
        if (!before.engine().equals(after.engine())) {
            lines.add("~ switch " + after.name() + ": engine " + before.engine() + " -> " + after.engine() + waits(after.trial()));
        } else if (!before.trial().equals(after.trial())) {
            lines.add("~ switch " + after.name() + ": engine " + after.engine() + " is confirmed");
        }
        if (before.failOpen() != after.failOpen()) {
            lines.add("~ switch " + after.name() + ": fails " + fails(before.failOpen()) + " -> " + fails(after.failOpen()));
        }
        for (Limit limit : Limit.values()) {
            if (before.limits().of(limit) != after.limits().of(limit)) {
                lines.add("~ switch " + after.name() + ": " + limit.text() + " " + before.limits().of(limit) + " -> " + after.limits().of(limit));
            }
        }
        Map<String, PortDocument> nowByName = after.portsByName();
        Map<String, PortDocument> oldByName = before.portsByName();
        before.ports().stream().filter(p -> !nowByName.containsKey(p.name())).forEach(p -> lines.add("- " + text(after, p)));
        for (PortDocument port : after.ports()) {
            Optional<PortDocument> old = Optional.ofNullable(oldByName.get(port.name()));
            if (old.isEmpty()) {
                lines.add("+ " + text(after, port));
            } else {
                change(after, port, attachment(old.get()), attachment(port));
                change(after, port, old.get().vlan().toString(), port.vlan().toString());
                change(after, port, "fast " + old.get().options().fast(), "fast " + port.options().fast());
            }
            filters(port, old.map(PortDocument::filters).orElse(List.of()));
        }
        rows(before, after, "- ");
        rows(after, before, "+ ");
    }

    private void change(SwitchDocument s, PortDocument port, String before, String after) {
        if (!before.equals(after)) {
            lines.add("~ port " + port.name() + " of " + s.name() + ": " + before + " -> " + after);
        }
    }

    private void filters(PortDocument port, List<FilterDocument> before) {
        before.stream().filter(f -> find(port.filters(), f) == null).forEach(f -> lines.add("- " + text(port, f)));
        for (FilterDocument now : port.filters()) {
            FilterDocument old = find(before, now);
            if (old == null) {
                lines.add("+ " + text(port, now));
            } else if (!old.filter().equals(now.filter())) {
                lines.add("~ slot " + now.slot() + " of " + port.name() + ": filter " + old.filter() + " -> " + now.filter() + waits(now.trial()));
            } else if (!old.trial().equals(now.trial())) {
                lines.add("~ slot " + now.slot() + " of " + port.name() + ": filter " + now.filter() + " is confirmed");
            }
        }
    }

    /** What has the place of a filter and fails the same way, or null: a change of that is told as two. */
    private static FilterDocument find(List<FilterDocument> filters, FilterDocument like) {
        return filters.stream().filter(f -> f.slot() == like.slot() && f.failOpen() == like.failOpen()).findFirst().orElse(null);
    }

    private static String waits(Optional<TrialDocument> trial) {
        return trial.map(t -> ", to be confirmed until " + t.until().truncatedTo(ChronoUnit.SECONDS)).orElse("");
    }

    private void rows(SwitchDocument having, SwitchDocument lacking, String sign) {
        for (RowDocument row : having.rows()) {
            if (!lacking.rows().contains(row)) {
                String says = row.row().isEmpty() ? "" : " = " + RowDocument.text(row.row());
                lines.add(sign + "row " + row.place() + says + " of " + having.name());
            }
        }
    }

    private static String text(SwitchDocument s) {
        return "switch " + s.name() + ": engine " + s.engine() + ", datapath " + s.datapath() + (s.failOpen() ? ", fails open" : "");
    }

    private static String fails(boolean open) {
        return open ? "open" : "closed";
    }

    private static String text(SwitchDocument s, PortDocument p) {
        return "port " + p.name() + " of " + s.name() + ": " + attachment(p) + ", " + p.vlan()
                + (p.options().fast() == FastWay.AUTO ? "" : ", fast " + p.options().fast());
    }

    private static String attachment(PortDocument p) {
        int queues = p.options().queues();
        return p.attachment().equals("sim") ? "sim" : p.attachment() + " " + p.device() + (queues == 1 ? "" : ", " + queues + " queues");
    }

    private static String text(PortDocument port, FilterDocument f) {
        return "filter " + f.filter() + " in slot " + f.slot() + " of " + port.name() + ", fails " + fails(f.failOpen());
    }
}
