package org.vnetwork.shell.text;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Text of single values. */
final class Cells {
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Cells() {
    }

    /** A value on one line; {@code -} when there is nothing to show. */
    static String text(Object value) {
        String text = switch (value) {
            case null -> "";
            case Boolean flag -> flag ? "yes" : "no";
            case Collection<?> items -> items.stream().map(Cells::text).collect(Collectors.joining(", "));
            case Map<?, ?> map -> map.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
            default -> value.toString();
        };
        return text.isEmpty() ? "-" : text.replaceAll("\\R", " ");
    }

    /** A length of time in at most two units: {@code 250ms}, {@code 12.5s}, {@code 5m10s}, {@code 3h5m}, {@code 2d4h}. */
    static String millis(long millis) {
        if (millis < 0) {
            return "-";
        }
        if (millis < SECOND && millis > 0) {
            return millis + "ms";
        }
        if (millis < MINUTE) {
            return millis / SECOND + (millis % SECOND / 100 == 0 ? "" : "." + millis % SECOND / 100) + "s";
        }
        if (millis < HOUR) {
            return two(millis, MINUTE, "m", SECOND, "s");
        }
        return millis < DAY ? two(millis, HOUR, "h", MINUTE, "m") : two(millis, DAY, "d", HOUR, "h");
    }

    private static String two(long millis, long large, String largeUnit, long small, String smallUnit) {
        long rest = millis % large / small;
        return millis / large + largeUnit + (rest == 0 ? "" : rest + smallUnit);
    }
}
