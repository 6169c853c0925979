package org.vnetwork.control;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Views of the host and its switches. Callable from any thread.
 *
 * <p>What concerns one switch is read on its loop, a few items at a time, so that the loop goes on between: a long list shows each item as it was when its turn came. A switch that does not
 * answer for two seconds, since an engine or filter hangs, is refused with the reason; {@link #status}, {@link #switches} and {@link #state} do not wait for it.
 */
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

    /** All switches; of one that does not answer what was seen of it last. */
    List<SwitchView> switches();

    /** Whether a switch answers: {@code ready}, or why not, with the plugin that hangs. */
    String state(String switchName);

    /** Ports of a switch. */
    List<PortView> ports(String switchName);

    /** Installed flows of a switch, the most used first. With more than 1,000 flows, counters are up to a second old. */
    Page<FlowView> flows(String switchName, FlowQuery query);

    /** One flow, by its id. */
    FlowView flow(String switchName, int id);

    /** Ids of installed flows that begin with these digits, ascending, at most so many. */
    List<Integer> flowIds(String switchName, String digits, int most);

    /** Tables of a switch. */
    List<TableView> tables(String switchName);

    /** Ids and versions of the data types of a switch's tables. */
    List<String> tableTypes(String switchName);

    /**
     * Rows of a table, in the order of their arrival.
     *
     * @param table a data type's id with or without its version
     * @param from how many rows to pass over, 0 or more
     * @param limit most rows to show, 1 or more
     */
    Page<RowView> rows(String switchName, String table, int from, int limit);

    /** What the keys and rows of a table consist of; {@code table} as in {@link #rows}. */
    List<ColumnView> columns(String switchName, String table);

    /**
     * Removes a row that an engine or a filter wrote; a row that was placed goes by {@link Edits#removeRow} instead.
     *
     * @param row its key; its row components do not matter
     * @param only whether to look for it alone, and change nothing
     * @throws org.vnetwork.model.Refusal when there is none of this key, or the rows of the table are the platform's own
     */
    void removeRow(String switchName, RowDocument row, boolean only);

    /**
     * Writes the rows of a table to a file that says what they are, whether or not the bundle of their type is installed.
     *
     * @param table as in {@link #rows}
     * @param file absolute; replaced as a whole
     * @return a line of what was written
     * @throws org.vnetwork.model.Refusal when it cannot be written; then it is as it was
     */
    String exportRows(String switchName, String table, Path file);

    /**
     * Puts the rows of a file that {@link #exportRows} wrote; rows of the same keys become others, those that the file does not have stay.
     *
     * @param table as in {@link #rows}
     * @param file absolute
     * @param only whether to check alone, and change nothing
     * @return what is done, a line each
     * @throws org.vnetwork.model.Refusal when any row cannot be put; then nothing is changed
     */
    List<String> importRows(String switchName, String table, Path file, boolean only);

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
