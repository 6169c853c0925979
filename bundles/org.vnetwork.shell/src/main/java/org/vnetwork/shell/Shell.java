package org.vnetwork.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Host;
import org.vnetwork.control.Simulation;
import org.vnetwork.shell.command.BundleCommands;
import org.vnetwork.shell.command.ClockCommands;
import org.vnetwork.shell.command.ConfigCommands;
import org.vnetwork.shell.command.CounterCommands;
import org.vnetwork.shell.command.DatapathCommands;
import org.vnetwork.shell.command.DropCommands;
import org.vnetwork.shell.command.EngineCommands;
import org.vnetwork.shell.command.FilterCommands;
import org.vnetwork.shell.command.FlowCommands;
import org.vnetwork.shell.command.HostCommands;
import org.vnetwork.shell.command.LinkCommands;
import org.vnetwork.shell.command.PacketCommands;
import org.vnetwork.shell.command.PortCommands;
import org.vnetwork.shell.command.RuleCommands;
import org.vnetwork.shell.command.SwitchCommands;
import org.vnetwork.shell.command.TableCommands;
import org.vnetwork.shell.text.Ink;

/**
 * Publishes the commands to Gogo, all at once when the host is there: who can reach the console finds it complete.
 *
 * <p>Each command is a service with {@code osgi.command.scope} and {@code osgi.command.function}.
 */
@Component(service = Shell.class)
public final class Shell {
    private final BundleContext context;
    private final CommandProcessor processor;
    private final CommandSet commands;
    private final Host host;
    private final Configuration configuration;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /** Called by the component runtime. */
    @Activate
    public Shell(BundleContext context, @Reference CommandProcessor processor, @Reference Host host, @Reference Configuration configuration,
            @Reference Simulation simulation) {
        this.processor = processor;
        this.host = host;
        this.configuration = configuration;
        this.context = context;
        commands = commands(host, configuration, simulation, context);
        for (ConsoleCommand command : commands.all()) {
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put(CommandProcessor.COMMAND_SCOPE, command.scope());
            properties.put(CommandProcessor.COMMAND_FUNCTION, command.function());
            // Ours come before those of the same name in Gogo's own bundle.
            properties.put(Constants.SERVICE_RANKING, 1);
            registrations.add(context.registerService(Function.class, command, properties));
        }
        registrations.add(context.registerService(Converter.class, new TextConverter(context), null));
    }

    /** The commands of a host. */
    static CommandSet commands(Host host, Configuration configuration, Simulation simulation, BundleContext context) {
        return new CommandSet(List.of(new SwitchCommands(host, configuration), new PortCommands(host, configuration), new EngineCommands(host, configuration),
                new FilterCommands(host, configuration), new FlowCommands(host), new TableCommands(host, configuration), new RuleCommands(host), new DropCommands(host, configuration), new CounterCommands(host, configuration),
                new PacketCommands(simulation), new ClockCommands(simulation), new LinkCommands(simulation), new DatapathCommands(host), new HostCommands(host),
                new ConfigCommands(configuration), new BundleCommands(context)));
    }

    @Deactivate
    void stop() {
        registrations.forEach(ServiceRegistration::unregister);
    }

    CommandLine commandLine(PrintStream out, PrintStream err, Ink ink, IntSupplier width) {
        return new CommandLine(processor, commands, out, err, ink, width);
    }

    Completion completion() {
        return new Completion(commands, new Names(host, configuration, context));
    }

    Host host() {
        return host;
    }
}
