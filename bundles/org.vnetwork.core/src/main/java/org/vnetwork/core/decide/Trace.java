package org.vnetwork.core.decide;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.vnetwork.control.StageView;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FlowText;

/** Notes what each stage of a run read, would write and decided; {@link #NONE} notes nothing. */
public class Trace {
    /** For runs that nobody watches. */
    static final Trace NONE = new Trace(String::valueOf) {
        @Override
        void end(String stage, String verdict) {
            // Nobody asked.
        }

        @Override
        String text(Result result) {
            return "";
        }

        @Override
        String text(FilterActions verdict, DropReason rejected) {
            return "";
        }
    };

    private final IntFunction<String> portNames;
    private final List<StageView> stages = new ArrayList<>();
    private Set<Dependency> seen = new java.util.LinkedHashSet<>();
    private int written;
    private Recorder recorder;
    private Transaction transaction;
    private long[] key;

    /** A trace that calls ports by these names. */
    public Trace(IntFunction<String> portNames) {
        this.portNames = portNames;
    }

    /** Begins a run. */
    void begin(Recorder newRecorder, Transaction newTransaction, long[] newKey) {
        recorder = newRecorder;
        transaction = newTransaction;
        key = newKey;
        seen = new java.util.LinkedHashSet<>();
        written = 0;
    }

    /** The stages so far. */
    public List<StageView> stages() {
        return List.copyOf(stages);
    }

    /** Ends a stage: what was read since the last one is its. */
    void end(String stage, String verdict) {
        List<String> fields = recorder.takeNoted().stream().map(this::text).toList();
        Collection<Dependency> all = transaction.reads();
        List<String> rows = all.stream().filter(seen::add).map(Dependency::toString).toList();
        List<String> writes = transaction.writes();
        List<String> more = writes.size() > written ? writes.subList(written, writes.size()) : List.of();
        written = writes.size();
        stages.add(new StageView(stage, fields, rows, List.copyOf(more), verdict));
    }

    private String text(Field field) {
        return FlowText.field(field, key, portNames);
    }

    /** A filter's verdict in words. */
    String text(FilterActions verdict, DropReason rejected) {
        String copies = verdict.copies().isEmpty() ? "" : "copy to " + names(verdict.copies()) + ", ";
        return copies + (rejected != null ? "drop " + rejected : verdict.redirected() != null ? "redirect to " + names(List.of(verdict.redirected())) : "pass");
    }

    private String names(List<Output> outputs) {
        return outputs.stream().map(o -> portNames.apply(o.port())).collect(Collectors.joining(", "));
    }

    /** An engine's result in words. */
    String text(Result result) {
        if (!result.outputs.isEmpty()) {
            return (result.flooded ? "flood to " : "to ") + names(result.outputs);
        }
        return result.consumed ? "consume" : result.flooded ? "flood to nobody" : "drop " + result.drop;
    }
}
