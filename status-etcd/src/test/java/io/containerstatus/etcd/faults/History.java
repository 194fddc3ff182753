package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.faults.Operation.Event;
import io.containerstatus.etcd.faults.Operation.Outcome;
import io.containerstatus.etcd.faults.Operation.Read;
import io.containerstatus.etcd.faults.Operation.Takeover;
import io.containerstatus.etcd.faults.Operation.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that was seen of the containers of one node. What is added can be had as lines, too: so that a process that is killed
 * has told what it had begun. This class is threadsafe.
 */
final class History {
    private final Consumer<String> lines;
    private final Map<String, List<Operation>> byContainer = new TreeMap<>();
    private final Map<String, Write> begun = new HashMap<>();
    private long acknowledged;

    History() {
        this(line -> {});
    }

    /** Creates one that tells each thing that is added, as a line. */
    History(Consumer<String> lines) {
        this.lines = lines;
    }

    /** A write begins now, before anything is sent. A container has one at a time in each epoch. */
    void begin(String id, Stamp stamp, boolean deletes) {
        add(id, "begin " + id + " " + stamp + " " + deletes + " " + System.nanoTime());
    }

    /** The write of this epoch has ended. */
    void end(String id, Stamp stamp, Outcome outcome) {
        add(id, "end " + id + " " + stamp + " " + outcome + " " + System.nanoTime());
    }

    /** An opening that began then has ended now. */
    void takeover(String id, int epoch, long start) {
        add(id, "takeover " + id + " " + epoch + " " + start + " " + System.nanoTime());
    }

    /** A read that began then has ended now. */
    void read(String id, @Nullable Stamp found, long start) {
        add(id, "read " + id + " " + found + " " + start + " " + System.nanoTime());
    }

    void event(String id, @Nullable Stamp put, long revision, long version) {
        add(id, "event " + id + " " + put + " " + revision + " " + version);
    }

    private void add(String id, String line) {
        synchronized (this) {
            take(line);
        }
        lines.accept(line);
    }

    /** Adds what another history has told. */
    synchronized void take(String line) {
        String[] words = line.split(" ");
        String id = words[1];
        List<Operation> operations = byContainer.computeIfAbsent(id, unknown -> new ArrayList<>());
        switch (words[0]) {
            case "begin" -> {
                Stamp stamp = Stamp.parse(words[2]);
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
                        new Stamp(Integer.parseInt(words[2]), 0), Long.parseLong(words[3]), Long.parseLong(words[4])));
            case "read" ->
                operations.add(new Read(stampOrNull(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4])));
            case "event" ->
                operations.add(new Event(stampOrNull(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4])));
            default -> throw new IllegalArgumentException(line);
        }
    }

    private static @Nullable Stamp stampOrNull(String word) {
        return word.equals("null") ? null : Stamp.parse(word);
    }

    /** Returns what was seen of each container, with the writes that were not answered. */
    synchronized Map<String, List<Operation>> byContainer() {
        Map<String, List<Operation>> all = new TreeMap<>();
        byContainer.forEach((id, operations) -> all.put(id, new ArrayList<>(operations)));
        begun.forEach(
                (key, write) -> all.get(key.substring(0, key.indexOf(' '))).add(write));
        return all;
    }

    /** Returns how many writes were acknowledged so far. */
    synchronized long acknowledged() {
        return acknowledged;
    }
}
