package org.vnetwork.shell.command;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.vnetwork.model.Refusal;

/**
 * The option of a swap that may be taken back.
 *
 * @param within how long it waits to be confirmed
 */
public record Confirmation(@Option(value = "confirm-within", kind = Kind.DURATION,
        help = "1s..1d; without engine:confirm or filter:confirm by then, or when it fails, the one before comes back") Optional<String> within) {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(1);

    /** When the wait ends; empty for a swap that is final at once. */
    Optional<Instant> until() {
        return within.map(text -> {
            Duration wait = Values.duration(text);
            if (wait.compareTo(LEAST) < 0 || wait.compareTo(MOST) > 0) {
                throw Refusal.value("--confirm-within", text, "1s..1d");
            }
            return Instant.now().plus(wait);
        });
    }
}
