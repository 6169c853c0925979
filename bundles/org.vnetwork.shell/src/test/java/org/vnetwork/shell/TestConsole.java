package org.vnetwork.shell;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.vnetwork.shell.text.Ink;

/** A command line on a host in memory, with Gogo's own processor and without a framework. */
final class TestConsole implements AutoCloseable {
    final FakeHost host = new FakeHost();
    final CommandSet commands;
    final CommandProcessor processor;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(printed, false, StandardCharsets.UTF_8);
    private final ByteArrayOutputStream failed = new ByteArrayOutputStream();
    private final CommandLine line;
    private boolean succeeded;
    /** Columns of the terminal; 0 for none. */
    int width;

    TestConsole() {
        this(null);
    }

    /** A console with a framework's bundles. */
    TestConsole(BundleContext framework) {
        commands = Shell.commands(host, host, host, framework);
        processor = processor(commands, framework);
        line = new CommandLine(processor, commands, stream, new PrintStream(failed, false, StandardCharsets.UTF_8), Ink.PLAIN, () -> width);
    }

    private static CommandProcessor processor(CommandSet commands, BundleContext framework) {
        CommandProcessorImpl processor = new CommandProcessorImpl(null);
        commands.all().forEach(c -> processor.addCommand(c.scope(), c, c.function()));
        processor.addConverter(new TextConverter(framework));
        return processor;
    }

    /** A console that has run some lines, all of which succeeded. */
    static TestConsole after(String... lines) {
        TestConsole console = new TestConsole();
        for (String line : lines) {
            String output = console.run(line);
            if (!console.succeeded) {
                throw new AssertionError(line + ": " + output);
            }
        }
        return console;
    }

    /** What a line prints, to both streams. */
    String run(String command) {
        return run(command, false);
    }

    String run(String command, boolean json) {
        printed.reset();
        failed.reset();
        succeeded = line.run(command, json);
        return printed.toString(StandardCharsets.UTF_8) + errors();
    }

    /** What the last line printed to standard error. */
    String errors() {
        return failed.toString(StandardCharsets.UTF_8);
    }

    boolean succeeded() {
        return succeeded;
    }

    @Override
    public void close() {
        line.close();
    }
}
