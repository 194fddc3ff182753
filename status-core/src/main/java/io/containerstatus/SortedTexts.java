package io.containerstatus;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of well-formed strings, sorted by the UTF-8 bytes of its keys. An instance needs neither a
 * check nor a copy. A lookup is a binary search. A comparison of two instances is a single pass.
 */
final class SortedTexts extends AbstractMap<String, String> {
    private static final SortedTexts EMPTY = new SortedTexts(new String[0]);
    private static final Comparator<Entry<String, String>> BY_KEY = Entry.comparingByKey(Text.UTF8_ORDER);

    /**
     * The keys and values: each key is followed by its value. This takes less memory than an object for
     * each entry.
     */
    private final String[] texts;

    private final long totalLength;

    private SortedTexts(String[] texts) {
        this.texts = texts;
        long total = 0;
        for (String text : texts) {
            total += text.length();
        }
        totalLength = total;
    }

    /**
     * Returns a sorted map with the same entries. If the given map is an instance of this class, returns
     * that map.
     */
    static SortedTexts copyOf(Map<String, String> map) {
        return map instanceof SortedTexts sorted ? sorted : of(map.entrySet());
    }

    /**
     * Returns a map of the entries. If two keys are equal, or become equal when they are made well-formed,
     * the later entry counts.
     */
    static SortedTexts of(Collection<Entry<String, String>> source) {
        if (source.isEmpty()) {
            return EMPTY;
        }
        List<Entry<String, String>> entries = wellFormed(source);
        Collection<Entry<String, String>> sorted = isSorted(entries) ? entries : sorted(entries);
        String[] texts = new String[2 * sorted.size()];
        int next = 0;
        for (Entry<String, String> entry : sorted) {
            texts[next++] = entry.getKey();
            texts[next++] = entry.getValue();
        }
        return new SortedTexts(texts);
    }

    private static List<Entry<String, String>> wellFormed(Collection<Entry<String, String>> source) {
        @SuppressWarnings({"unchecked", "rawtypes"}) // no other way creates an array of a generic type
        Entry<String, String>[] entries = new Entry[source.size()];
        int size = 0;
        for (Entry<String, String> entry : source) {
            entries[size++] = Map.entry(
                    Text.wellFormed(Objects.requireNonNull(entry.getKey(), "key")),
                    Text.wellFormed(Objects.requireNonNull(entry.getValue(), "value")));
        }
        return List.of(entries);
    }

    private static boolean isSorted(List<Entry<String, String>> entries) {
        for (int i = 1; i < entries.size(); i++) {
            if (BY_KEY.compare(entries.get(i - 1), entries.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static Collection<Entry<String, String>> sorted(List<Entry<String, String>> entries) {
        TreeMap<String, Entry<String, String>> byKey = new TreeMap<>(Text.UTF8_ORDER);
        entries.forEach(entry -> byKey.put(entry.getKey(), entry));
        return byKey.values();
    }

    @Override
    public int size() {
        return texts.length / 2;
    }

    String key(int index) {
        return texts[2 * index];
    }

    String value(int index) {
        return texts[2 * index + 1];
    }

    /** Returns the total number of chars in all keys and values. */
    long totalLength() {
        return totalLength;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return find(key) >= 0;
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        int index = find(key);
        return index < 0 ? null : value(index);
    }

    private int find(@Nullable Object key) {
        // A text that is not well-formed cannot be a key, and has no position in the order.
        if (!(key instanceof String text) || !Text.wellFormed(text).equals(text)) {
            return -1;
        }
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Text.UTF8_ORDER.compare(key(middle), text);
            if (order == 0) {
                return middle;
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return -1;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SortedTexts that ? Arrays.equals(texts, that.texts) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return new Entries();
    }

    private final class Entries extends AbstractSet<Entry<String, String>> {
        @Override
        public int size() {
            return SortedTexts.this.size();
        }

        @Override
        public boolean contains(@Nullable Object other) {
            return other instanceof Entry<?, ?> entry
                    && entry.getValue() != null
                    && entry.getValue().equals(get(entry.getKey()));
        }

        @Override
        public Iterator<Entry<String, String>> iterator() {
            return new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next < size();
                }

                @Override
                public Entry<String, String> next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    int index = next++;
                    return Map.entry(key(index), value(index));
                }
            };
        }
    }
}
