package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.Change;
import io.containerstatus.testing.DiskNode.File;
import io.containerstatus.testing.DiskNode.Folder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The states that a power cut may leave at one moment. A state is the result of independent choices: whether
 * each change of names that was not synced is left, and what is left of each file that was not synced.
 */
public final class PowerCuts {
    private static final long MOST = 1L << 20;

    private final Folder root;
    private final List<Change> changes = new ArrayList<>();
    private final List<File> files = new ArrayList<>();
    private final List<Remains> remains = new ArrayList<>();

    PowerCuts(Disk copy) {
        root = copy.root;
        Set<DiskNode> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        find(root, visited);
        files.forEach(
                file -> remains.add(file.isInPlace() ? new Sectors(file) : new Contents(List.copyOf(file.remains()))));
    }

    private void find(DiskNode node, Set<DiskNode> visited) {
        if (!visited.add(node)) {
            return;
        }
        if (node instanceof Folder folder) {
            changes.addAll(folder.pending);
            folder.everHeld().forEach(child -> find(child, visited));
        } else if (((File) node).dirty) {
            files.add((File) node);
        }
    }

    /**
     * Returns all states, each once.
     *
     * @throws IllegalStateException if there are too many states to check them all
     */
    public Set<DiskState> all() {
        long combinations = 1L << Math.min(changes.size(), 40);
        for (Remains one : remains) {
            combinations *= one.count();
            if (combinations > MOST) {
                throw new IllegalStateException(
                        changes.size() + " changes of names and " + files.size() + " files are not synced");
            }
        }
        Set<DiskState> states = new LinkedHashSet<>();
        for (long combination = 0; combination < combinations; combination++) {
            states.add(state(new Digits(combination)));
        }
        return states;
    }

    /**
     * Returns one of the states. Each choice is random and independent of the others. So the most likely states are
     * those in which about half of the changes are left.
     */
    public DiskState sample(Random random) {
        return state(random::nextInt);
    }

    /** Makes the choices one by one. */
    @FunctionalInterface
    private interface Choices {
        int next(int bound);
    }

    /** What may be left of one file. */
    private interface Remains {
        long count();

        /** Returns the content; empty if nothing is left, not even the name. */
        Optional<String> choose(Choices choices);
    }

    private record Contents(List<Optional<String>> all) implements Remains {
        @Override
        public long count() {
            return all.size();
        }

        @Override
        public Optional<String> choose(Choices choices) {
            return all.get(choices.next(all.size()));
        }
    }

    /** What may be left of a file that was written in place: each sector is old or new. */
    private record Sectors(File file) implements Remains {
        @Override
        public long count() {
            return 1L << Math.min(file.uncertainSectors().cardinality(), 40);
        }

        @Override
        public Optional<String> choose(Choices choices) {
            byte[] mixed = Objects.requireNonNull(file.durable).clone();
            file.uncertainSectors().stream()
                    .filter(sector -> choices.next(2) == 1)
                    .forEach(sector -> File.copySector(sector, file.bytes, mixed));
            return Optional.of(DiskState.text(mixed));
        }
    }

    private static final class Digits implements Choices {
        private long rest;

        Digits(long combination) {
            rest = combination;
        }

        @Override
        public int next(int bound) {
            int digit = (int) (rest % bound);
            rest /= bound;
            return digit;
        }
    }

    private DiskState state(Choices choices) {
        Set<Change> persisted = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Change change : changes) {
            if (choices.next(2) == 1) {
                persisted.add(change);
            }
        }
        Map<File, Optional<String>> left = new IdentityHashMap<>();
        for (int i = 0; i < files.size(); i++) {
            left.put(files.get(i), remains.get(i).choose(choices));
        }
        SortedMap<String, Optional<String>> entries = new TreeMap<>();
        add("", root, persisted, left, entries);
        return new DiskState(entries);
    }

    private static void add(
            String path,
            Folder folder,
            Set<Change> persisted,
            Map<File, Optional<String>> left,
            SortedMap<String, Optional<String>> entries) {
        Map<String, DiskNode> names = new LinkedHashMap<>(folder.durable);
        folder.pending.stream().filter(persisted::contains).forEach(change -> change.apply(names));
        names.forEach((name, node) -> {
            String child = path + "/" + name;
            if (node instanceof Folder inner) {
                entries.put(child, Optional.empty());
                add(child, inner, persisted, left, entries);
            } else {
                Optional<String> content =
                        left.containsKey(node) ? left.get(node) : Optional.of(DiskState.text(((File) node).bytes));
                content.ifPresent(bytes -> entries.put(child, content));
            }
        });
    }
}
