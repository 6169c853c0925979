package org.vnetwork.datapath.ebpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * Outputs at the end of an action list that the kernel's own mirroring carries out, drawn at {@code vnet_action_list} in {@code vnet_abi.h}: about half the time for each copy.
 *
 * <p>A list gets a group when it was in use for a moment, so that making flows never waits for netlink. Where that cannot be (somebody else's filters at the device, no such
 * filters in the kernel, a device that an earlier process took without) the program copies as ever. Loop thread only.
 */
final class Groups {
    private static final int LEAST = 3;
    /** Actions that a filter has at most. */
    static final int MOST = 32;
    /** Groups of one port: its filters are asked one after the other. */
    private static final int PER_PORT = 8;
    private static final int ORDERS = 0xfffe;
    private static final long AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Times that a device gets filters again at once which somebody took; each stops it for a moment. */
    private static final int PATIENCE = 3;
    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int GROUP = 4;
    private static final int PORT = 8;
    private static final int FIRST = 12;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle STORE = INT.varHandle();

    private final KernelMaps maps;
    private final TrafficControl control;
    private final IntUnaryOperator ifindexes;
    private final PriorityQueue<Wanted> wanted = new PriorityQueue<>(Comparator.comparingLong(Wanted::dueNanos));
    private final Map<Integer, Group> groups = new HashMap<>();
    private final Deque<Ending> ending = new ArrayDeque<>();
    private final Set<Integer> hooked = new HashSet<>();
    /** Devices that still have the filters of an earlier process. */
    private final Set<Integer> inherited = new HashSet<>();
    /** Devices at which somebody else asks filters beside ours: the program copies there. */
    private final Map<Integer, Set<String>> shared = new HashMap<>();
    /** Devices that somebody took our filters from, and when they may be stopped again to get new ones. */
    private final Map<Integer, Robbed> robbed = new HashMap<>();
    private int order;

    /** How often a device was robbed of its filters, each time within a minute of the one before; and when that minute is over. */
    private static final class Robbed {
        private int times;
        private long dueNanos;
    }

    private record Wanted(ActionLists.Entry list, int port, long dueNanos) {
    }

    /** @param devices that outputs had when it was made */
    private record Group(ActionLists.Entry list, int port, int ifindex, int order, int[] outputs, List<Integer> devices) {
    }

    private record Ending(Group group, long dueNanos) {
    }

    /** @param ifindexes the device of a port; 0 when it has none */
    Groups(KernelMaps maps, TrafficControl control, IntUnaryOperator ifindexes) {
        this.maps = maps;
        this.control = control;
        this.ifindexes = ifindexes;
    }

    /** No list has a group any more: those of an earlier process go by its filters, which nobody here knows. */
    static void forgetAll(KernelMaps maps) {
        for (int id = 0; id < KernelMaps.LISTS; id++) {
            STORE.setRelease(maps.list(id), (long) GROUP, 0);
        }
    }

    /** A flow whose frames come in by a port follows a list. */
    void use(ActionLists.Entry list, int port) {
        if (list.grouped == 0 && outputs(list) != null) {
            list.grouped = port;
            wanted.add(new Wanted(list, port, System.nanoTime() + AGE_NANOS));
        }
    }

    /** The ports of a list's last outputs, when they can be a group; null when there are too few or too many, or the list ends otherwise. */
    private static int[] outputs(ActionLists.Entry list) {
        int[] outputs = list.isLong() ? new int[0] : Step.lastOutputs(list.steps);
        return outputs.length < LEAST || outputs.length > MOST ? null : outputs;
    }

    /** Makes and ends what is due. */
    void tick(long now) {
        while (!wanted.isEmpty() && wanted.peek().dueNanos - now <= 0) {
            Wanted next = wanted.poll();
            if (next.list.isUsed() && !make(next)) {
                wanted.add(new Wanted(next.list, next.port, now + AGAIN_NANOS));
            }
        }
        restoreDue(now);
        while (!ending.isEmpty() && ending.peek().dueNanos - now <= 0) {
            Group group = ending.poll().group;
            if (hooked.contains(group.ifindex)) {
                control.remove(group.ifindex, group.order);
            }
        }
    }

    /**
     * Compares the filters of a device with what was put there, and puts right what somebody else changed. The program copies what the filters do not send.
     *
     * @return what was found, for the administrator; null when all is as it was
     */
    String check(int ifindex, long now) {
        if (inherited.contains(ifindex) || !hooked.contains(ifindex) && !shared.containsKey(ifindex) && !robbed.containsKey(ifindex)) {
            return null;
        }
        TrafficControl.Filters found = control.filters(ifindex);
        if (!found.others().isEmpty()) {
            share(ifindex, found);
            return null;
        }
        if (hooked.contains(ifindex) && isWhole(ifindex, found)) {
            return null;
        }
        boolean before = hooked.remove(ifindex) | shared.remove(ifindex) != null;
        dissolve(ifindex);
        return before ? "somebody changed its filters (vnet_group, vnet_rest); " + restore(ifindex, now) : null;
    }

    private boolean isWhole(int ifindex, TrafficControl.Filters found) {
        return found.ours().containsKey(TrafficControl.LAST)
                && groups.values().stream().filter(group -> group.ifindex == ifindex).allMatch(group -> group.devices.equals(found.ours().get(group.order)));
    }

    /** Leaves a device to the filters of somebody else: they would meet the frames that are for groups. */
    private void share(int ifindex, TrafficControl.Filters found) {
        hooked.remove(ifindex);
        dissolve(ifindex);
        found.ours().keySet().stream().filter(order -> order != TrafficControl.LAST).forEach(order -> control.remove(ifindex, order));
        shared.put(ifindex, found.others());
    }

    /** What somebody else's filters at a device mean; null when there are none beside those that were put there. */
    String others(int ifindex) {
        return !shared.containsKey(ifindex) ? null : "somebody put filters at its ingress (" + String.join(", ", shared.get(ifindex))
                + "), which no frame of the port meets, as the switch takes it before; floods are copied by the program instead, at twice the cost";
    }

    /** The program copies from now on what the groups of a device sent. */
    private void dissolve(int ifindex) {
        for (Group group : List.copyOf(groups.values())) {
            if (group.ifindex == ifindex) {
                STORE.setRelease(maps.list(group.list.id()), (long) GROUP, 0);
                groups.remove(group.list.id());
                wanted.add(new Wanted(group.list, group.port, System.nanoTime() + AGE_NANOS));
            }
        }
    }

    private String restore(int ifindex, long now) {
        Robbed count = robbed.computeIfAbsent(ifindex, i -> new Robbed());
        if (control.flush(ifindex)) {
            hooked.add(ifindex);
            return "they are as they were again";
        }
        count.times = now - count.dueNanos > 0 ? 1 : count.times + 1;
        count.dueNanos = now + REST_NANOS;
        if (count.times > PATIENCE) {
            return "this was time " + count.times + ", and each repair stops the device for a moment. The program copies floods from it for a minute, at twice the cost";
        }
        return rehook(ifindex) ? "they are as they were again" : "they cannot be put again, so the program copies floods from it, at twice the cost";
    }

    private boolean rehook(int ifindex) {
        boolean done = control.hook(ifindex);
        if (done) {
            hooked.add(ifindex);
        }
        return done;
    }

    /** Devices that have been without filters for long enough. */
    private void restoreDue(long now) {
        robbed.forEach((ifindex, count) -> {
            if (count.times > PATIENCE && !hooked.contains(ifindex) && now - count.dueNanos >= 0) {
                count.times = 0;
                rehook(ifindex);
            }
        });
    }

    private boolean make(Wanted next) {
        int ifindex = ifindexes.applyAsInt(next.port);
        int[] ports = outputs(next.list);
        int[] outputs = new int[ports.length];
        for (int i = 0; i < ports.length; i++) {
            outputs[i] = ifindexes.applyAsInt(ports[i]);
            if (outputs[i] == 0) {
                return false;
            }
        }
        if (!hooked.contains(ifindex) || groups.values().stream().filter(other -> other.port == next.port).count() >= PER_PORT) {
            return false;
        }
        if (inherited.remove(ifindex) && !control.flush(ifindex)) {
            unhook(ifindex);
            return false;
        }
        order = order % ORDERS + 1;
        if (!control.add(ifindex, order, outputs)) {
            return false;
        }
        MemorySegment list = maps.list(next.list.id());
        list.set(INT, PORT, next.port);
        list.set(INT, FIRST, next.list.size() - outputs.length);
        STORE.setRelease(list, (long) GROUP, TrafficControl.number(order));
        groups.put(next.list.id(), new Group(next.list, next.port, ifindex, order, ports, Arrays.stream(outputs).boxed().toList()));
        return true;
    }

    /** A list is not in use any more. */
    void release(ActionLists.Entry list) {
        list.grouped = 0;
        end(groups.remove(list.id()));
    }

    private void end(Group group) {
        if (group != null) {
            STORE.setRelease(maps.list(group.list.id()), (long) GROUP, 0);
            ending.add(new Ending(group, System.nanoTime() + Numbers.QUARANTINE_NANOS));
        }
    }

    /** The device of a port is about to be another one, or none. */
    void forget(int port) {
        for (Group group : List.copyOf(groups.values())) {
            boolean sends = false;
            for (int output : group.outputs) {
                sends |= output == port;
            }
            if (sends || group.port == port) {
                end(groups.remove(group.list.id()));
                wanted.add(new Wanted(group.list, group.port, System.nanoTime() + AGE_NANOS));
            }
        }
    }

    /**
     * Makes a device ready for groups.
     *
     * @param carries whether it carries frames of an earlier process: then it is ready if that one left it so
     * @return whether it has filters of this driver now
     */
    boolean hook(int ifindex, boolean carries) {
        if (control.isOurs(ifindex)) {
            inherited.add(ifindex);
            hooked.add(ifindex);
        } else if (!carries && control.hook(ifindex)) {
            hooked.add(ifindex);
        }
        return hooked.contains(ifindex);
    }

    /** Leaves a device, if it is still there, without filters of this driver. */
    void unhook(int ifindex) {
        inherited.remove(ifindex);
        robbed.remove(ifindex);
        if (hooked.remove(ifindex) | shared.remove(ifindex) != null || control.isOurs(ifindex)) {
            control.unhook(ifindex);
        }
    }
}
