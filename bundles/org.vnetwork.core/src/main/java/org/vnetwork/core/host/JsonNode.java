package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.vnetwork.model.Refusal;

/** An object of a parsed JSON document that knows its place, for errors. */
record JsonNode(Map<?, ?> map, String place) {
    static JsonNode of(Object value, String place) {
        if (value instanceof Map<?, ?> map) {
            return new JsonNode(map, place);
        }
        throw Refusal.value(place, value, "an object");
    }

    boolean has(String name) {
        return map.containsKey(name);
    }

    JsonNode need(String name) {
        if (!has(name)) {
            throw Refusal.value(place, "no " + name, name + ", which may be empty");
        }
        return this;
    }

    void only(String... names) {
        for (Object key : map.keySet()) {
            if (!Set.of(names).contains(key)) {
                throw Refusal.value(place, key, "one of " + String.join(", ", names));
            }
        }
    }

    /** Makes a value whose own refusals are told with this place. */
    <T> T in(Supplier<T> make) {
        try {
            return make.get();
        } catch (Refusal e) {
            throw e.getMessage().startsWith(place) ? e : new Refusal(place + ": " + e.getMessage(), e);
        }
    }

    String text(String name) {
        if (map.get(name) instanceof String text) {
            return text;
        }
        throw Refusal.value(place + "." + name, map.get(name), "text");
    }

    boolean isText(String name) {
        return map.get(name) instanceof String;
    }

    /** The object under a name. */
    JsonNode object(String name) {
        return of(map.get(name), place + "." + name);
    }

    /** Whether a truth value is there and true. */
    boolean flag(String name) {
        Object value = map.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw Refusal.value(place + "." + name, value, "true or false");
    }

    int integer(String name) {
        return integer(map.get(name), place + "." + name);
    }

    private static int integer(Object value, String place) {
        if (value instanceof Integer integer) {
            return integer;
        }
        throw Refusal.value(place, value, "a whole number");
    }

    List<Integer> integers(String name) {
        return values(name).stream().map(v -> integer(v, place + "." + name)).toList();
    }

    List<JsonNode> list(String name) {
        List<JsonNode> nodes = new ArrayList<>();
        for (Object value : values(name)) {
            nodes.add(of(value, place + "." + name + "[" + nodes.size() + "]"));
        }
        return nodes;
    }

    private List<?> values(String name) {
        Object value = map.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw Refusal.value(place + "." + name, value, "a list");
    }

    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        of(map.get(name), place + "." + name).map().forEach((k, v) -> {
            if (!(v instanceof String) && !(v instanceof Number) && !(v instanceof Boolean)) {
                throw Refusal.value(place + "." + name + "." + k, v, "text");
            }
            texts.put(String.valueOf(k), v.toString());
        });
        return texts;
    }
}
