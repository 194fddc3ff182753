package io.containerstatus;

import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object that this library does not know: an unmodifiable map from their names to the
 * JSON text of their values, and their bytes exactly as in the document.
 *
 * <p>If a name is repeated, the bytes hold each of its members. The map shows the last value, as a JSON
 * reader that knows the name would. Two instances are equal if their bytes are equal. An instance and a map
 * of another class are equal if their entries are equal.
 *
 * <p>An instance belongs to the type of the object from which it was read, and no other type accepts it. A member
 * that is unknown in one type may be a known field of another type. A value that nests deeply is legal in an outer
 * object, but could be too deep in an inner one.
 */
final class AdditionalProperties extends AbstractMap<String, String> {
    /** The instance for every object without unknown members. Every type accepts it. */
    static final AdditionalProperties NONE = new AdditionalProperties(null, new byte[0], Map.of());

    private final @Nullable Class<?> owner;
    private final byte[] members;
    private final Map<String, String> byName;

    private AdditionalProperties(@Nullable Class<?> owner, byte[] members, Map<String, String> byName) {
        this.owner = owner;
        this.members = members;
        this.byName = byName;
    }

    /**
     * Returns the map as an instance of this class.
     *
     * @throws IllegalArgumentException if the map has entries and does not come from a decoded object of the
     *     owner's type
     */
    static AdditionalProperties of(Map<String, String> map, Class<?> owner) {
        if (map instanceof AdditionalProperties properties && (properties.owner == owner || properties.isEmpty())) {
            return properties;
        }
        if (Objects.requireNonNull(map, "additionalProperties").isEmpty()) {
            return NONE;
        }
        throw new IllegalArgumentException(
                "additionalProperties " + Excerpt.quote(map.keySet().toString()) + " were not read from a "
                        + owner.getSimpleName() + "; only StatusCodec.decode makes them");
    }

    @Override
    public boolean isEmpty() {
        return members.length == 0;
    }

    /** Returns the members, separated by commas. The array is shared and must not be changed. */
    byte[] members() {
        return members;
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return byName.entrySet();
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return byName.containsKey(name);
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
        return byName.get(name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AdditionalProperties that ? Arrays.equals(members, that.members) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    /** Collects the members of one object in the order of the document. */
    static final class Collector {
        private final List<byte[]> members = new ArrayList<>();
        private final Map<String, String> byName = new LinkedHashMap<>();
        private long length = -1;

        /**
         * Adds a member.
         *
         * @param name the decoded name
         * @param source the document that holds the key and the value
         * @param key the bytes of the key with its quotes
         * @param value the bytes of the value
         */
        void add(String name, byte[] source, Span key, Span value) {
            byte[] member = new byte[key.length() + 1 + value.length()];
            System.arraycopy(source, key.start(), member, 0, key.length());
            member[key.length()] = ':';
            System.arraycopy(source, value.start(), member, key.length() + 1, value.length());
            members.add(member);
            length += 1L + member.length;
            byName.put(
                    Text.wellFormed(name), new String(source, value.start(), value.length(), StandardCharsets.UTF_8));
        }

        /** Returns the members. They belong to the owner's type. */
        AdditionalProperties collected(Class<?> owner) {
            byte[] joined = new byte[Math.toIntExact(length)];
            int end = 0;
            for (byte[] member : members) {
                if (end > 0) {
                    joined[end++] = ',';
                }
                System.arraycopy(member, 0, joined, end, member.length);
                end += member.length;
            }
            return new AdditionalProperties(owner, joined, Collections.unmodifiableMap(byName));
        }
    }

    /** The bytes of a document from {@code start}, inclusive, to {@code end}, exclusive. */
    record Span(int start, int end) {
        int length() {
            return end - start;
        }
    }
}
