package org.vnetwork.core.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.DeviceOptions;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.model.VlanSet;

/**
 * The configuration as JSON that a person can read; {@code format} says which version of it.
 *
 * <p>Reading refuses what it does not know, with the place: nothing of a document that was written by hand is dropped silently.
 */
final class DocumentText {
    private static final int FORMAT = 1;
    private static final JsonFactory STRICT = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final JSON WRITER = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private DocumentText() {
    }

    static String write(HostDocument document) throws IOException {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("format", FORMAT);
        root.put("switches", document.switches().stream().map(DocumentText::write).toList());
        return WRITER.asString(root) + "\n";
    }

    private static Map<String, Object> write(SwitchDocument s) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", s.name());
        map.put("engine", write(s.engine()));
        s.trial().ifPresent(trial -> map.put("trial", write(trial)));
        if (s.failOpen()) {
            map.put("fail", "open");
        }
        map.put("datapath", s.datapath());
        if (!s.limits().set().isEmpty()) {
            Map<String, Object> limits = new LinkedHashMap<>();
            s.limits().set().forEach((limit, value) -> limits.put(limit.text(), value));
            map.put("limits", limits);
        }
        map.put("ports", s.ports().stream().map(DocumentText::write).toList());
        if (!s.rows().isEmpty()) {
            map.put("rows", s.rows().stream().map(DocumentText::write).toList());
        }
        return map;
    }

    private static Map<String, Object> write(PortDocument p) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", p.id());
        map.put("name", p.name());
        map.put("attachment", p.attachment());
        map.put("device", p.device());
        if (p.vlan().mirror()) {
            map.put("mirror", true);
        } else if (p.vlan().trunk()) {
            map.put("trunk", p.vlan().allowed().toString());
            map.put("native", p.vlan().untagged());
        } else {
            map.put("access", p.vlan().untagged());
        }
        if (p.vlan().service()) {
            map.put("service", true);
        }
        if (p.options().queues() > 1) {
            map.put("queues", p.options().queues());
        }
        if (p.options().fast() != FastWay.AUTO) {
            map.put("fast", p.options().fast().toString());
        }
        if (!p.filters().isEmpty()) {
            map.put("filters", p.filters().stream().map(DocumentText::write).toList());
        }
        return map;
    }

    private static Map<String, Object> write(FilterDocument f) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("slot", f.slot());
        map.put("filter", write(f.filter()));
        f.trial().ifPresent(trial -> map.put("trial", write(trial)));
        map.put("fail", f.failOpen() ? "open" : "closed");
        return map;
    }

    /** A plugin whose generation is open is its name alone. */
    private static Object write(PluginDocument p) {
        if (!p.isBound()) {
            return p.toString();
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", p.name());
        map.put("feature", p.feature());
        map.put("version", p.version());
        return map;
    }

    private static Map<String, Object> write(TrialDocument t) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("base", write(t.base()));
        map.put("until", t.until().toString());
        return map;
    }

    private static Map<String, Object> write(RowDocument r) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("table", r.table());
        map.put("key", r.key());
        map.put("row", r.row());
        return map;
    }

    /** Reads a document; a Refusal names the place that is wrong. */
    static HostDocument read(String text) {
        Object root;
        try {
            JsonParser parser = STRICT.createParser(text);
            root = JSON.std.anyFrom(parser);
            if (parser.nextToken() != null) {
                throw Refusal.value("configuration", "more text behind it, line " + parser.currentLocation().getLineNr(), "one document");
            }
        } catch (IOException e) {
            throw new Refusal("not JSON: " + e.getMessage().lines().findFirst().orElse(""), e);
        }
        JsonNode node = JsonNode.of(root, "document");
        node.only("format", "switches");
        if (node.integer("format") != FORMAT) {
            throw Refusal.value("format", node.integer("format"), String.valueOf(FORMAT));
        }
        return new HostDocument(node.need("switches").list("switches").stream().map(DocumentText::readSwitch).toList());
    }

    private static SwitchDocument readSwitch(JsonNode node) {
        node.only("name", "engine", "trial", "fail", "datapath", "limits", "ports", "rows");
        return node.in(() -> new SwitchDocument(node.text("name"), readPlugin(node, "engine"), node.text("datapath"),
                node.need("ports").list("ports").stream().map(DocumentText::readPort).toList(), node.list("rows").stream().map(DocumentText::readRow).toList(),
                node.has("limits") ? readLimits(node.object("limits")) : LimitsDocument.PRESET,
                node.has("fail") && failsOpen(node), readTrial(node)));
    }

    private static PluginDocument readPlugin(JsonNode node, String name) {
        if (node.isText(name)) {
            return PluginDocument.parse(name, node.text(name));
        }
        JsonNode plugin = node.object(name);
        plugin.only("name", "feature", "version");
        return plugin.in(() -> new PluginDocument(plugin.text("name"), plugin.text("feature"), plugin.text("version")));
    }

    private static Optional<TrialDocument> readTrial(JsonNode node) {
        if (!node.has("trial")) {
            return Optional.empty();
        }
        JsonNode trial = node.object("trial");
        trial.only("base", "until");
        return Optional.of(trial.in(() -> new TrialDocument(readPlugin(trial, "base"), instant(trial.text("until")))));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new Refusal("until: " + text + " (expected: a time as in 2026-01-31T12:00:00Z)", e);
        }
    }

    private static LimitsDocument readLimits(JsonNode node) {
        node.only(Arrays.stream(Limit.values()).map(Limit::text).toArray(String[]::new));
        return node.in(() -> {
            Map<Limit, Integer> set = new EnumMap<>(Limit.class);
            for (Limit limit : Limit.values()) {
                if (node.has(limit.text())) {
                    set.put(limit, node.integer(limit.text()));
                }
            }
            return new LimitsDocument(set);
        });
    }

    private static PortDocument readPort(JsonNode node) {
        node.only("id", "name", "attachment", "device", "trunk", "native", "access", "mirror", "service", "filters", "queues", "fast");
        return node.in(() -> {
            if (node.has("access") && (node.has("trunk") || node.has("native"))) {
                throw Refusal.value("vlan", "access and trunk", "access alone, or trunk and native");
            }
            if (node.flag("mirror") && (node.has("access") || node.has("trunk") || node.has("native"))) {
                throw Refusal.value("vlan", "mirror and others", "mirror alone");
            }
            PortVlan customer = node.flag("mirror") ? PortVlan.MIRROR : node.has("trunk") ? PortVlan.trunk(vlans(node), node.integer("native")) : PortVlan.access(node.integer("access"));
            PortVlan vlan = node.flag("service") ? customer.withServiceTags() : customer;
            List<FilterDocument> filters = node.list("filters").stream().map(DocumentText::readFilter).toList();
            return new PortDocument(node.integer("id"), node.text("name"), node.text("attachment"), node.text("device"), vlan, filters,
                    new DeviceOptions(node.has("queues") ? node.integer("queues") : 1, node.has("fast") ? FastWay.of(node.text("fast")) : FastWay.AUTO));
        });
    }

    /** The VLANs of a trunk: text as in commands, or a list of numbers as documents had it before there were ranges. */
    private static VlanSet vlans(JsonNode node) {
        return node.isText("trunk") ? VlanSet.parse(node.text("trunk")) : VlanSet.of(node.integers("trunk"));
    }

    private static FilterDocument readFilter(JsonNode node) {
        node.only("slot", "filter", "trial", "fail");
        return node.in(() -> new FilterDocument(node.integer("slot"), readPlugin(node, "filter"), failsOpen(node), readTrial(node)));
    }

    private static boolean failsOpen(JsonNode node) {
        String fail = node.text("fail");
        if (!fail.equals("open") && !fail.equals("closed")) {
            throw Refusal.value("fail", fail, "open or closed");
        }
        return fail.equals("open");
    }

    private static RowDocument readRow(JsonNode node) {
        node.only("table", "key", "row");
        return new RowDocument(node.text("table"), node.texts("key"), node.texts("row"));
    }
}
