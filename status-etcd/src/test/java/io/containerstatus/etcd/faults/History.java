package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.faults.HistoryEntry.Event;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.HistoryEntry.Read;
import io.containerstatus.etcd.faults.HistoryEntry.Takeover;
import io.containerstatus.etcd.faults.HistoryEntry.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All observations of the containers of one node. Each observation is also available as a line, so that a
 * killed process has reported what it had begun. This class is threadsafe.
 */
final class History {
    private final Consumer<String> lines;
    private final Map<String, List<HistoryEntry>> byContainer = new TreeMap<>();
    private final Map<String, Write> begun = new HashMap<>();
    private long acknowledged;

    History() {
        this(line -> {});
    }

    /** Creates a history that reports each observation as a line. */
    History(Consumer<String> lines) {
        this.lines = lines;
    }

    /** A write begins now, before anything is sent. A container has one at a time in each epoch. */
    void begin(String id, WriteNumber stamp, boolean deletes) {
        add(id, "begin " + id + " " + stamp + " " + deletes + " " + System.nanoTime());
    }

    /** The write of this epoch has ended. */
    void end(String id, WriteNumber stamp, Outcome outcome) {
        add(id, "end " + id + " " + stamp + " " + outcome + " " + System.nanoTime());
    }

    /** An opening that began at this time has ended now. */
    void takeover(String id, int epoch, long start) {
        add(id, "takeover " + id + " " + epoch + " " + start + " " + System.nanoTime());
    }

    /** A read that began at this time has ended now. */
    void read(String id, @Nullable WriteNumber found, long start) {
        add(id, "read " + id + " " + found + " " + start + " " + System.nanoTime());
    }

    void event(String id, @Nullable WriteNumber put, long revision, long version) {
        add(id, "event " + id + " " + put + " " + revision + " " + version);
    }

    private void add(String id, String line) {
        synchronized (this) {
            take(line);
        }
        lines.accept(line);
    }

    /** Adds a line that another history has reported. */
    synchronized void take(String line) {
        String[] words = line.split(" ");
        String id = words[1];
        List<HistoryEntry> operations = byContainer.computeIfAbsent(id, unknown -> new ArrayList<>());
        switch (words[0]) {
            case "begin" -> {
                WriteNumber stamp = WriteNumber.parse(words[2]);
                boolean deletes = Boolean.parseBoolean(words[3]);
                begun.put(
                        id + " " + stamp,
                        new Write(stamp, deletes, Long.parseLong(words[4]), Long.MAX_VALUE, Outcome.UNKNOWN));
            }
            case "end" -> {
                Write write = begun.remove(id + " " + words[2]);
                Outcome outcome = Outcome.valueOf(words[3]);
                long end = outcome == Outcome.UNKNOWN ? Long.MAX_VALUE : Long.parseLong(words[4]);
                operations.add(new Write(write.stamp(), write.deletes(), write.start(), end, outcome));
                acknowledged += outcome == Outcome.ACKNOWLEDGED ? 1 : 0;
            }
            case "takeover" ->
                operations.add(new Takeover(
                        new WriteNumber(Integer.parseInt(words[2]), 0),
                        Long.parseLong(words[3]),
                        Long.parseLong(words[4])));
            case "read" ->
                operations.add(new Read(stampOrNull(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4])));
            case "event" ->
                operations.add(new Event(stampOrNull(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4])));
            default -> throw new IllegalArgumentException(line);
        }
    }

    private static @Nullable WriteNumber stampOrNull(String word) {
        return word.equals("null") ? null : WriteNumber.parse(word);
    }

    /** Returns the observations of each container, including the writes without an answer. */
    synchronized Map<String, List<HistoryEntry>> byContainer() {
        Map<String, List<HistoryEntry>> all = new TreeMap<>();
        byContainer.forEach((id, operations) -> all.put(id, new ArrayList<>(operations)));
        begun.forEach(
                (key, write) -> all.get(key.substring(0, key.indexOf(' '))).add(write));
        return all;
    }

    /** Returns the number of writes that were acknowledged so far. */
    synchronized long acknowledged() {
        return acknowledged;
    }
}
