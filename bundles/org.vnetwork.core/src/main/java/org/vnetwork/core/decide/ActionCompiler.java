package org.vnetwork.core.decide;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Meter;
import org.vnetwork.packet.Tag;
import org.vnetwork.packet.wire.Action;

/**
 * Makes one action list of the outputs of a decision, each with its own rewrites.
 *
 * <p>A list is executed in order on one frame, so between two outputs it must lead from the first one's frame to the second
 * one's. Outputs with fewer rewrites come first, which needs nothing undone in the common cases; where something must be undone, the original
 * value is read, so that it becomes part of the flow's mask.
 */
final class ActionCompiler {
    private static final int CONSUMED = 0;

    private final Recorder recorder;
    private final List<Frame> frames = new ArrayList<>();
    private final List<Action.Drop> drops = new ArrayList<>();
    private final List<Action.Meter> meters = new ArrayList<>();
    private final List<Action> counts = new ArrayList<>();
    private List<Action> actions = List.of();

    /**
     * What the frame of outputs looks like, against the one received.
     *
     * @param ports that get it, in order
     * @param removed received tags taken off, from the outermost
     * @param pushed tags put on in front of what is left, innermost first
     */
    private record Frame(List<PortId> ports, Branch branch, int removed, List<Tag> pushed) {
        int rewrites() {
            return branch.set.size() + removed + pushed.size();
        }
    }

    ActionCompiler(Recorder recorder) {
        this.recorder = recorder;
    }

    /** The list; of drops alone, when no outputs were {@link #compile compiled} since the last drop. */
    List<Action> actions() {
        if (actions == null) {
            List<Action> list = new ArrayList<>(counts);
            list.addAll(drops);
            actions = List.copyOf(list);
        }
        return actions;
    }

    void clear() {
        frames.clear();
        drops.clear();
    }

    /** The number of another meter. */
    int meter(long id, Meter meter) {
        meters.add(new Action.Meter(0, id, meter.bitsPerSecond(), meter.burstBytes()));
        return meters.size() - 1;
    }

    void count(long id) {
        counts.add(new Action.Count(id));
    }

    /** A point to roll back to: how much had been counted and metered. */
    record Mark(int counts, int meters) {
    }

    /** A point for {@link #rollback}. */
    Mark mark() {
        return new Mark(counts.size(), meters.size());
    }

    /** Forgets what a stage that failed counted and metered; no frame is left that names a gate of its. */
    void rollback(Mark mark) {
        counts.subList(mark.counts(), counts.size()).clear();
        meters.subList(mark.meters(), meters.size()).clear();
    }

    /** Ends the frame without a drop. */
    void consume() {
        if (!counts.isEmpty()) {
            drop(CONSUMED);
        }
    }

    /** Adds a drop: of the frame when there is no output, else of one output. Those of one reason stand together. */
    void drop(int reason) {
        int at = drops.size();
        while (at > 0 && drops.get(at - 1).reason() > reason) {
            at--;
        }
        drops.add(at, new Action.Drop(reason));
        actions = null;
    }

    /** Adds an output to each of some ports, tagged as their membership asks, which is the same; says how. */
    String output(List<PortId> ports, Branch branch, int vlan, PortVlan membership) {
        boolean tagged = membership.trunk() && membership.untagged() != vlan;
        if (!tagged) {
            frames.add(new Frame(ports, branch, branch.removed, List.copyOf(branch.pushed)));
            return branch.vlanTagged ? "untag, output" : "output";
        }
        boolean asReceived = branch.vlanTagged && recorder.get(Field.TAG_KIND) == TagKind.of(membership) && branch.removed == 1 && branch.pushed.isEmpty() && branch.priority < 0 && branch.eligible < 0 && recorder.get(Field.VLAN_VID) == vlan;
        if (asReceived) {
            frames.add(new Frame(ports, branch, 0, List.of()));
            return "output tagged as received";
        }
        int priority = branch.priority >= 0 ? branch.priority : branch.vlanTagged ? (int) recorder.get(Field.VLAN_PCP) : 0;
        boolean eligible = branch.eligible >= 0 ? branch.eligible != 0 : branch.vlanTagged && recorder.get(Field.VLAN_DEI) != 0;
        List<Tag> pushed = new ArrayList<>(branch.pushed);
        pushed.add(new Tag(membership.service(), vlan, priority, eligible));
        frames.add(new Frame(ports, branch, branch.removed, pushed));
        return "output tagged " + vlan;
    }

    /** Orders the outputs and joins their rewrites; false when the list would be too long, or needs more gates at a time than there are. */
    boolean compile() {
        List<Frame> ordered = new ArrayList<>(frames);
        ordered.sort(Comparator.comparingInt(Frame::rewrites));
        // As they were asked for, outputs of one meter stand together.
        return compile(ordered) || compile(frames);
    }

    private boolean compile(List<Frame> ordered) {
        // First of all, so that they see the frame as it was received.
        List<Action> list = new ArrayList<>(counts);
        list.addAll(drops);
        Gates gates = new Gates(meters, ordered.stream().map(frame -> frame.branch().meters).toList());
        Frame now = new Frame(List.of(), new Branch(), 0, List.of());
        for (int i = 0; i < ordered.size(); i++) {
            Frame next = ordered.get(i);
            if (!gates.open(i, list)) {
                return false;
            }
            fields(now, next, list);
            tags(now, next, list);
            long behind = gates.of(next.branch().meters);
            next.ports().forEach(port -> list.add(Action.Output.to(port.value(), behind)));
            gates.close(i);
            now = next;
        }
        actions = List.copyOf(list);
        return Action.size(list) <= Action.LIMIT;
    }

    private void fields(Frame now, Frame next, List<Action> list) {
        if (now.branch().set.isEmpty() && next.branch().set.isEmpty()) {
            return;
        }
        Set<Field> touched = EnumSet.noneOf(Field.class);
        touched.addAll(now.branch().set.keySet());
        touched.addAll(next.branch().set.keySet());
        for (Field field : touched) {
            Branch.Value want = next.branch().set.get(field);
            Branch.Value value = want != null ? want : new Branch.Value(recorder.high(field), recorder.get(field));
            if (!value.equals(now.branch().set.get(field))) {
                list.add(new Action.SetField(field, value.high(), value.low()));
            }
        }
    }

    private void tags(Frame now, Frame next, List<Action> list) {
        if (now.removed() == next.removed() && now.pushed().equals(next.pushed())) {
            return;
        }
        for (int i = now.pushed().size(); i > 0; i--) {
            list.add(new Action.PopTag());
        }
        for (int i = now.removed(); i < next.removed(); i++) {
            list.add(new Action.PopTag());
        }
        for (int i = now.removed() - 1; i >= next.removed(); i--) {
            list.add(received(i));
        }
        next.pushed().forEach(tag -> list.add(new Action.PushTag(tag.tpid(), tag.tci())));
    }

    /** Puts a received tag on again, whose bits are thereby read. */
    private Action received(int depth) {
        boolean outer = depth == 0;
        long kind = recorder.get(outer ? Field.TAG_KIND : Field.INNER_TAG_KIND);
        long pcp = recorder.get(outer ? Field.VLAN_PCP : Field.INNER_PCP);
        long dei = recorder.get(outer ? Field.VLAN_DEI : Field.INNER_DEI);
        long vid = recorder.get(outer ? Field.VLAN_VID : Field.INNER_VID);
        return new Action.PushTag(kind == TagKind.SERVICE ? 0x88a8 : 0x8100, (int) (pcp << 13 | dei << 12 | vid));
    }
}
