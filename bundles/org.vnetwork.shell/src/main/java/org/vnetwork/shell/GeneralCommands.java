package org.vnetwork.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Process;
import org.vnetwork.model.Refusal;
import org.vnetwork.shell.command.Argument;
import org.vnetwork.shell.command.Does;
import org.vnetwork.shell.command.Kind;
import org.vnetwork.shell.command.Scope;

/** Commands on the console itself, typed without a scope. */
@Scope(Scope.NONE)
public final class GeneralCommands {
    /** Session variable with the Runnable that ends the interactive console; only that console has it. */
    static final String END = "vnet.console.end";
    private final CommandSet commands;

    GeneralCommands(CommandSet commands) {
        this.commands = commands;
    }

    /** exit. */
    @Does(value = "Ends the interactive console and shuts the host down.", example = "exit")
    public void exit(CommandSession session) {
        if (!(session.get(END) instanceof Runnable end)) {
            throw new Refusal("exit: no interactive console (expected: vnet> prompt); ./vnet down stops a host in the background");
        }
        end.run();
    }

    /** grep. */
    @Does(value = "Prints the lines of what stands before | that contain a text.", example = "port:list | grep down")
    public String grep(@Argument(value = Kind.TEXT, help = "the text, upper and lower case as written") String text) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(Process.Utils.current().in(), StandardCharsets.UTF_8));
        return lines.lines().filter(line -> line.contains(text)).collect(Collectors.joining("\n"));
    }

    /** help. */
    @Does(value = "Lists the commands, all or those of a scope; with a command, its words and an example.", example = "help port:add")
    public Object help(@Argument(value = Kind.COMMAND, help = "a scope, or a command") Optional<String> command) {
        if (command.isEmpty()) {
            return summaries(commands.all());
        }
        Optional<ConsoleCommand> one = commands.find(command.get());
        if (one.isPresent()) {
            return one.get().help();
        }
        List<ConsoleCommand> inScope = commands.in(command.get().replaceFirst(":$", ""));
        if (inScope.isEmpty()) {
            throw commands.unknown(command.get());
        }
        return summaries(inScope);
    }

    private static List<?> summaries(List<ConsoleCommand> of) {
        return of.stream().map(ConsoleCommand::summary).toList();
    }
}
