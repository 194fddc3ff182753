package io.containerstatus.json;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;

/**
 * The fields of one JSON object, in order. A field that is not set is not written. On reading, a field that
 * is missing or null is not set.
 *
 * @param <T> the type that is written
 * @param <B> the type that collects the fields on reading
 */
final class JsonForm<T, B> {
    private final Supplier<B> start;
    private final Function<B, T> end;
    private final Map<String, Field<T, B>> fields = new LinkedHashMap<>();

    /**
     * One field.
     *
     * @param written returns the value to write, or null if the field is not set
     * @param reader reads the field
     */
    record Field<T, B>(Function<T, @Nullable Object> written, Reader<B> reader) {}

    /** Reads the value at the current token. */
    @FunctionalInterface
    interface Reader<B> {
        /** Returns the target with the value set. If the value is null, returns the target unchanged. */
        B read(B target, JsonParser in, DeserializationContext context);
    }

    JsonForm(Supplier<B> start, Function<B, T> end) {
        this.start = start;
        this.end = end;
    }

    B start() {
        return start.get();
    }

    T end(B target) {
        return end.apply(target);
    }

    Map<String, Field<T, B>> fields() {
        return Collections.unmodifiableMap(fields);
    }

    /** Adds a field that is derived from others. It is written, and ignored on reading. */
    JsonForm<T, B> derived(String name, Function<T, String> get) {
        fields.put(name, new Field<>(get::apply, (target, in, context) -> {
            in.skipChildren();
            return target;
        }));
        return this;
    }

    /** Adds a string; an empty one means "not set". */
    JsonForm<T, B> text(String name, Function<T, String> get, BiFunction<B, String, B> set) {
        return value(name, String.class, source -> get.apply(source).isEmpty() ? null : get.apply(source), set);
    }

    /** Adds a time. It is written in ISO 8601, even if the mapper writes other times in another format. */
    JsonForm<T, B> time(String name, Function<T, @Nullable Instant> get, BiFunction<B, Instant, B> set) {
        return add(
                name,
                source -> {
                    Instant time = get.apply(source);
                    return time == null ? null : time.toString();
                },
                (in, context) -> context.readValue(in, Instant.class),
                set);
    }

    /** Adds a number; 0 means "not set". */
    JsonForm<T, B> number(String name, ToLongFunction<T> get, BiFunction<B, Long, B> set) {
        return value(name, Long.class, source -> get.applyAsLong(source) == 0 ? null : get.applyAsLong(source), set);
    }

    /** Adds an unsigned number of 64 bits; 0 means "not set". */
    JsonForm<T, B> unsigned(String name, ToLongFunction<T> get, BiFunction<B, Long, B> set) {
        return add(
                name,
                source -> get.applyAsLong(source) == 0
                        ? null
                        : new BigInteger(Long.toUnsignedString(get.applyAsLong(source))),
                (in, context) -> {
                    BigInteger number = context.readValue(in, BigInteger.class);
                    if (number != null && (number.signum() < 0 || number.bitLength() > Long.SIZE)) {
                        throw new IllegalArgumentException(
                                name + " " + number + " is not in 0.." + Long.toUnsignedString(-1));
                    }
                    return number == null ? null : number.longValue();
                },
                set);
    }

    /** Adds a flag; false means "not set". */
    JsonForm<T, B> flag(String name, Predicate<T> get, BiFunction<B, Boolean, B> set) {
        return value(name, Boolean.class, source -> get.test(source) ? Boolean.TRUE : null, set);
    }

    /** Adds a value that the mapper can write and read; null means "not set". */
    <V> JsonForm<T, B> value(String name, Class<V> type, Function<T, @Nullable V> get, BiFunction<B, V, B> set) {
        return add(name, get::apply, (in, context) -> context.readValue(in, type), set);
    }

    /** Adds a list; an empty one means "not set". */
    <E> JsonForm<T, B> list(String name, Class<E> element, Function<T, List<E>> get, BiFunction<B, List<E>, B> set) {
        return add(
                name,
                source -> get.apply(source).isEmpty() ? null : get.apply(source),
                (in, context) -> {
                    JavaType type = context.getTypeFactory().constructCollectionType(List.class, element);
                    List<E> elements = context.readValue(in, type);
                    requireNoNull(name, elements);
                    return elements;
                },
                set);
    }

    /** Adds an object whose values are strings; an empty one means "not set". */
    JsonForm<T, B> texts(String name, Function<T, Map<String, String>> get, BiFunction<B, Map<String, String>, B> set) {
        return add(
                name,
                source -> get.apply(source).isEmpty() ? null : get.apply(source),
                (in, context) -> {
                    JavaType type = context.getTypeFactory().constructMapType(Map.class, String.class, String.class);
                    Map<String, String> texts = context.readValue(in, type);
                    requireNoNull(name, texts == null ? null : texts.values());
                    return texts;
                },
                set);
    }

    private static void requireNoNull(String name, @Nullable Collection<?> values) {
        if (values != null && values.contains(null)) {
            throw new IllegalArgumentException(name + " has an element that is null");
        }
    }

    /** Reads a value. Returns null if the mapper reads none, as from null and from some empty strings. */
    @FunctionalInterface
    private interface ValueReader<V> {
        @Nullable
        V read(JsonParser in, DeserializationContext context);
    }

    private <V> JsonForm<T, B> add(
            String name, Function<T, @Nullable Object> written, ValueReader<V> reader, BiFunction<B, V, B> set) {
        fields.put(name, new Field<>(written, (target, in, context) -> {
            V value = reader.read(in, context);
            return value == null ? target : set.apply(target, value);
        }));
        return this;
    }
}
