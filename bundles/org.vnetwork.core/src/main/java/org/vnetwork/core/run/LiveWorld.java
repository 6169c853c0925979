package org.vnetwork.core.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.row.RowConversion;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.rule.RuleLists;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.table.Event;

/** A switch, as its plugins work on it. */
final class LiveWorld implements World {
    private final VirtualSwitch home;
    private final Frame outgoing = new Frame();

    LiveWorld(VirtualSwitch home) {
        this.home = home;
    }

    @Override
    public Tables tables() {
        return home.tables;
    }

    @Override
    public RuleLists rules() {
        return home.rules;
    }

    @Override
    public void takeOver(RowConversion conversion) {
        home.trial.takeOver(conversion);
    }

    @Override
    public Gate gate() {
        return home.gate();
    }

    @Override
    public <T> T reach(Callable<T> work) {
        return home.onLoop(work);
    }

    @Override
    public void later(Runnable work) {
        home.loop.later(work);
    }

    @Override
    public long nanoTime() {
        return home.datapath.nanoTime();
    }

    @Override
    public void call(Guest guest, Gate.Call call) {
        home.callGuest(guest, call);
    }

    @Override
    public Runnable every(Guest guest, Duration period, Runnable task) {
        Timers.Timer timer = home.every(guest.role(), period, () -> home.callGuest(guest, task::run));
        return timer::cancel;
    }

    @Override
    public void send(int port, byte[] octets) {
        if (home.loop.abandoned()) {
            throw new IllegalStateException("switch " + home.name() + " is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Frame.HEADROOM + octets.length);
            copy.asSlice(Frame.HEADROOM).copyFrom(MemorySegment.ofArray(octets));
            home.datapath.execute(outgoing.over(copy, Frame.HEADROOM, octets.length, 0), List.of(new Action.Output(port)));
        }
    }

    @Override
    public void misused(Guest guest, RuntimeException failure) {
        home.failures.failedAside(guest, failure);
    }

    @Override
    public void event(Guest guest, Event event) {
        home.event(guest.role(), event.subject(), event.text());
    }
}
