package org.vnetwork.core.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.PortDocument;
import org.vnetwork.core.flow.Preview;
import org.vnetwork.core.flow.Seen;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/**
 * What another engine, or another filter in a slot, would do with the flows of now: tried on a {@link Shadow} of the switch, on a thread of its own. The switch goes on meanwhile, and whatever the candidate
 * does there touches nothing. Any thread but the loop's.
 */
public final class SwapPreview {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final VirtualSwitch home;

    /** What the loop takes references of, in turns. */
    private record Now(Shadow.Copy copy, List<Seen> flows, Plugin<ForwardingEngine> engine, Map<List<Integer>, Plugin<PacketFilter>> filters) {
    }

    /** Who stands where in the shadow. */
    private interface Cast {
        void into(Shadow shadow, Now now);
    }

    /** Previews of one switch. */
    public SwapPreview(VirtualSwitch home) {
        this.home = home;
    }

    /** What another engine would do; a line each. */
    public List<String> engine(Plugin<ForwardingEngine> plugin) {
        return lines("engine " + plugin.name(), plugin, (shadow, now) -> {
            now.filters.forEach((place, filter) -> shadow.use(place.getFirst(), place.getLast(), filter));
            shadow.use(plugin);
        });
    }

    /** What another filter in a slot of a port would do; a line each. {@code document}: the port as it would be. */
    public List<String> filter(PortDocument document, int slot, Plugin<PacketFilter> plugin) {
        return lines("filter " + plugin.document() + " in slot " + slot + " of " + document.name(), plugin, (shadow, now) -> {
            if (now.engine == null) {
                throw new Refusal("preview: switch " + home.name() + " has no engine at work (expected: one that decides); engine:list shows them");
            }
            shadow.use(now.engine);
            now.filters.forEach((place, filter) -> {
                if (!place.equals(List.of(document.id(), slot))) {
                    shadow.use(place.getFirst(), place.getLast(), filter);
                }
            });
            shadow.use(document.id(), slot, plugin);
            shadow.ports().put(new PortId(document.id()), SwitchPorts.row(document));
        });
    }

    private List<String> lines(String what, Plugin<?> candidate, Cast cast) {
        Now now = new Now(home.onLoop(() -> Shadow.Copy.of(home)), new Slices(home).flows(Seen::of), home.engine(), home.onLoop(() -> home.plugins.filters().plugins()));
        Guest guest = new Guest(what, candidate.bundle(), "");
        Result result = Staging.run(guest, "come to the end of its preview", LONGEST, () -> tried(what, now, cast), late -> { });
        List<String> lines = new ArrayList<>(home.onLoop(() -> new PreviewText(home, result.shadow.reasonTexts(home.names.drops::text)).lines(what, result.preview, result.shadow.failures())));
        lines.addAll(1, result.remarks);
        return lines;
    }

    private record Result(Shadow shadow, Preview preview, List<String> remarks) {
    }

    /** On the thread of the shadow. */
    private Result tried(String what, Now now, Cast cast) {
        Shadow shadow = new Shadow(home, now.copy);
        try {
            try {
                cast.into(shadow, now);
            } catch (Refusal e) {
                throw e;
            } catch (RuntimeException | LinkageError e) {
                throw new Refusal(what + " did not open (" + e.getMessage() + "); it could not be swapped in", e);
            }
            List<String> remarks = shadow.remarks();
            Preview preview = new Preview(shadow.pipeline(), shadow.tables().aside());
            now.flows.forEach(preview::warm);
            now.flows.forEach(preview::compare);
            return new Result(shadow, preview, remarks);
        } finally {
            shadow.close();
        }
    }
}
