package org.vnetwork.launcher;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.LoggerFactory;

/** Puts what bundles print to standard output and standard error into the log, line by line, instead of onto the console's prompt. */
final class StandardStreams {
    private static final StackWalker WALKER = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
    /** Stands between System.out and this, as it gives each of its sessions streams of its own. */
    private static final String GOGO = "org.apache.felix.gogo.runtime";
    /** Longest line; what goes on is a line of its own. */
    private static final int LINE_SIZE = 8192;

    private StandardStreams() {
    }

    /** From now on; who printed is the name of the logger, where a bundle did. */
    static void toLog() {
        System.setOut(stream((who, line) -> LoggerFactory.getLogger(who).info("standard output: {}", line)));
        System.setErr(stream((who, line) -> LoggerFactory.getLogger(who).warn("standard error: {}", line)));
    }

    /** A stream that gives each line, and who ended it, to a taker. */
    static PrintStream stream(BiConsumer<String, String> lines) {
        return new PrintStream(new Lines(lines), true, StandardCharsets.UTF_8);
    }

    private static String caller() {
        return WALKER.walk(frames -> frames.map(StackFrame::getDeclaringClass).map(FrameworkUtil::getBundle)
                .filter(b -> b != null && b.getBundleId() != 0 && !b.getSymbolicName().equals(GOGO)).findFirst().map(Bundle::getSymbolicName).orElse("process"));
    }

    /** Lines of all threads, each whole. */
    private static final class Lines extends OutputStream {
        private final ThreadLocal<ByteArrayOutputStream> begun = ThreadLocal.withInitial(ByteArrayOutputStream::new);
        private final ThreadLocal<Boolean> telling = ThreadLocal.withInitial(() -> false);
        private final BiConsumer<String, String> lines;

        Lines(BiConsumer<String, String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(int octet) {
            ByteArrayOutputStream line = begun.get();
            if (octet != '\n') {
                line.write(octet);
            }
            if (octet == '\n' || line.size() >= LINE_SIZE) {
                tell(line.toString(StandardCharsets.UTF_8).stripTrailing());
                line.reset();
            }
        }

        /** A log that fails prints so itself: that is not told again. */
        private void tell(String line) {
            if (line.isEmpty() || telling.get()) {
                return;
            }
            telling.set(true);
            try {
                lines.accept(caller(), line);
            } finally {
                telling.set(false);
            }
        }

        @Override
        public void flush() {
            // A line that is not at its end waits for that.
        }
    }
}
