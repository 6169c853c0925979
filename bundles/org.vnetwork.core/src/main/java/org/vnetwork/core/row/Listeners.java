package org.vnetwork.core.row;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Who listens to changes of one table. Loop thread only. */
final class Listeners {
    private final Notices notices;
    private final Map<BiConsumer<Record, Record>, Listener> listeners = new LinkedHashMap<>();

    /** Who it is, and in which form rows are told. */
    private record Listener(String owner, Form form) {
    }

    /** {@code notices}: where they wait to be called. */
    Listeners(Notices notices) {
        this.notices = notices;
    }

    void add(String owner, Form form, BiConsumer<Record, Record> listener) {
        listeners.put(listener, new Listener(owner, form));
    }

    /** Ends {@link #add}; what waits for the listener is dropped. */
    void remove(BiConsumer<Record, Record> listener) {
        listeners.remove(listener);
        notices.drop(listener);
    }

    /** Ends all of a form that is over. */
    void end(Form form) {
        listeners.entrySet().stream().filter(e -> e.getValue().form() == form).map(Map.Entry::getKey).toList().forEach(this::remove);
    }

    void changed(Row row) {
        listeners.forEach((listener, who) -> notices.add(who.owner(), who.form(), listener, row.key, row.value));
    }
}
