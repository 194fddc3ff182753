package io.containerstatus;

import io.containerstatus.WireObject.NullableSetter;
import io.containerstatus.WireObject.NumberSetter;
import io.containerstatus.WireObject.Setter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One field of a {@link WireObject}: its key, and the way from a value to JSON and back. */
abstract class WireField<T, B> {
    final String name;

    /** The key, encoded once and for all. */
    final byte[] key;

    WireField(String name) {
        this.name = name;
        key = WireWriter.encodeKey(name);
    }

    /** Writes the key and the value, or nothing where the field is left out. */
    abstract void write(T source, WireWriter out);

    /** Reads the current value, and returns what collects the fields from now on. */
    abstract B read(B target, WireReader in);

    /** The version: a constant on writing, judged by the reader on reading. */
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
        B read(B target, WireReader in) {
            in.readVersion();
            return target;
        }
    }

    /** An integer; null leaves it as it is. */
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
        B read(B target, WireReader in) {
            return in.readNumber(kind) ? set.set(target, in.number()) : target;
        }
    }

    /** A text; null leaves it as it is. */
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
        B read(B target, WireReader in) {
            String text = in.readText();
            return text == null ? target : set.set(target, text);
        }
    }

    /** An object, or null, which unsets it. */
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
        B read(B target, WireReader in) {
            if (in.isNull()) {
                return set.set(target, null);
            }
            return in.beginObject() ? set.set(target, type.read(in)) : target;
        }
    }

    /** A list of objects, left out when empty; null empties it. */
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
        B read(B target, WireReader in) {
            if (in.isNull()) {
                return set.set(target, List.of());
            }
            List<E> elements = in.readList(type);
            return elements == null ? target : set.set(target, elements);
        }
    }

    /** An object of texts by sorted key, left out when empty; null empties it. */
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
            Map<String, String> texts = get.apply(source);
            if (texts.isEmpty()) {
                return;
            }
            out.key(key);
            out.beginObject();
            for (Map.Entry<String, String> entry : texts.entrySet()) {
                out.key(entry.getKey());
                out.text(entry.getValue());
            }
            out.endObject();
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
