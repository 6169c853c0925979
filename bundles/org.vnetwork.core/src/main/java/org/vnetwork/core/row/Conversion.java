package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** From values of one schema to values of another, component by component, by name; holds no class. */
final class Conversion {
    private final Schema from;
    private final Schema to;
    /** For each component of {@link #to}: where it is in the other; -1 where its default stands for it. */
    private final int[] places;
    private final List<Function<Object, Object>> steps = new ArrayList<>();
    private final List<String> preset = new ArrayList<>();
    private final List<String> dropped;
    private String problem = "";

    /** A value that has no place in the other schema. */
    static final class Misfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misfit(String message) {
            super(message, null, false, false);
        }
    }

    Conversion(Schema from, Schema to) {
        this.from = from;
        this.to = to;
        this.places = new int[to.size()];
        for (int i = 0; i < places.length; i++) {
            Schema.Component component = to.components().get(i);
            int place = from.place(component.name());
            Function<Object, Object> step = place < 0 ? null : step(component.name(), from.kind(place), component.kind());
            places[i] = step == null ? -1 : place;
            steps.add(step);
            if (step == null) {
                missing(component, place);
            }
        }
        dropped = from.names().stream().filter(name -> to.place(name) < 0).toList();
    }

    /** A conversion, or null when the schemas are equal. */
    static Conversion between(Schema from, Schema to) {
        return from.equals(to) ? null : new Conversion(from, to);
    }

    private void missing(Schema.Component component, int place) {
        if (to.preset(component.name()) != null) {
            preset.add(component.name());
        } else if (problem.isEmpty()) {
            problem = "component " + component.name() + (place < 0 ? " is new" : " was " + from.kind(place).text() + " and is " + component.kind().text())
                    + " (expected: a @Default, or a method upgrade)";
        }
    }

    /** Why nothing can be converted; empty when something can. */
    String problem() {
        return problem;
    }

    /** Components that get their default. */
    List<String> preset() {
        return preset;
    }

    /** Components that have no place in the other schema. */
    List<String> dropped() {
        return dropped;
    }

    /**
     * Values of the other schema.
     *
     * @throws Misfit when one does not fit
     */
    Values apply(Values values) {
        if (!problem.isEmpty()) {
            throw new Misfit(problem);
        }
        Object[] converted = new Object[places.length];
        for (int i = 0; i < converted.length; i++) {
            converted[i] = places[i] < 0 ? to.preset(to.components().get(i).name()) : steps.get(i).apply(values.get(places[i]));
        }
        return new Values(to, converted);
    }

    /** One component's value in the other schema; null when that has no such component. */
    Object component(String name, Object value) {
        int place = to.place(name);
        return place < 0 || places[place] < 0 ? null : steps.get(place).apply(value);
    }

    /** How a value of one kind becomes one of another; null when none can. */
    private static Function<Object, Object> step(String name, Kind from, Kind to) {
        if (from.equals(to)) {
            return Function.identity();
        }
        Function<Object, Object> step = switch (to) {
            case Kind.Scalar scalar when from instanceof Kind.Scalar before && isNumber(before) && isNumber(scalar) -> value -> number((Number) value, scalar);
            case Kind.Scalar scalar when scalar == Kind.Scalar.TEXT && from instanceof Kind.Constants -> Function.identity();
            case Kind.Scalar scalar when isTruth(scalar) && isTruth(from) -> Function.identity();
            case Kind.Constants constants when from instanceof Kind.Constants || from == Kind.Scalar.TEXT -> value -> constants.names().contains(value) ? value : null;
            case Kind.ListOf list when from instanceof Kind.ListOf before -> list(step(name, before.element(), list.element()));
            case Kind.Nested nested when from instanceof Kind.Nested before -> nested(new Conversion(before.schema(), nested.schema()));
            default -> null;
        };
        return step == null ? null : value -> fitting(name, value, to, step);
    }

    private static Object fitting(String name, Object value, Kind to, Function<Object, Object> step) {
        Object converted = value == null ? null : step.apply(value);
        if (converted == null && (value != null || !to.nullable())) {
            throw new Misfit("component " + name + ": " + (value == null ? "none" : value) + " (expected: " + to.text() + ")");
        }
        return converted;
    }

    private static Function<Object, Object> list(Function<Object, Object> element) {
        return element == null ? null : value -> {
            List<Object> converted = new ArrayList<>();
            ((List<?>) value).forEach(v -> converted.add(element.apply(v)));
            return Collections.unmodifiableList(converted);
        };
    }

    private static Function<Object, Object> nested(Conversion conversion) {
        return conversion.problem().isEmpty() ? value -> conversion.apply((Values) value) : null;
    }

    private static boolean isTruth(Kind kind) {
        return kind == Kind.Scalar.BOOLEAN || kind == Kind.Scalar.BOOLEAN_OR_NULL;
    }

    private static boolean isNumber(Kind.Scalar kind) {
        return switch (kind) {
            case INT, LONG, SHORT, BYTE, FLOAT, DOUBLE, INTEGER, LONG_OR_NULL -> true;
            default -> false;
        };
    }

    /** The number as one of another kind; null when it would be another number. */
    private static Object number(Number value, Kind.Scalar to) {
        Number converted = switch (to) {
            case INT, INTEGER -> (Number) value.intValue();
            case LONG, LONG_OR_NULL -> (Number) value.longValue();
            case SHORT -> (Number) value.shortValue();
            case BYTE -> (Number) value.byteValue();
            case FLOAT -> (Number) value.floatValue();
            default -> (Number) value.doubleValue();
        };
        return converted.doubleValue() == value.doubleValue() && converted.longValue() == value.longValue() ? converted : null;
    }
}
