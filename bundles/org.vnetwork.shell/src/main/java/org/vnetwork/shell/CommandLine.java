package org.vnetwork.shell;

import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.felix.gogo.runtime.Closure;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.EOFError;
import org.apache.felix.gogo.runtime.Parser;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.gogo.runtime.Token;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.model.Refusal;
import org.vnetwork.shell.command.Scope;
import org.vnetwork.shell.text.Ink;
import org.vnetwork.shell.text.Json;
import org.vnetwork.shell.text.Text;
import org.vnetwork.shell.text.Wrap;

/**
 * Runs command lines and prints their results or errors: the one way for the interactive console, the socket and transcripts.
 *
 * <p>Has a Gogo session of its own, thus variables of its own. Used by one thread at a time.
 */
final class CommandLine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLine.class);
    private final CommandSet commands;
    private final CommandSession session;
    private final PrintStream out;
    private final PrintStream err;
    private final Ink ink;
    private final IntSupplier width;

    /**
     * Runs commands with output to two streams; they are flushed after each line and stay open.
     *
     * @param width columns that lines may have, asked for each; 0 for any
     */
    CommandLine(CommandProcessor processor, CommandSet commands, PrintStream out, PrintStream err, Ink ink, IntSupplier width) {
        this.width = width;
        this.commands = commands;
        this.out = out;
        this.err = err;
        this.ink = ink;
        session = processor.createSession(InputStream.nullInputStream(), out, new WithoutGogo(err));
        // NB: unless told otherwise, Gogo runs a verb without scope from any scope that has it.
        session.put("SCOPE", Scope.NONE);
        session.put(CommandSession.OPTION_NO_GLOB, true);
    }

    /** Sets a session variable. */
    void put(String name, Object value) {
        session.put(name, value);
    }

    /**
     * Runs a line: commands separated by {@code ;}, until the first that fails.
     *
     * @return whether all succeeded
     */
    boolean run(String line, boolean json) {
        try {
            for (String statement : statements(line)) {
                Object result = execute(statement);
                out.print(json && result != null ? Json.of(result) + "\n" : text(result));
            }
            return true;
        } catch (Exception e) {
            err.println(ink.red(Wrap.lines(message(line, e).replaceAll("\\s*\\R\\s*", " "), width.getAsInt())));
            return false;
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** Results of other bundles' commands print as their converters say, those that have none as they are. */
    private String text(Object result) {
        boolean plain = result == null || result instanceof CharSequence || result instanceof Record || result instanceof Collection<?>;
        String text = plain ? Text.of(result, ink, width.getAsInt()) : session.format(result, Converter.INSPECT).toString();
        return plain || text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    private Object execute(String statement) throws Exception {
        Object result = null;
        Exception failure = null;
        try {
            result = session.execute(statement);
        } catch (Exception e) {
            failure = e;
        }
        // What failed before a | comes first: the rest followed from it.
        if (session.get(Closure.PIPE_EXCEPTION) instanceof Exception earlier && earlier.getSuppressed()[0] instanceof Exception first) {
            failure = first;
        }
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    /** The parts of a line whose results are to be printed one by one. */
    private static List<String> statements(String line) {
        List<String> statements = new ArrayList<>();
        Parser parser = new Parser(line);
        boolean plain = true;
        for (Parser.Executable part : parser.program().tokens()) {
            if (part instanceof Parser.Operator) {
                plain &= Token.eq(part, ";") || Token.eq(part, "\n");
            } else {
                statements.add(part.toString());
            }
        }
        if (parser.statements().stream().anyMatch(s -> !s.redirections().isEmpty())) {
            throw new Refusal("redirection: not in this console; use ./vnet sh 'COMMAND' > FILE");
        }
        return plain ? statements : List.of(line);
    }

    private String message(String line, Exception failure) {
        return switch (failure) {
            case Refusal refusal -> refusal.getMessage();
            case CommandNotFoundException unknown -> commands.unknown(unknown.getCommand()).getMessage();
            case EOFError e -> "syntax: the line is not complete (" + e.getMessage() + ")";
            case EOFException e -> "syntax: the line is not complete (" + e.getMessage() + ")";
            case SyntaxError e -> "syntax: " + e.getMessage();
            default -> WrongWords.of(line, failure).orElseGet(() -> unexpected(line, failure));
        };
    }

    private static String unexpected(String line, Exception failure) {
        LOG.error("command failed: {}", line, failure);
        String message = failure.getMessage() == null ? "" : ": " + failure.getMessage();
        return line.strip() + ": failed with " + failure.getClass().getSimpleName() + message + "; the log has the details";
    }

    @Override
    public void close() {
        session.close();
    }

    /** Drops what Gogo itself says of a failure before a {@code |}: the failure is printed as any other. */
    private static final class WithoutGogo extends FilterOutputStream {
        private static final String PREFIX = "gogo: ";

        WithoutGogo(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (!new String(bytes, from, Math.min(length, PREFIX.length()), StandardCharsets.US_ASCII).equals(PREFIX)) {
                out.write(bytes, from, length);
            }
        }
    }
}
