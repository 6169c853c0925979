package org.vnetwork.shell.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.model.Refusal;

/** Reads the values that commands take. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    private Values() {
    }

    /** A whole number between two others. */
    static int number(String what, String text, int least, int most) {
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one refusal below.
        }
        throw Refusal.value(what, text, least + ".." + (most == Integer.MAX_VALUE ? "" : most));
    }

    /** A number and its unit: {@code 10s}. */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw Refusal.value("duration", text, "a number and a unit of ms, s, m, h, d, as in 10s");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /** What {@code --fail} says: whether a failure lets frames pass. */
    static boolean failOpen(String text) {
        if (!text.equals("open") && !text.equals("closed")) {
            throw Refusal.value("--fail", text, "open or closed");
        }
        return text.equals("open");
    }

    /** A port of the host: its name where only one switch has it, else {@code switch/port}. */
    static HostPort hostPort(String text, HostDocument document) {
        int slash = text.indexOf('/');
        if (slash >= 0) {
            SwitchDocument owner = document.need(text.substring(0, slash));
            return new HostPort(owner.name(), owner.need(text.substring(slash + 1)).name());
        }
        var owners = document.switches().stream().filter(s -> s.find(text).isPresent()).map(SwitchDocument::name).toList();
        if (owners.size() == 1) {
            return new HostPort(owners.getFirst(), text);
        }
        if (owners.isEmpty()) {
            throw Refusal.value("port", text, "a port of this host", "port:list shows them");
        }
        throw Refusal.value("port", text, "SWITCH/PORT, since " + String.join(" and ", owners) + " have one of this name");
    }

    /** A port and its switch. */
    record HostPort(String switchName, String port) {
    }
}
