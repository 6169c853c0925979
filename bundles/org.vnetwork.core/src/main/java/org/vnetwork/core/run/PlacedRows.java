package org.vnetwork.core.run;

import java.util.List;
import java.util.function.ToIntFunction;
import org.vnetwork.control.RowDocument;
import org.vnetwork.core.row.RowText;

/** Answers about rows as the administrator writes them; any thread, nothing is changed. */
public final class PlacedRows {
    private final VirtualSwitch home;

    PlacedRows(VirtualSwitch home) {
        this.home = home;
    }

    /** Refuses a row that could not be placed; {@code portIds}: the id of a port of this name, 0 when there is none. */
    public void check(RowDocument row, ToIntFunction<String> portIds) {
        home.onLoop(() -> {
            new RowText(home.tables, portIds).check(row);
            return null;
        });
    }

    /** Whether there is a row of this key; no when its data type is not known. */
    public boolean has(RowDocument row) {
        return home.onLoop(() -> home.rowText().has(row));
    }

    /** Refuses the key of a row that is not there, or that nobody may remove. */
    public void find(RowDocument row) {
        home.onLoop(() -> home.rowText().find(row));
    }

    /** Names of the ports that a row names. */
    public List<String> portsNamed(RowDocument row) {
        return home.onLoop(() -> home.rowText().portsNamed(row));
    }
}
