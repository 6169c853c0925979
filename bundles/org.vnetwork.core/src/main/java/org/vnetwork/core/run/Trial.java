package org.vnetwork.core.run;

import org.vnetwork.core.row.RowConversion;
import org.vnetwork.core.row.Tables;

/**
 * Rows and rules of a switch across generations of plugins: while a swap waits to be confirmed, rows that were converted for it have a way back. Loop thread only, but for the public methods, which
 * wait for it.
 */
public final class Trial {
    private final VirtualSwitch home;
    private final Tables tables;
    private boolean waits;
    private int converted;

    Trial(VirtualSwitch home) {
        this.home = home;
        this.tables = home.tables;
    }

    /** Says whether rows that are converted from now on must have a way back. Any thread. */
    public void begin(boolean confirmed) {
        home.onLoop(() -> {
            waits = !confirmed;
            return null;
        });
    }

    /**
     * Goes back to the rows from before; those that were written since come along as far as they have a place. Any thread.
     *
     * @return a line for what has none; empty when nothing is lost
     */
    public String back() {
        return home.onLoop(() -> {
            StringBuilder lost = new StringBuilder();
            for (String type : tables.conversions().bases()) {
                int gone = tables.conversions().back(type);
                if (gone > 0) {
                    lost.append(lost.isEmpty() ? "" : "; ").append(gone).append(" rows of ").append(type).append(" that were written since have no place and are gone");
                }
            }
            return lost.toString();
        });
    }

    /** Forgets the rows from before. Any thread. */
    public void confirm() {
        home.onLoop(() -> {
            tables.conversions().bases().forEach(tables.conversions()::confirm);
            return null;
        });
    }

    /** Has a table become what the classes of a plugin have that is put to work. */
    void takeOver(RowConversion conversion) {
        converted += conversion.report().converted();
        if (waits) {
            tables.checkTakeOver(conversion);
            tables.conversions().make(conversion);
        } else {
            tables.takeOver(conversion);
        }
    }

    /** Rows that were converted so far. */
    int converted() {
        return converted;
    }

    /** A plugin is closed: rules of its generation go when another generation of its bundle is at work and has not put them again. */
    void closed(Opened<?> gone) {
        String generation = gone.guest().generation();
        if (home.plugins.guests().anyMatch(guest -> guest.generation().equals(generation))) {
            return;
        }
        home.plugins.guests().filter(guest -> guest.bundle().equals(gone.guest().bundle())).findFirst()
                .ifPresent(other -> home.rules.notPutBy(other.bundle(), other.generation()).forEach(left -> left.remove()));
    }
}
