package org.vnetwork.datapath.user;

import java.net.NoRouteToHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel said of a system call that failed, without the call. */
final class Failure {
    /** Netty: {@code bind(..) failed with error(-98): Address already in use}. */
    private static final Pattern NATIVE = Pattern.compile(".*failed(?: with error\\(-?\\d+\\))?: ([^:]+?)(?:: .*)?", Pattern.DOTALL);

    private Failure() {
    }

    static String text(Exception failure) {
        if (failure instanceof NoRouteToHostException) {
            // NB: Netty's has no text.
            return "no route to host";
        }
        String message = String.valueOf(failure.getMessage());
        Matcher matcher = NATIVE.matcher(message);
        String said = matcher.matches() ? matcher.group(1) : message;
        return said.isEmpty() ? failure.getClass().getSimpleName() : Character.toLowerCase(said.charAt(0)) + said.substring(1).strip();
    }
}
