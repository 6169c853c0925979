package org.vnetwork.core.run;

import java.util.List;
import java.util.function.Function;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.Refusal;

/** Changes of a switch's ports: what plugins do for that is done before the loop has anything to do with it. Any thread but the loop's. */
final class PortChanges {
    private final VirtualSwitch home;
    private final Function<PluginDocument, Plugin<PacketFilter>> installed;
    private final EventLog events;

    PortChanges(VirtualSwitch home, Function<PluginDocument, Plugin<PacketFilter>> installed, EventLog events) {
        this.home = home;
        this.installed = installed;
        this.events = events;
    }

    /** What is done on the loop once filters have been opened. */
    private interface Work {
        void with(ActiveFilters.Prepared prepared) throws DatapathException;
    }

    void add(PortDocument document) {
        withFilters(document, true, prepared -> {
            use(document, prepared);
            try {
                home.ports.add(document);
            } catch (Throwable e) {
                filters().leave(document.id());
                if (e instanceof DatapathException) {
                    throw new Refusal(e.getMessage(), e);
                }
                throw e;
            }
        });
    }

    void restore(PortDocument document) {
        withFilters(document, false, prepared -> {
            use(document, prepared);
            try {
                home.ports.add(document);
            } catch (Throwable e) {
                String why = e instanceof DatapathException ? e.getMessage() : e.toString();
                tell(document, "is down: " + why);
                home.ports.addLater(document, why);
            }
        });
    }

    void set(PortDocument document) {
        pardon(document);
        withFilters(document, true, prepared -> {
            use(document, prepared);
            home.ports.set(document);
        });
    }

    void setAsFarAsFiltersOpen(PortDocument document) {
        withFilters(document, false, prepared -> {
            use(document, prepared);
            home.ports.set(document);
        });
    }

    /** As {@link #set}, with what it cost. */
    SwapReport swap(PortDocument document) {
        pardon(document);
        ActiveFilters.Prepared prepared = prepare(document, true);
        try {
            return SwapReport.of(home, () -> {
                long start = System.nanoTime();
                use(document, prepared);
                home.ports.set(document);
                return System.nanoTime() - start;
            });
        } catch (Throwable e) {
            prepared.discard();
            throw e;
        }
    }

    /** Gives what was cut off at a port another chance. */
    private void pardon(PortDocument document) {
        home.onLoop(() -> {
            filters().pardon(document.id());
            return null;
        });
    }

    void remove(PortDocument document) {
        home.change(() -> {
            home.ports.remove(document.id());
            filters().leave(document.id());
            return null;
        });
    }

    void refresh(PortDocument document) {
        withFilters(document, false, prepared -> use(document, prepared));
    }

    /** Opens the filters that a port wants and has not; {@code all}: refused when one does not open, else that is told. */
    private ActiveFilters.Prepared prepare(PortDocument document, boolean all) {
        List<FilterDocument> missing = home.onLoop(() -> filters().missing(document.id(), document.filters(), installed));
        ActiveFilters.Prepared prepared = filters().open(missing, installed);
        if (prepared.refused() != null) {
            if (all) {
                prepared.discard();
                throw prepared.refused();
            }
            tell(document, prepared.refused().getMessage());
        }
        return prepared;
    }

    private void withFilters(PortDocument document, boolean all, Work work) {
        ActiveFilters.Prepared prepared = prepare(document, all);
        try {
            home.change(() -> {
                work.with(prepared);
                return null;
            });
        } catch (Throwable e) {
            prepared.discard();
            throw e;
        }
    }

    private void use(PortDocument document, ActiveFilters.Prepared prepared) {
        filters().use(document.id(), document.filters(), prepared, installed);
    }

    private ActiveFilters filters() {
        return home.plugins.filters();
    }

    private void tell(PortDocument document, String line) {
        events.add("port " + document.name() + " of switch " + home.name(), line);
    }
}
