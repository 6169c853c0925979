package org.vnetwork.shell;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.control.Host;
import org.vnetwork.control.HostView;
import org.vnetwork.shell.text.Ink;

/**
 * The interactive console, on a thread of its own: prompt, completion, history, colours.
 *
 * <p>Runs when framework property {@code vnet.daemon} is not true and standard input and output are a terminal. Its end, by
 * {@code exit} or Ctrl-D, stops the framework and so the host.
 */
@Component(service = {}, immediate = true)
public final class Console {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final String DEFAULT_HOST = "default";
    private final BundleContext context;
    private final Shell shell;
    private final Thread thread;
    private volatile boolean ended;
    private volatile boolean stopping;
    private volatile Terminal terminal;

    /** Called by the component runtime. */
    @Activate
    public Console(BundleContext context, @Reference Shell shell) {
        this.context = context;
        this.shell = shell;
        boolean atTerminal = System.console() != null && System.console().isTerminal();
        boolean wanted = atTerminal && !Boolean.parseBoolean(context.getProperty("vnet.daemon"));
        thread = wanted ? Thread.ofPlatform().daemon().name("console").start(this::run) : null;
    }

    private void run() {
        try (Terminal opened = TerminalBuilder.builder().name("vNetwork").system(true).nativeSignals(true).signalHandler(Terminal.SignalHandler.SIG_IGN).build()) {
            terminal = opened;
            // NB: not terminal.writer(): Gogo wants a stream, and one buffer keeps the order.
            PrintStream out = new PrintStream(opened.output(), false, StandardCharsets.UTF_8);
            try (CommandLine line = shell.commandLine(out, out, Ink.TERMINAL, opened::getWidth)) {
                line.put(GeneralCommands.END, (Runnable) () -> ended = true);
                banner(out, shell.host().status());
                read(reader(opened), line, prompt(shell.host()));
                out.println("console ended: the host shuts down");
                out.flush();
            }
            if (!stopping) {
                takeDown();
                context.getBundle(0).stop();
            }
        } catch (IOException | BundleException e) {
            LOG.error("console: cannot go on", e);
        }
    }

    /** Whoever ends the console ends the host for good, as {@code ./vnet down} does: what forwards in the kernel goes too. */
    private void takeDown() throws IOException {
        String folder = context.getProperty("vnet.run.dir");
        if (folder != null) {
            Files.writeString(Path.of(folder, "down"), "remove\n");
        }
    }

    private static void banner(PrintStream out, HostView host) {
        out.println(Ink.TERMINAL.bold("vNetwork " + host.version()) + ", host " + host.name() + ", datapath " + host.datapath() + " (" + host.datapathReason() + ")");
        if (!host.configuration().equals(HostView.AS_WRITTEN)) {
            out.println(Ink.TERMINAL.red("configuration: " + host.configuration()));
        }
        out.println("help lists the commands, TAB completes, Ctrl-D shuts the host down");
        out.flush();
    }

    private static String prompt(Host host) {
        String name = host.status().name();
        return Ink.TERMINAL.bold(name.equals(DEFAULT_HOST) ? "vnet> " : "vnet " + name + "> ");
    }

    private LineReader reader(Terminal terminal) {
        String folder = context.getProperty("vnet.data.dir");
        Completion completion = shell.completion();
        LineReaderBuilder builder = LineReaderBuilder.builder().appName("vnet").terminal(terminal).parser(new DefaultParser())
                .completer((reader, line, candidates) -> complete(completion, line, candidates))
                // NB: without it JLine takes ! in a line for history expansion.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_DUPS, true);
        if (folder != null) {
            builder.variable(LineReader.HISTORY_FILE, Path.of(folder, "history"));
        }
        return builder.build();
    }

    private static void complete(Completion completion, ParsedLine line, List<Candidate> candidates) {
        List<String> words = new ArrayList<>(line.words().subList(0, line.wordIndex()));
        words.add(line.word().substring(0, line.wordCursor()));
        try {
            for (Completion.Offer o : completion.offers(words)) {
                candidates.add(new Candidate(o.text(), o.text(), null, o.help().isEmpty() ? null : o.help(), null, null, o.complete()));
            }
        } catch (RuntimeException e) {
            // A host that fails or stops must not take the line that is being typed with it.
            LOG.warn("console: no completion of {}", line.line(), e);
        }
    }

    private void read(LineReader reader, CommandLine commands, String prompt) {
        while (!ended) {
            try {
                String line = reader.readLine(prompt);
                if (!line.isBlank()) {
                    commands.run(line, false);
                }
            } catch (UserInterruptException e) {
                // Ctrl-C gives up the line.
            } catch (EndOfFileException e) {
                ended = true;
            }
        }
    }

    /** Gives the terminal back when the host stops for another reason than the console's end. */
    @Deactivate
    void stop() throws IOException {
        stopping = true;
        Terminal open = terminal;
        if (open != null && !ended) {
            // NB: not an interrupt: the thread reads the terminal in a system call that Java cannot interrupt. When the process ends JLine
            // has closed the terminal by now, so that the line feed takes another way.
            open.close();
            new FileOutputStream(FileDescriptor.out).write('\n');
        }
    }
}
