package org.vnetwork.core.decide;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
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

/** Notes what each stage of a run read, would write and decided. */
public final class StageTrace extends Trace {
    private final IntFunction<String> portNames;
    private final List<StageView> stages = new ArrayList<>();
    private Set<Dependency> seen = new LinkedHashSet<>();
    private int written;
    private Recorder recorder;
    private Transaction transaction;
    private long[] key;

    /** A trace that calls ports by these names. */
    public StageTrace(IntFunction<String> portNames) {
        this.portNames = portNames;
    }

    @Override
    void begin(Recorder newRecorder, Transaction newTransaction, long[] newKey) {
        recorder = newRecorder;
        transaction = newTransaction;
        key = newKey;
        seen = new LinkedHashSet<>();
        written = 0;
    }

    /** The stages so far. */
    public List<StageView> stages() {
        return List.copyOf(stages);
    }

    @Override
    void end(String stage, String verdict) {
        List<String> fields = recorder.takeNoted().stream().map(this::text).toList();
        Collection<Dependency> all = transaction.reads();
        List<String> rows = all.stream().filter(seen::add).map(Dependency::toString).toList();
        List<String> writes = transaction.writes();
        List<String> more = writes.size() > written ? writes.subList(written, writes.size()) : List.of();
        written = writes.size();
        stages.add(new StageView(stage, fields, rows, List.copyOf(more), verdict));
    }

    @Override
    void flooded(Output.Flood flood, String verdict) {
        flood.ports().forEach(port -> end("port out " + portNames.apply(port), verdict));
    }

    private String text(Field field) {
        return FlowText.field(field, key, portNames);
    }

    @Override
    String text(FilterActions verdict, DropReason rejected) {
        String copies = verdict.copies().isEmpty() ? "" : "copy to " + names(verdict.copies()) + ", ";
        return copies + (rejected != null ? "drop " + rejected : verdict.redirected() != null ? "redirect to " + names(List.of(verdict.redirected())) : "pass");
    }

    private String names(List<Output> outputs) {
        return outputs.stream().flatMap(o -> o.ports().stream()).map(portNames::apply).collect(Collectors.joining(", "));
    }

    @Override
    String text(Result result) {
        if (!result.outputs.isEmpty()) {
            return (result.flooded ? "flood to " : "to ") + names(result.outputs);
        }
        return result.consumed ? "consume" : result.flooded ? "flood to nobody" : "drop " + result.drop;
    }
}
