package org.vnetwork.core.run;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.row.RowConversion;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.rule.RuleLists;
import org.vnetwork.table.Event;

/** What a plugin works on: a switch, or a copy on which it is only tried. */
interface World {
    Tables tables();

    RuleLists rules();

    /** Has a table become what a plugin's classes have, which is put to work; on the loop. */
    void takeOver(RowConversion conversion);

    /** Through it the plugin is called once it is at work. */
    Gate gate();

    /** Does work where the tables are changed, and waits for it. Any thread. */
    <T> T reach(Callable<T> work);

    /** Does work where the tables are changed, some time. Any thread. */
    void later(Runnable work);

    /** On the clock that rows age by. */
    long nanoTime();

    /** Calls a plugin outside of decisions. */
    void call(Guest guest, Gate.Call call);

    /** Has a plugin called again and again; returns what ends that. */
    Runnable every(Guest guest, Duration period, Runnable task);

    /** Sends a frame out of a port. */
    void send(int port, byte[] octets);

    /** The plugin used it on a thread of its own, where nobody else hears of it. Any thread. */
    void misused(Guest guest, RuntimeException failure);

    /** Tells the administrator. */
    void event(Guest guest, Event event);
}
