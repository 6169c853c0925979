package org.vnetwork.datapath.user;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a port's own code threw, though it should not: the port is down with it until a look after it passes, and no other port notices.
 *
 * <p>Used with the port's lock held.
 */
final class Fault {
    private static final Logger LOG = LoggerFactory.getLogger(Fault.class);

    private final BiConsumer<String, Throwable> log;
    private final Set<String> logged = new HashSet<>();
    private final List<Interest> resting = new ArrayList<>();
    private String text = "";

    Fault() {
        this(LOG::error);
    }

    /** {@code log}: gets a line for the first of each kind, however often it comes. */
    Fault(BiConsumer<String, Throwable> log) {
        this.log = log;
    }

    /** Notes one; {@code doing}: what went wrong, {@code socket}: not to be watched before the next look, or null. */
    void note(String doing, Throwable why, Interest socket) {
        text = log(doing, why);
        if (socket == null || resting.contains(socket)) {
            return;
        }
        resting.add(socket);
        try {
            socket.rest(true);
        } catch (RuntimeException e) {
            log(doing, e);
        }
    }

    /** Has one that brings nothing down be known; what it says, in one line. */
    String log(String doing, Throwable why) {
        String line = doing + " failed: " + why.toString().lines().findFirst().orElseThrow() + " (a fault of the switch's own: see the log)";
        if (logged.add(doing + why.getClass().getName())) {
            log.accept(line, why);
        }
        return line;
    }

    /** A look at the port passed: it may work on. */
    void end() {
        text = "";
        while (!resting.isEmpty()) {
            resting.getLast().rest(false);
            resting.removeLast();
        }
    }

    boolean isThere() {
        return !text.isEmpty();
    }

    /** Why the port is down; empty when it is not for a fault. */
    String text() {
        return text;
    }
}
