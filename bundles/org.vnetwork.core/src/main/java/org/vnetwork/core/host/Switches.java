package org.vnetwork.core.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.run.EventLog;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.model.Refusal;

/** The switches that run on this host. Any thread; changes come from the configuration alone, one after the other. */
@Component(service = Switches.class)
public final class Switches {
    private final HostSettings settings;
    private final Installed installed;
    private final EventLog events = new EventLog();
    private final EngineChoice engines = new EngineChoice(this);
    private final Map<String, VirtualSwitch> running = new LinkedHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, String> failures = (name, plugin) -> { };

    /** A host without switches. */
    @Activate
    public Switches(BundleContext context, @Reference Installed installed) {
        this.settings = HostSettings.of(context);
        this.installed = installed;
        installed.started();
        installed.refused().tell(line -> events.add("host " + settings.name(), line));
    }

    @Deactivate
    void close() {
        List<VirtualSwitch> all;
        synchronized (running) {
            all = List.copyOf(running.values());
            running.clear();
        }
        boolean keep = !settings.isTakenDown();
        all.forEach(each -> close(each, keep));
    }

    private void close(VirtualSwitch closed, boolean keep) {
        try {
            closed.close(keep);
        } catch (Throwable e) {
            events.add("switch " + closed.name(), "did not close cleanly: " + e);
        }
    }

    /** Has failures of plugins told by the name of the switch and {@code engine x} or {@code filter x}, on the loop of that switch. */
    void onFailure(BiConsumer<String, String> listener) {
        failures = listener;
    }

    HostSettings settings() {
        return settings;
    }

    Installed installed() {
        return installed;
    }

    EventLog events() {
        return events;
    }

    EngineChoice engines() {
        return engines;
    }

    Collection<VirtualSwitch> all() {
        synchronized (running) {
            return List.copyOf(running.values());
        }
    }

    Optional<VirtualSwitch> find(String name) {
        synchronized (running) {
            return Optional.ofNullable(running.get(name));
        }
    }

    /** A running switch; refused with the names of those that run. */
    VirtualSwitch need(String name) {
        return find(name).orElseThrow(() -> {
            if (problems.containsKey(name)) {
                return new Refusal("switch " + name + " is configured but does not run: " + problems.get(name));
            }
            String names = all().stream().map(VirtualSwitch::name).limit(8).collect(Collectors.joining(", "));
            return Refusal.value("switch", name, names.isEmpty() ? "one that exists, and none does" : "one of " + names, "switch:list shows them, switch:create makes one");
        });
    }

    /** Starts a switch without ports; its engine may be missing. When that fails, whatever fails, nothing of it is left. */
    VirtualSwitch start(SwitchDocument document) {
        String name = document.name();
        DatapathDriver driver = driver(document.datapath());
        try {
            Datapath datapath = driver.open(settings.name(), name, settings.runFolder());
            VirtualSwitch started = start(name, driver, datapath);
            synchronized (running) {
                running.put(name, started);
            }
            problem(name, null);
            return started;
        } catch (DatapathException e) {
            throw new Refusal(e.getMessage(), e);
        }
    }

    private VirtualSwitch start(String name, DatapathDriver driver, Datapath datapath) {
        Path file = settings.runFolder().resolve(name + ".journal");
        boolean known = Files.exists(file);
        Journal journal = Journal.none();
        try {
            if (datapath.outlives()) {
                journal = Journal.open(file, settings.boot(), line -> events.add("switch " + name, line));
            }
            VirtualSwitch made = new VirtualSwitch(name, driver.name(), datapath, journal, installed.filters()::find, events);
            made.onFailure(plugin -> failures.accept(name, plugin));
            made.whenCutOff(installed::changed);
            return made;
        } catch (Throwable e) {
            Journal opened = journal;
            undo(datapath::close, e);
            undo(known ? opened::close : opened::delete, e);
            throw e;
        }
    }

    /** Does a step back; that it fails too is told with the first failure. */
    private static void undo(Runnable step, Throwable first) {
        try {
            step.run();
        } catch (Throwable e) {
            first.addSuppressed(e);
        }
    }

    /** Notes why a configured switch does not run (null: it need not any more), and says so once. */
    void problem(String name, String why) {
        if (why == null) {
            problems.remove(name);
        } else if (!why.equals(problems.put(name, why))) {
            events.add("switch " + name, "did not start: " + why);
        }
    }

    /** Why a configured switch does not run, or null. */
    String problem(String name) {
        return problems.get(name);
    }

    void stop(String name) {
        problem(name, null);
        engines.forget(name);
        VirtualSwitch stopped;
        synchronized (running) {
            stopped = running.remove(name);
        }
        if (stopped != null) {
            close(stopped, false);
        }
    }

    /** A driver that can work here. */
    DatapathDriver driver(String name) {
        DatapathDriver driver = installed.drivers().stream().filter(d -> d.name().equals(name)).findFirst()
                .orElseThrow(() -> Refusal.value("datapath", name, names(installed.drivers().stream().map(DatapathDriver::name).toList()), "datapath:list shows them"));
        driver.unavailable().ifPresent(why -> {
            throw new Refusal("datapath: " + name + " cannot be used here: " + why);
        });
        return driver;
    }

    static String names(List<String> names) {
        return names.isEmpty() ? "none is installed" : "one of " + String.join(", ", names);
    }
}
