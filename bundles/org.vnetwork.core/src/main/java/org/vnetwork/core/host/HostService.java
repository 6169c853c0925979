package org.vnetwork.core.host;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.ColumnView;
import org.vnetwork.control.CounterView;
import org.vnetwork.control.DatapathView;
import org.vnetwork.control.DropView;
import org.vnetwork.control.EventView;
import org.vnetwork.control.FlowQuery;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.Host;
import org.vnetwork.control.HostView;
import org.vnetwork.control.LimitView;
import org.vnetwork.control.Page;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.PortView;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.RowView;
import org.vnetwork.control.RuleView;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.control.TableView;
import org.vnetwork.control.TraceView;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.Field;

/** Answers what consoles ask about the host. */
@Component(service = Host.class)
public final class HostService implements Host {
    private final Switches switches;
    private final Configuration configuration;

    /** Views of these switches under this configuration. */
    @Activate
    public HostService(@Reference Switches switches, @Reference Configuration configuration) {
        this.switches = switches;
        this.configuration = configuration;
    }

    @Override
    public HostView status() {
        Choice choice = choice();
        int ports = configuration.current().switches().stream().mapToInt(s -> s.ports().size()).sum();
        long uptime = ManagementFactory.getRuntimeMXBean().getUptime() / 1000;
        return new HostView(switches.settings().name(), FrameworkUtil.getBundle(HostService.class).getVersion().toString(), ProcessHandle.current().pid(), uptime,
                choice.name(), choice.reason(), configuration.problem().orElse(HostView.AS_WRITTEN), configuration.current().switches().size(), ports);
    }

    /** The default driver and why it is. */
    private record Choice(String name, String reason) {
    }

    private Choice choice() {
        String asked = switches.settings().datapath();
        if (!asked.equals("auto")) {
            String caution = switches.installed().drivers().stream().filter(d -> d.name().equals(asked)).findFirst().map(HostService::caution).orElse("");
            return new Choice(asked, "as asked for with --datapath" + caution);
        }
        List<String> passed = new ArrayList<>();
        for (DatapathDriver driver : switches.installed().drivers()) {
            Optional<String> why = driver.unavailable();
            if (why.isEmpty()) {
                return new Choice(driver.name(), (passed.isEmpty() ? "the first choice, and possible here" : String.join("; ", passed)) + caution(driver));
            }
            passed.add(driver.name() + " is not possible: " + why.get());
        }
        return new Choice("sim", "no driver can be used");
    }

    private static String caution(DatapathDriver driver) {
        return driver.caution().map(caution -> "; " + caution).orElse("");
    }

    @Override
    public String defaultDatapath() {
        return choice().name();
    }

    @Override
    public List<PluginView> engines() {
        return new PluginViews(switches, configuration.current()).engines();
    }

    @Override
    public List<PluginView> filters() {
        return new PluginViews(switches, configuration.current()).filters();
    }

    @Override
    public List<PluginView> datapaths() {
        return switches.installed().drivers().stream().map(d -> {
            Bundle bundle = FrameworkUtil.getBundle(d.getClass());
            return new PluginView(d.name(), bundle.getVersion().toString(), bundle.getSymbolicName(), d.unavailable().orElse("ready"),
                    switches.all().stream().filter(s -> s.driver().equals(d.name())).map(s -> s.name()).toList());
        }).toList();
    }

    @Override
    public DatapathView datapath(String name) {
        List<DatapathDriver> drivers = switches.installed().drivers();
        DatapathDriver driver = drivers.stream().filter(d -> d.name().equals(name)).findFirst()
                .orElseThrow(() -> Refusal.value("datapath", name, "one of " + drivers.stream().map(DatapathDriver::name).toList()));
        Capabilities can = driver.capabilities();
        List<String> matches = Stream.of(Field.values()).filter(f -> f.inKey() && (can.matchable()[f.word()] & f.keyBits()) != 0).map(Field::text).toList();
        return new DatapathView(name, driver.unavailable().orElse("ready"), driver.attachments().stream().sorted().toList(), matches,
                can.settable().stream().sorted().map(Field::text).toList(), can.features().stream().sorted().map(f -> f.name().toLowerCase(Locale.ROOT).replace('_', ' ')).toList(),
                can.flows(), can.masksPerPort());
    }

    @Override
    public List<SwitchView> switches() {
        List<SwitchView> views = new ArrayList<>();
        for (SwitchDocument document : configuration.current().switches()) {
            views.add(switches.find(document.name()).map(running -> summary(running, document)).orElseGet(() -> without(document, notRunning(document.name()))));
        }
        return views;
    }

    private SwitchView summary(VirtualSwitch running, SwitchDocument document) {
        try {
            SwitchView view = running.views().summary();
            return new SwitchView(view.name(), PluginViews.engine(running, document), view.datapath(), view.ports(), view.flows(), view.masks(), view.upcalls(),
                    view.failures(), view.state());
        } catch (Refusal e) {
            return without(document, e.getMessage());
        }
    }

    private String notRunning(String name) {
        return "not running: " + switches.problem(name);
    }

    private static SwitchView without(SwitchDocument document, String why) {
        return new SwitchView(document.name(), document.engine().toString(), document.datapath(), document.ports().size(), 0, 0, 0, 0, why);
    }

    @Override
    public String state(String switchName) {
        Optional<VirtualSwitch> running = switches.find(switchName);
        if (running.isEmpty() && configuration.current().find(switchName).isPresent()) {
            return notRunning(switchName);
        }
        try {
            return switches.need(switchName).views().state();
        } catch (Refusal e) {
            return e.getMessage();
        }
    }

    @Override
    public List<PortView> ports(String switchName) {
        return switches.need(switchName).views().ports();
    }

    @Override
    public Page<FlowView> flows(String switchName, FlowQuery query) {
        return switches.need(switchName).views().flows(query);
    }

    @Override
    public FlowView flow(String switchName, int id) {
        return switches.need(switchName).views().flow(id);
    }

    @Override
    public List<Integer> flowIds(String switchName, String digits, int most) {
        return switches.need(switchName).views().flowIds(digits, most);
    }

    @Override
    public List<String> tableTypes(String switchName) {
        return switches.need(switchName).views().tableTypes();
    }

    @Override
    public List<TableView> tables(String switchName) {
        Set<String> installed = Stream.of(FrameworkUtil.getBundle(HostService.class).getBundleContext().getBundles()).map(Bundle::getSymbolicName).collect(Collectors.toSet());
        return switches.need(switchName).views().tables().stream()
                .map(t -> t.state().equals(TableView.UNUSED) && !t.bundle().isEmpty() && !installed.contains(t.bundle()) ? t.in(TableView.NOT_INSTALLED) : t).toList();
    }

    @Override
    public Page<RowView> rows(String switchName, String table, int from, int limit) {
        return switches.need(switchName).views().rows(table, from, limit);
    }

    @Override
    public List<ColumnView> columns(String switchName, String table) {
        return switches.need(switchName).views().columns(table);
    }

    @Override
    public void removeRow(String switchName, RowDocument row, boolean only) {
        VirtualSwitch home = switches.need(switchName);
        if (only) {
            home.placed().find(row);
        } else {
            home.removeRow(row);
        }
    }

    @Override
    public String exportRows(String switchName, String table, Path file) {
        return switches.need(switchName).rowFiles().write(table, file);
    }

    @Override
    public List<String> importRows(String switchName, String table, Path file, boolean only) {
        return switches.need(switchName).rowFiles().read(table, file, only);
    }

    @Override
    public List<RuleView> rules(String switchName) {
        return switches.need(switchName).views().rules();
    }

    @Override
    public List<CounterView> counters(String switchName) {
        return switches.need(switchName).views().counters();
    }

    @Override
    public List<DropView> drops(String switchName) {
        return switches.need(switchName).views().drops();
    }

    @Override
    public List<LimitView> limits(String switchName) {
        return switches.need(switchName).views().limits();
    }

    @Override
    public void resetDrops(String switchName) {
        switches.need(switchName).views().resetDrops();
    }

    @Override
    public TraceView trace(String switchName, String port, byte[] frame) {
        return switches.need(switchName).views().trace(port, frame);
    }

    @Override
    public List<EventView> events() {
        return switches.events().all();
    }
}
