package org.vnetwork.control;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Views of the host and its switches. Callable from any thread; each answer is taken on the switch's loop, whole. */
@ProviderType
public interface Host {
    /** What runs, since when, on which drivers. */
    HostView status();

    /** Installed forwarding engines. */
    List<PluginView> engines();

    /** Installed filters. */
    List<PluginView> filters();

    /** Installed datapath drivers, and why one cannot be used. */
    List<PluginView> datapaths();

    /** What the driver of this name can do. */
    DatapathView datapath(String name);

    /** Name of the driver of a switch that is created without naming one. */
    String defaultDatapath();

    /** All switches. */
    List<SwitchView> switches();

    /** Ports of a switch. */
    List<PortView> ports(String switchName);

    /** Installed flows of a switch, the most used first. */
    List<FlowView> flows(String switchName);

    /** One flow, by its id. */
    FlowView flow(String switchName, int id);

    /** Tables of a switch. */
    List<TableView> tables(String switchName);

    /** Rows of a table; {@code table} is a data type's id with or without its version. */
    List<RowView> rows(String switchName, String table);

    /** What the keys and rows of a table consist of; {@code table} as in {@link #rows}. */
    List<ColumnView> columns(String switchName, String table);

    /**
     * Removes a row that an engine or a filter wrote; a row that was placed goes by {@link Edits#removeRow} instead.
     *
     * @param row its key; its row components do not matter
     * @param only whether to look for it alone, and change nothing
     * @throws org.vnetwork.model.Refusal when there is none of this key, or the table follows the configuration
     */
    void removeRow(String switchName, RowDocument row, boolean only);

    /** Rules of a switch, by data type, the first to be asked first. */
    List<RuleView> rules(String switchName);

    /** Drops of a switch by port and reason, only those above zero. */
    List<DropView> drops(String switchName);

    /** Limits of a switch, and how near it is to them. */
    List<LimitView> limits(String switchName);

    /** Counters that a switch's plugins named, in the order of plugin and name. */
    List<CounterView> counters(String switchName);

    /** Begins the counting of drops anew. */
    void resetDrops(String switchName);

    /**
     * Runs a frame through the pipeline without sending it, and without any effect.
     *
     * @param frame octets of a frame, 14 or more
     */
    TraceView trace(String switchName, String port, byte[] frame);

    /** Latest events, oldest first, at most 1,000. */
    List<EventView> events();
}
