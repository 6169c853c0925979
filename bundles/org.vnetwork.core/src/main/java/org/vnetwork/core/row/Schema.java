package org.vnetwork.core.row;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.vnetwork.control.ColumnView;

/**
 * The components of keys or rows of a data type, in order, and what stands for those that an older version does not have.
 *
 * <p>Schemas are equal when components are, by name and kind: then the values of one are those of the other, whatever classes they came from.
 */
final class Schema {
    private final List<Component> components;
    private final Map<String, Object> defaults;
    private final Map<String, Integer> places = new HashMap<>();
    private final int hash;

    /** A component. */
    record Component(String name, Kind kind) {
    }

    /** {@code defaults}: neutral values by name, of the components that have one. */
    Schema(List<Component> components, Map<String, Object> defaults) {
        this.components = List.copyOf(components);
        this.defaults = Map.copyOf(defaults);
        for (int i = 0; i < components.size(); i++) {
            places.put(components.get(i).name(), i);
        }
        this.hash = this.components.hashCode();
    }

    List<Component> components() {
        return components;
    }

    int size() {
        return components.size();
    }

    Kind kind(int place) {
        return components.get(place).kind();
    }

    /** Where a component is; -1 when there is none of this name. */
    int place(String name) {
        return places.getOrDefault(name, -1);
    }

    /** What stands for a component that is missing; null when nothing does. */
    Object preset(String name) {
        return defaults.get(name);
    }

    Map<String, Object> presets() {
        return defaults;
    }

    List<String> names() {
        return components.stream().map(Component::name).toList();
    }

    /** What the components are to a console; {@code portNames} are all that a port can be. */
    Stream<ColumnView> columns(boolean key, List<String> portNames) {
        return components.stream().map(c -> new ColumnView(c.name(), key, choices(c.kind(), portNames)));
    }

    private static List<String> choices(Kind kind, List<String> portNames) {
        return kind == Kind.Scalar.PORT ? portNames : kind == Kind.Scalar.BOOLEAN ? List.of("true", "false") : kind instanceof Kind.Constants constants ? constants.names() : List.of();
    }

    boolean holds(Values values) {
        return values.size() == size() && IntStream.range(0, size()).allMatch(i -> values.get(i) == null ? kind(i).nullable() : kind(i).holds(values.get(i)));
    }

    /** Places of components of a kind. */
    int[] places(Kind kind) {
        return IntStream.range(0, size()).filter(i -> kind(i) == kind).toArray();
    }

    String text() {
        return components.stream().map(c -> c.name() + ":" + c.kind().text()).collect(Collectors.joining(",", "(", ")"));
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Schema schema && hash == schema.hash && components.equals(schema.components);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return text();
    }
}
