package org.vnetwork.datapath.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.Action;

/**
 * What stands in an action list in the kernel, drawn at {@code vnet_action} in {@code vnet_abi.h}: actions, and those that stand for many.
 *
 * <p>A flood to a thousand ports is 16 steps. They do not name the port that the frame came in by, so that the floods of all ports of a VLAN are one list.
 */
sealed interface Step {
    /** Bits of a set. */
    int WORD = Long.SIZE;
    /** Gates that a set can name. */
    int GATES = Integer.SIZE;
    /** Shorter rows of outputs stand one by one where there is room: then the kernel's own mirroring can send them. */
    int SHORT_ROW = Groups.MOST;

    /** One action. */
    record One(Action action) implements Step {
    }

    /** An output to each port of a word whose bit is set, ascending, but to the one that the frame came in by. */
    record Set(int word, int gates, long bits) implements Step {
    }

    /** Drops of one reason, two at least. */
    record Drops(int reason, int count) implements Step {
    }

    /** Places of a list that this takes. */
    default int size() {
        return this instanceof One(Action.SetField set) && set.field().width() > 64 ? 2 : 1;
    }

    /** The steps of a list for frames that come in by a port; where there is room for them, outputs that a group can send stand one by one. */
    static List<Step> of(List<Action> actions, int port) {
        if (actions.isEmpty()) {
            return List.of(new One(new Action.Drop(DropNumbers.CONSUMED)));
        }
        List<Step> steps = of(actions, port, SHORT_ROW);
        return steps.stream().mapToInt(Step::size).sum() <= KernelMaps.ACTIONS ? steps : of(actions, port, 1);
    }

    private static List<Step> of(List<Action> actions, int port, int shortRow) {
        List<Step> steps = new ArrayList<>();
        int also = port;
        // The last action takes the frame itself, and so stands alone.
        int last = actions.size() - 1;
        int end;
        for (int i = 0; i < last; i = end) {
            end = row(actions, i, last, port);
            Action first = actions.get(i);
            List<Step> sets = first instanceof Action.Output && end - i > shortRow ? sets(actions.subList(i, end), also) : List.of();
            if (!sets.isEmpty() && sets.size() < end - i) {
                steps.addAll(sets);
                also = 0;
            } else if (first instanceof Action.Drop(int reason) && end - i > 1) {
                steps.add(new Drops(reason, end - i));
            } else {
                actions.subList(i, end).forEach(action -> steps.add(new One(action)));
            }
        }
        steps.add(new One(actions.get(last)));
        return List.copyOf(steps);
    }

    /** Where a row of actions ends that may be one step: equal drops, or ascending outputs behind the same gates. */
    private static int row(List<Action> actions, int from, int last, int port) {
        int end = from + 1;
        switch (actions.get(from)) {
            case Action.Drop drop -> {
                while (end < last && actions.get(end).equals(drop) && end - from < 1 << Short.SIZE) {
                    end++;
                }
            }
            case Action.Output(int first, long gates) when first != port && gates >>> GATES == 0 -> {
                int before = first;
                while (end < last && actions.get(end) instanceof Action.Output(int to, long its) && its == gates && to > before && to != port) {
                    before = to;
                    end++;
                }
            }
            default -> {
                // It stands alone.
            }
        }
        return end;
    }

    /** {@code also}: a port that the sets name too, since they do not send to it; 0: none. */
    private static List<Step> sets(List<Action> outputs, int also) {
        long[] words = new long[PortId.LIMIT / WORD];
        outputs.forEach(output -> words[((Action.Output) output).port() / WORD] |= 1L << ((Action.Output) output).port());
        if (also != 0) {
            words[also / WORD] |= 1L << also;
        }
        int gates = (int) ((Action.Output) outputs.getFirst()).gates();
        return IntStream.range(0, words.length).filter(word -> words[word] != 0).<Step>mapToObj(word -> new Set(word, gates, words[word])).toList();
    }

    /** The actions that steps are for frames that come in by a port. */
    static List<Action> actions(List<Step> steps, int port) {
        List<Action> actions = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case One(Action.Drop(int reason)) when reason == DropNumbers.CONSUMED && steps.size() == 1 -> {
                    return List.of();
                }
                case One(Action action) -> actions.add(action);
                case Drops(int reason, int count) -> {
                    for (int i = 0; i < count; i++) {
                        actions.add(new Action.Drop(reason));
                    }
                }
                case Set(int word, int gates, long bits) -> {
                    for (long left = bits; left != 0; left &= left - 1) {
                        int to = word * WORD + Long.numberOfTrailingZeros(left);
                        if (to != port) {
                            actions.add(Action.Output.to(to, Integer.toUnsignedLong(gates)));
                        }
                    }
                }
            }
        }
        return List.copyOf(actions);
    }

    /** The ports of the outputs at the end that no gate limits and that stand one by one. */
    static int[] lastOutputs(List<Step> steps) {
        int first = steps.size();
        while (first > 0 && steps.get(first - 1) instanceof One(Action.Output(int _, long gates)) && gates == 0) {
            first--;
        }
        return steps.subList(first, steps.size()).stream().mapToInt(step -> ((Action.Output) ((One) step).action()).port()).toArray();
    }
}
