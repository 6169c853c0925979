package org.vnetwork.core.run;

import java.util.List;
import org.vnetwork.core.decide.Reasons;
import org.vnetwork.core.gate.EpochOver;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.row.Notice;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;

/** What the loop of one switch does in a round. Loop thread only. */
final class Rounds implements SwitchLoop.Work {
    /** Frames after which new flows are installed although more wait: under a load that never ends they would never be. */
    private static final int LONGEST_WAIT = 16 * FrameBatch.FRAMES;
    /** After so long frames of a batch wait for the next round: a flood to a thousand ports takes milliseconds, a batch of them seconds. */
    private static final long FRAMES_NANOS = 10_000_000;

    private final VirtualSwitch home;
    private final Datapath datapath;
    private final FrameBatch batch = new FrameBatch();
    private int takenSinceInstall;
    private long taken;
    /** Whether frames of the batch were executed since the last flush. */
    private boolean unflushed;

    Rounds(VirtualSwitch home) {
        this.home = home;
        this.datapath = home.datapath;
    }

    /** Frames that came up so far. */
    long taken() {
        return taken;
    }

    @Override
    public int resume() {
        return decideTaken();
    }

    @Override
    public int step() {
        int worked = home.redecider.slice(datapath.nanoTime()) + home.flows.endDrains(datapath.nanoTime()) + home.flows.removeIdle();
        if (batch.left() == 0) {
            batch.clear();
            int count = datapath.take(batch);
            taken += count;
            takenSinceInstall += count;
        }
        worked += decideTaken();
        if (batch.left() == 0 && !batch.isFull() || takenSinceInstall >= LONGEST_WAIT) {
            // All frames that waited are sent: a flow may now overtake none of them.
            home.flows.installPending();
            takenSinceInstall = 0;
        }
        return worked + home.timers.run(datapath.nanoTime());
    }

    /** Decides the frames of the batch that are left, one by one; how many those were. When one fails, or they take long, the rest waits for the next round. */
    private int decideTaken() {
        int left = batch.left();
        unflushed |= left > 0;
        long end = left > 0 ? System.nanoTime() + FRAMES_NANOS : 0;
        for (Frame frame = batch.next(); frame != null; frame = System.nanoTime() < end ? batch.next() : null) {
            home.upcalls.upcall(frame);
        }
        batch.pause();
        if (unflushed) {
            datapath.flush();
            unflushed = false;
        }
        return left;
    }

    @Override
    public int afterwards() {
        int told = home.tables.notices().run(this::tell);
        return told + home.plugins.afterwards();
    }

    private void tell(Notice notice) {
        try {
            notice.run();
        } catch (EpochOver e) {
            throw e;
        } catch (Throwable e) {
            home.failures.failed(notice.owner(), e);
        }
    }

    @Override
    public long nextIn() {
        return home.timers.nextIn(datapath.nanoTime());
    }

    @Override
    public void confine(Gate gate) {
        home.tables.confine(gate.thread());
    }

    @Override
    public void recover(Guest guest, String why) {
        home.tables.end();
        home.tables.notices().again();
        home.redecider.again();
        Frame stuck = batch.current();
        if (stuck != null) {
            // NB: plugins are asked before a frame is executed, so this one was not sent; a copy was, before it came up.
            datapath.execute(stuck, stuck.copy ? List.of() : List.of(new Action.Drop(home.names.drops.number(Reasons.PLUGIN_HUNG))));
        }
        home.plugins.cutOff(guest, why);
    }

    @Override
    public void failed(Throwable failure) {
        home.failures.failed("loop", failure);
    }

    @Override
    public void told(String line) {
        home.told(line);
    }
}
