package io.containerstatus;

import io.containerstatus.WireObject.NullableSetter;
import io.containerstatus.WireObject.NumberSetter;
import io.containerstatus.WireObject.Setter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One field of a {@link WireObject}: its key, and how its value is written and read. */
abstract class WireField<T, B> {
    /** The number of characters around an object or a list, and of quotes around a string. */
    private static final int AROUND = 2;

    /** The length of a comma or a colon. */
    private static final int SEPARATOR = 1;

    /**
     * The most bytes that a char takes: six if it is escaped with four hexadecimal digits, at most three if
     * it is not escaped.
     */
    private static final int BYTES_PER_CHAR = 6;

    final String name;

    /** The key, encoded once. */
    final byte[] key;

    WireField(String name) {
        this.name = name;
        key = WireWriter.encodeKey(name);
    }

    /** Writes the key and the value. If the field is left out, writes nothing. */
    abstract void write(T source, WireWriter out);

    /**
     * Returns an upper bound of the number of bytes that {@link #write} writes. The bound depends on the size
     * of the value, not on its content.
     */
    final long maxLength(T source) {
        return SEPARATOR + key.length + maxValueLength(source);
    }

    abstract long maxValueLength(T source);

    private static long maxTextLength(String text) {
        return AROUND + (long) BYTES_PER_CHAR * text.length();
    }

    /** Reads the current value, and returns the target for the next fields. */
    abstract B read(B target, WireReader in);

    /** The version. It is written as a constant. On reading, {@link WireReader} checks it. */
    static final class Version<T, B> extends WireField<T, B> {
        private final String version;

        Version(String name, String version) {
            super(name);
            this.version = version;
        }

        @Override
        void write(T source, WireWriter out) {
            out.key(key);
            out.text(version);
        }

        @Override
        long maxValueLength(T source) {
            return maxTextLength(version);
        }

        @Override
        B read(B target, WireReader in) {
            in.readVersion();
            return target;
        }
    }

    /** An integer. Null in the document leaves it unchanged. */
    static final class Int<T, B> extends WireField<T, B> {
        private final boolean omitZero;
        private final WireNumber kind;
        private final ToLongFunction<T> get;
        private final NumberSetter<B> set;

        Int(String name, boolean omitZero, WireNumber kind, ToLongFunction<T> get, NumberSetter<B> set) {
            super(name);
            this.omitZero = omitZero;
            this.kind = kind;
            this.get = get;
            this.set = set;
        }

        @Override
        void write(T source, WireWriter out) {
            long value = get.applyAsLong(source);
            if (value == 0 && omitZero) {
                return;
            }
            out.key(key);
            if (kind.isUnsigned()) {
                out.unsigned(value);
            } else {
                out.number(value);
            }
        }

        @Override
        long maxValueLength(T source) {
            return WireWriter.LONGEST_NUMBER;
        }

        @Override
        B read(B target, WireReader in) {
            return in.readNumber(kind) ? set.set(target, in.number()) : target;
        }
    }

    /** A string. Null in the document leaves it unchanged. */
    static final class Text<T, B> extends WireField<T, B> {
        private final boolean omitEmpty;
        private final Function<T, String> get;
        private final Setter<B, String> set;

        Text(String name, boolean omitEmpty, Function<T, String> get, Setter<B, String> set) {
            super(name);
            this.omitEmpty = omitEmpty;
            this.get = get;
            this.set = set;
        }

        @Override
        void write(T source, WireWriter out) {
            String text = get.apply(source);
            if (!omitEmpty || !text.isEmpty()) {
                out.key(key);
                out.text(text);
            }
        }

        @Override
        long maxValueLength(T source) {
            return maxTextLength(get.apply(source));
        }

        @Override
        B read(B target, WireReader in) {
            String text = in.readText();
            return text == null ? target : set.set(target, text);
        }
    }

    /** A boolean, left out if it is not set. Null in the document leaves it unchanged. */
    static final class Flag<T, B> extends WireField<T, B> {
        private final Function<T, @Nullable Boolean> get;
        private final Setter<B, Boolean> set;

        Flag(String name, Function<T, @Nullable Boolean> get, Setter<B, Boolean> set) {
            super(name);
            this.get = get;
            this.set = set;
        }

        @Override
        void write(T source, WireWriter out) {
            Boolean value = get.apply(source);
            if (value != null) {
                out.key(key);
                out.flag(value);
            }
        }

        @Override
        long maxValueLength(T source) {
            return WireWriter.FALSE.length;
        }

        @Override
        B read(B target, WireReader in) {
            Boolean value = in.readFlag();
            return value == null ? target : set.set(target, value);
        }
    }

    /** An object. Null in the document unsets it. */
    static final class Nested<T, B, V> extends WireField<T, B> {
        private final boolean omitNull;
        private final WireObject<V, ?> type;
        private final Function<T, @Nullable V> get;
        private final NullableSetter<B, V> set;

        Nested(
                String name,
                boolean omitNull,
                WireObject<V, ?> type,
                Function<T, @Nullable V> get,
                NullableSetter<B, V> set) {
            super(name);
            this.omitNull = omitNull;
            this.type = type;
            this.get = get;
            this.set = set;
        }

        @Override
        void write(T source, WireWriter out) {
            V value = get.apply(source);
            if (value != null) {
                out.key(key);
                type.write(value, out);
            } else if (!omitNull) {
                out.key(key);
                out.nullValue();
            }
        }

        @Override
        long maxValueLength(T source) {
            V value = get.apply(source);
            return value == null ? WireWriter.NULL.length : type.maxLength(value);
        }

        @Override
        B read(B target, WireReader in) {
            if (in.isNull()) {
                return set.set(target, null);
            }
            return in.beginObject() ? set.set(target, type.read(in)) : target;
        }
    }

    /** A list of objects, left out if it is empty. Null in the document empties it. */
    static final class Elements<T, B, E> extends WireField<T, B> {
        private final WireObject<E, ?> type;
        private final Function<T, List<E>> get;
        private final Setter<B, List<E>> set;

        Elements(String name, WireObject<E, ?> type, Function<T, List<E>> get, Setter<B, List<E>> set) {
            super(name);
            this.type = type;
            this.get = get;
            this.set = set;
        }

        @Override
        void write(T source, WireWriter out) {
            List<E> elements = get.apply(source);
            if (elements.isEmpty()) {
                return;
            }
            out.key(key);
            out.beginArray();
            for (E element : elements) {
                out.element();
                type.write(element, out);
            }
            out.endArray();
        }

        @Override
        long maxValueLength(T source) {
            long length = AROUND;
            for (E element : get.apply(source)) {
                length += SEPARATOR + type.maxLength(element);
            }
            return length;
        }

        @Override
        B read(B target, WireReader in) {
            if (in.isNull()) {
                return set.set(target, List.of());
            }
            List<E> elements = in.readList(type);
            return elements == null ? target : set.set(target, elements);
        }
    }

    /** An object of strings, sorted by key and left out if it is empty. Null in the document empties it. */
    static final class Texts<T, B> extends WireField<T, B> {
        private final Function<T, Map<String, String>> get;
        private final Setter<B, Map<String, String>> set;

        Texts(String name, Function<T, Map<String, String>> get, Setter<B, Map<String, String>> set) {
            super(name);
            this.get = get;
            this.set = set;
        }

        @Override
        void write(T source, WireWriter out) {
            SortedTexts texts = (SortedTexts) get.apply(source);
            if (texts.isEmpty()) {
                return;
            }
            out.key(key);
            out.beginObject();
            for (int i = 0; i < texts.size(); i++) {
                out.key(texts.key(i));
                out.text(texts.value(i));
            }
            out.endObject();
        }

        @Override
        long maxValueLength(T source) {
            SortedTexts texts = (SortedTexts) get.apply(source);
            long aroundAnEntry = 2L * AROUND + 2L * SEPARATOR;
            return AROUND + texts.size() * aroundAnEntry + BYTES_PER_CHAR * texts.totalLength();
        }

        @Override
        B read(B target, WireReader in) {
            if (in.isNull()) {
                return set.set(target, Map.of());
            }
            Map<String, String> texts = in.readTexts();
            return texts == null ? target : set.set(target, texts);
        }
    }
}
