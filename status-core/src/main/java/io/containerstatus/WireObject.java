package io.containerstatus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One type of object in the wire format: its fields, in the order in which they are written.
 *
 * @param <T> the type that is written
 * @param <B> the target that collects the fields on reading: a builder, or the value itself if each setter
 *     returns a new one
 */
final class WireObject<T, B> {
    private final Supplier<B> begin;
    private final Function<B, T> end;
    private final List<WireField<T, B>> fields;
    private final String[] names;
    private final Map<String, Integer> byFoldedName = new HashMap<>();
    private final int longestName;
    private final Class<T> type;
    private final Function<T, Map<String, String>> additional;
    private final Setter<B, Map<String, String>> setAdditional;

    private WireObject(
            Table<T, B> table,
            Class<T> type,
            Function<T, Map<String, String>> additional,
            Setter<B, Map<String, String>> setAdditional) {
        this.type = type;
        this.additional = additional;
        this.setAdditional = setAdditional;
        begin = table.begin;
        end = table.end;
        fields = List.copyOf(table.fields);
        names = fields.stream().map(field -> field.name).toArray(String[]::new);
        int longest = 0;
        for (int i = 0; i < names.length; i++) {
            byFoldedName.put(fold(names[i]), i);
            longest = Math.max(longest, names[i].length());
        }
        longestName = longest;
    }

    /** Begins the table of an object. Its fields are left out if they are zero or empty. */
    static <T, B> Table<T, B> omittingEmpty(Supplier<B> begin, Function<B, T> end) {
        return new Table<>(begin, end, /* omitEmpty= */ true);
    }

    /** Begins the table of an object. Its fields are always written. */
    static <T, B> Table<T, B> complete(Supplier<B> begin, Function<B, T> end) {
        return new Table<>(begin, end, /* omitEmpty= */ false);
    }

    void write(T value, WireWriter out) {
        out.beginObject();
        for (int i = 0; i < fields.size(); i++) {
            fields.get(i).write(value, out);
        }
        AdditionalProperties unknown = unknown(value);
        if (!unknown.isEmpty()) {
            out.members(unknown.members());
        }
        out.endObject();
    }

    /** Returns an upper bound of the number of bytes that {@link #write} writes. */
    long maxLength(T value) {
        long length = 2L + 1 + unknown(value).members().length;
        for (int i = 0; i < fields.size(); i++) {
            length += fields.get(i).maxLength(value);
        }
        return length;
    }

    private AdditionalProperties unknown(T value) {
        return (AdditionalProperties) additional.apply(value);
    }

    /** Reads the rest of an object whose start was read. */
    T read(WireReader in) {
        return end.apply(readFields(in));
    }

    /** Reads the rest of an object whose start was read, and returns the target with its fields. */
    B readFields(WireReader in) {
        B target = begin.get();
        AdditionalProperties.Collector unknown = null;
        int expected = 0;
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            int found = find(key, expected);
            if (found < 0) {
                unknown = unknown == null ? new AdditionalProperties.Collector() : unknown;
                in.readMember(key, unknown);
            } else {
                in.nextValue();
                target = fields.get(found).read(target, in);
                expected = found + 1;
            }
        }
        return unknown == null ? target : setAdditional.set(target, unknown.collected(type));
    }

    /**
     * Returns the index of the field with this key; -1 if there is none. Starts at the expected index, which
     * is the right one in a document in the usual order.
     */
    private int find(String key, int expected) {
        for (int i = 0, at = expected; i < names.length; i++, at++) {
            at = at < names.length ? at : 0;
            if (names[at].equals(key)) {
                return at;
            }
        }
        Integer found = key.length() <= longestName ? byFoldedName.get(fold(key)) : null;
        return found == null ? -1 : found;
    }

    /**
     * Returns the key in lower case, by the simple folding of Go's reader. Beside the ASCII letters, it folds
     * only U+017F (long s) and U+212A (Kelvin sign), to {@code s} and {@code k}. Unlike
     * {@code equalsIgnoreCase}, it does not fold the dotted and the dotless i.
     */
    private static String fold(String key) {
        char[] folded = key.toCharArray();
        for (int i = 0; i < folded.length; i++) {
            char c = folded[i];
            if (c >= 'A' && c <= 'Z') {
                folded[i] = (char) (c - 'A' + 'a');
            } else if (c == '\u017F') {
                folded[i] = 's';
            } else if (c == '\u212A') {
                folded[i] = 'k';
            }
        }
        return new String(folded);
    }

    /** Sets a number in the target, and returns the target for the next fields. */
    interface NumberSetter<B> {
        B set(B target, long value);
    }

    /** Sets a value in the target, and returns the target for the next fields. */
    interface Setter<B, V> {
        B set(B target, V value);
    }

    /** Sets a value in the target, or unsets it with null, and returns the target for the next fields. */
    interface NullableSetter<B, V> {
        B set(B target, @Nullable V value);
    }

    /** Collects the fields of an object. */
    static final class Table<T, B> {
        private final Supplier<B> begin;
        private final Function<B, T> end;
        private final boolean omitEmpty;
        private final List<WireField<T, B>> fields = new ArrayList<>();

        private Table(Supplier<B> begin, Function<B, T> end, boolean omitEmpty) {
            this.begin = begin;
            this.end = end;
            this.omitEmpty = omitEmpty;
        }

        Table<T, B> version(String name, String version) {
            return field(new WireField.Version<>(name, version));
        }

        Table<T, B> number(String name, WireNumber kind, ToLongFunction<T> get, NumberSetter<B> set) {
            return field(new WireField.Int<>(name, omitEmpty, kind, get, set));
        }

        /** Adds a time in nanoseconds since the epoch. 0 means "not set"; the setters handle that. */
        Table<T, B> time(String name, Function<T, @Nullable Instant> get, Setter<B, Instant> set) {
            return number(
                    name,
                    WireNumber.INT64,
                    source -> Ranges.toNanos(get.apply(source)),
                    (target, nanos) -> set.set(target, Ranges.toInstant(nanos)));
        }

        Table<T, B> text(String name, Function<T, String> get, Setter<B, String> set) {
            return field(new WireField.Text<>(name, omitEmpty, get, set));
        }

        Table<T, B> flag(String name, Function<T, @Nullable Boolean> get, Setter<B, Boolean> set) {
            return field(new WireField.Flag<>(name, get, set));
        }

        <V> Table<T, B> object(
                String name, WireObject<V, ?> type, Function<T, @Nullable V> get, NullableSetter<B, V> set) {
            return field(new WireField.Nested<>(name, omitEmpty, type, get, set));
        }

        <E> Table<T, B> list(String name, WireObject<E, ?> type, Function<T, List<E>> get, Setter<B, List<E>> set) {
            return field(new WireField.Elements<>(name, type, get, set));
        }

        Table<T, B> texts(String name, Function<T, Map<String, String>> get, Setter<B, Map<String, String>> set) {
            return field(new WireField.Texts<>(name, get, set));
        }

        private Table<T, B> field(WireField<T, B> field) {
            fields.add(field);
            return this;
        }

        /** Ends the table. The last two parameters get and set the members that are not in the table. */
        WireObject<T, B> build(
                Class<T> type,
                Function<T, Map<String, String>> additional,
                Setter<B, Map<String, String>> setAdditional) {
            return new WireObject<>(this, type, additional, setAdditional);
        }
    }
}
