package org.vnetwork.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vnetwork.model.Name;
import org.vnetwork.model.Refusal;

/**
 * Configuration of one switch.
 *
 * @param name unique on the host
 * @param engine name and generation of the forwarding engine
 * @param datapath name of the datapath driver
 * @param ports in order of creation, names and ids unique
 * @param rows table rows that the administrator placed
 * @param limits of the switch and its ports
 * @param failOpen what becomes of frames that no flow knows while the engine is not installed: true, the built-in learning engine decides; false, they are dropped. Flows go on
 *     either way
 * @param trial what comes back unless the engine is confirmed; empty when nothing waits
 */
public record SwitchDocument(String name, PluginDocument engine, String datapath, List<PortDocument> ports, List<RowDocument> rows, LimitsDocument limits, boolean failOpen,
        Optional<TrialDocument> trial) {
    public SwitchDocument {
        Name.check("switch", name);
        Name.check("datapath", datapath);
        ports = List.copyOf(ports);
        rows = List.copyOf(rows);
        Unique.check("port", ports.stream().map(PortDocument::name).toList());
        Unique.check("port id", ports.stream().map(p -> String.valueOf(p.id())).toList());
    }

    /** A switch that fails closed, its engine as commands name it. */
    public SwitchDocument(String name, String engine, String datapath, List<PortDocument> ports, List<RowDocument> rows, LimitsDocument limits) {
        this(name, PluginDocument.parse("engine", engine), datapath, ports, rows, limits, false, Optional.empty());
    }

    /** A switch that fails closed, with its limits as preset. */
    public SwitchDocument(String name, String engine, String datapath, List<PortDocument> ports, List<RowDocument> rows) {
        this(name, engine, datapath, ports, rows, LimitsDocument.PRESET);
    }

    /** The port of this name, if there is one. */
    public Optional<PortDocument> find(String port) {
        return ports.stream().filter(p -> p.name().equals(port)).findFirst();
    }

    /** The ports by their names, for those who ask for many. */
    public Map<String, PortDocument> portsByName() {
        return ports.stream().collect(Collectors.toMap(PortDocument::name, port -> port));
    }

    /**
     * The port of this name.
     *
     * @throws Refusal when there is none
     */
    public PortDocument need(String port) {
        return find(port).orElseThrow(() -> Refusal.value("port", port, Unique.oneOf(ports.stream().map(PortDocument::name).toList()),
                "port:list " + name + " shows them"));
    }

    /** This switch with another engine. */
    public SwitchDocument withEngine(PluginDocument other, Optional<TrialDocument> waiting) {
        return new SwitchDocument(name, other, datapath, ports, rows, limits, failOpen, waiting);
    }

    /** This switch with other ports. */
    public SwitchDocument withPorts(List<PortDocument> others) {
        return new SwitchDocument(name, engine, datapath, others, rows, limits, failOpen, trial);
    }

    /** This switch with other placed rows. */
    public SwitchDocument withRows(List<RowDocument> others) {
        return new SwitchDocument(name, engine, datapath, ports, others, limits, failOpen, trial);
    }

    /** This switch with other limits. */
    public SwitchDocument withLimits(LimitsDocument others) {
        return new SwitchDocument(name, engine, datapath, ports, rows, others, failOpen, trial);
    }

    /** This switch with another policy for the time when its engine is not installed. */
    public SwitchDocument withFailOpen(boolean open) {
        return new SwitchDocument(name, engine, datapath, ports, rows, limits, open, trial);
    }
}
