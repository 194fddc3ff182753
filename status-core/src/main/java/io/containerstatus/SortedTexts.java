package io.containerstatus;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * An immutable map of well-formed texts, in the order of the UTF-8 bytes of its keys. Its type is the proof of that: a
 * map that is one already needs no copy.
 */
final class SortedTexts extends AbstractMap<String, String> {
    private static final SortedTexts EMPTY = new SortedTexts(List.of());
    private static final Comparator<Entry<String, String>> BY_KEY = Entry.comparingByKey(Text.UTF8_ORDER);

    private final List<Entry<String, String>> entries;

    private SortedTexts(List<Entry<String, String>> entries) {
        this.entries = entries;
    }

    /** Returns the map as such a one, itself where it is one. */
    static SortedTexts copyOf(Map<String, String> map) {
        return map instanceof SortedTexts sorted ? sorted : of(map.entrySet());
    }

    /** Returns a map of the entries; of two that have, or come to have, equal keys the later one wins. */
    static SortedTexts of(Collection<Entry<String, String>> source) {
        if (source.isEmpty()) {
            return EMPTY;
        }
        List<Entry<String, String>> entries = wellFormed(source);
        return new SortedTexts(isSorted(entries) ? entries : sorted(entries));
    }

    private static List<Entry<String, String>> wellFormed(Collection<Entry<String, String>> source) {
        @SuppressWarnings({"unchecked", "rawtypes"}) // there is no other way to an array of a generic type
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

    private static List<Entry<String, String>> sorted(List<Entry<String, String>> entries) {
        TreeMap<String, Entry<String, String>> byKey = new TreeMap<>(Text.UTF8_ORDER);
        entries.forEach(entry -> byKey.put(entry.getKey(), entry));
        return List.copyOf(byKey.values());
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, String>> iterator() {
                return entries.iterator();
            }

            @Override
            public int size() {
                return entries.size();
            }
        };
    }
}
