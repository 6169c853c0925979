package org.vnetwork.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;

/** The edits that the console's configuration commands stand for. */
public final class Edits {
    private Edits() {
    }

    /** Adds a switch without ports, which fails closed. */
    public static Edit createSwitch(String name, String engine, String datapath) {
        return createSwitch(name, engine, datapath, false);
    }

    /** Adds a switch without ports; {@code failOpen}: as in {@link SwitchDocument}. */
    public static Edit createSwitch(String name, String engine, String datapath, boolean failOpen) {
        return document -> {
            if (document.find(name).isPresent()) {
                throw Refusal.value("switch", name, "a name that is not in use yet");
            }
            return new HostDocument(plus(document.switches(), new SwitchDocument(name, engine, datapath, List.of(), List.of()).withFailOpen(failOpen)));
        };
    }

    /** Removes a switch with its ports. */
    public static Edit removeSwitch(String name) {
        return document -> {
            SwitchDocument gone = document.need(name);
            return new HostDocument(document.switches().stream().filter(s -> s != gone).toList());
        };
    }

    /** Gives a switch another engine, {@code NAME} or {@code NAME@VERSION}, for good. */
    public static Edit swapEngine(String name, String engine) {
        return Swaps.engine(name, PluginDocument.parse("engine", engine), Optional.empty());
    }

    /** Sets what becomes of a switch's unknown frames while its engine is not installed, as in {@link SwitchDocument}. */
    public static Edit setFailOpen(String name, boolean failOpen) {
        return inSwitch(name, s -> s.withFailOpen(failOpen));
    }

    /** Adds a port whose device is used as usual; it gets the lowest free id. */
    public static Edit addPort(String switchName, String port, String attachment, String device, PortVlan vlan) {
        return addPort(switchName, port, attachment, device, vlan, DeviceOptions.PRESET);
    }

    /** Adds a port; it gets the lowest free id. */
    public static Edit addPort(String switchName, String port, String attachment, String device, PortVlan vlan, DeviceOptions options) {
        return document -> {
            for (SwitchDocument other : document.switches()) {
                for (PortDocument used : other.ports()) {
                    if (clash(attachment, device, used, other.name().equals(switchName))) {
                        throw Refusal.value(attachment, device, "one that is not in use; it is port " + used.name() + " of switch " + other.name());
                    }
                }
            }
            return inSwitch(switchName, s -> {
                if (s.find(port).isPresent()) {
                    throw Refusal.value("port", port, "a name that is not in use yet in switch " + switchName);
                }
                return s.withPorts(plus(s.ports(), new PortDocument(freeId(s), port, attachment, device, vlan, List.of(), options)));
            }).apply(document);
        };
    }

    /** Puts a port into other VLANs. */
    public static Edit setVlan(String switchName, String port, PortVlan vlan) {
        return inPort(switchName, port, p -> p.withVlan(vlan));
    }

    /** Says whether frames may go around a port's device. */
    public static Edit setFast(String switchName, String port, FastWay fast) {
        return inPort(switchName, port, p -> p.withOptions(p.options().withFast(fast)));
    }

    /** Removes a port. */
    public static Edit removePort(String switchName, String port) {
        return inSwitch(switchName, s -> {
            PortDocument gone = s.need(port);
            return s.withPorts(s.ports().stream().filter(p -> p != gone).toList());
        });
    }

    /** Adds a filter to a port; slot 0 means the lowest free one. */
    public static Edit addFilter(String switchName, String port, String filter, int slot, boolean failOpen) {
        return inPort(switchName, port, p -> {
            Set<Integer> used = p.filters().stream().map(FilterDocument::slot).collect(Collectors.toSet());
            int chosen = slot;
            while (chosen == 0 || slot == 0 && used.contains(chosen)) {
                chosen++;
            }
            if (used.contains(chosen)) {
                throw Refusal.value("slot", chosen, "a free slot of port " + port, "filter:list shows them");
            }
            return p.withFilters(plus(p.filters(), new FilterDocument(chosen, filter, failOpen)));
        });
    }

    /** Empties a slot of a port. */
    public static Edit removeFilter(String switchName, String port, int slot) {
        return inPort(switchName, port, p -> {
            List<FilterDocument> left = p.filters().stream().filter(f -> f.slot() != slot).toList();
            if (left.size() == p.filters().size()) {
                throw Refusal.value("slot", slot, "a slot of port " + port + " with a filter in it", "filter:list shows them");
            }
            return p.withFilters(left);
        });
    }

    /** Places a table row, instead of one with the same key. */
    public static Edit putRow(String switchName, RowDocument row) {
        return inSwitch(switchName, s -> s.withRows(plus(without(s.rows(), row), row)));
    }

    /** Removes a row that was placed; its row components do not matter. */
    public static Edit removeRow(String switchName, RowDocument row) {
        return inSwitch(switchName, s -> {
            List<RowDocument> left = without(s.rows(), row);
            if (left.size() == s.rows().size()) {
                throw Refusal.value("row", RowDocument.text(row.key()), "the key of a row that was placed in table " + row.table());
            }
            return s.withRows(left);
        });
    }

    /** Sets some limits of a switch. */
    public static Edit setLimits(String switchName, Map<Limit, Integer> changes) {
        return inSwitch(switchName, s -> s.withLimits(s.limits().with(changes)));
    }

    /**
     * Whether a port has the same device, or a socket of the same kind the same address of its own or of its peer; a tunnel the same remote address and
     * number. Many may be in one group, but a switch only once.
     */
    private static boolean clash(String attachment, String device, PortDocument used, boolean sameSwitch) {
        if (attachment.equals("sim") || used.attachment().equals("sim")) {
            return false;
        }
        String[] words = device.split(" ");
        String[] others = used.device().split(" ");
        boolean same = used.attachment().equals(attachment) || PortDocument.isDevice(attachment) && PortDocument.isDevice(used.attachment());
        if (same && attachment.equals("udp-multicast")) {
            return sameSwitch && words[0].equals(others[0]);
        }
        if (same && attachment.equals("vxlan")) {
            return words.length > 2 && words[0].equals(others[0]) && words[2].equals(others[2]);
        }
        return same && IntStream.range(0, Math.min(words.length, others.length)).anyMatch(i -> words[i].equals(others[i]));
    }

    private static List<RowDocument> without(List<RowDocument> rows, RowDocument row) {
        return rows.stream().filter(r -> !(r.table().equals(row.table()) && r.key().equals(row.key()))).toList();
    }

    static Edit inSwitch(String name, UnaryOperator<SwitchDocument> edit) {
        return document -> {
            SwitchDocument old = document.need(name);
            return new HostDocument(document.switches().stream().map(s -> s == old ? edit.apply(s) : s).toList());
        };
    }

    static Edit inPort(String switchName, String name, UnaryOperator<PortDocument> edit) {
        return inSwitch(switchName, s -> {
            PortDocument old = s.need(name);
            return s.withPorts(s.ports().stream().map(p -> p == old ? edit.apply(p) : p).toList());
        });
    }

    private static int freeId(SwitchDocument s) {
        Set<Integer> used = s.ports().stream().map(PortDocument::id).collect(Collectors.toSet());
        int id = 1;
        while (used.contains(id)) {
            id++;
        }
        if (id >= PortId.LIMIT) {
            throw new Refusal("switch " + s.name() + " has " + used.size() + " ports (expected: fewer than " + (PortId.LIMIT - 1) + "); remove one first");
        }
        return id;
    }

    private static <T> List<T> plus(List<T> list, T item) {
        List<T> more = new ArrayList<>(list);
        more.add(item);
        return more;
    }
}
