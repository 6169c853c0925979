package org.vnetwork.shell.command;

import java.util.Optional;
import org.vnetwork.control.Page;

/**
 * Which part of a long list to print.
 *
 * @param from how much to pass over
 * @param limit how much to print
 */
public record Range(@Option(value = "from", kind = Kind.COUNT, help = "pass over so many; none unless given") Optional<String> from,
        @Option(value = "limit", kind = Kind.COUNT, help = "print at most so many; 1000 unless given") Optional<String> limit) {
    int first() {
        return from.map(text -> Values.number("--from", text, 0, Integer.MAX_VALUE)).orElse(0);
    }

    int most() {
        return limit.map(text -> Values.number("--limit", text, 1, Integer.MAX_VALUE)).orElse(Page.PRESET);
    }
}
