package io.containerstatus.fs;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.PowerCutFileSystem;
import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCuts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Looks at what crashes may leave of a root with a journal. In each state that a power cut may leave, the library opens the
 * root with the journal and without it, and every {@link Promise} must hold both times. Some of these processes live on,
 * and the power may be cut once more while they do: what the first opening has found, the second one finds as well.
 */
final class JournalCrashes {
    private final JournalSettings settings;
    private final Map<Promise, String> broken = new EnumMap<>(Promise.class);
    private final Set<Object> seen = new HashSet<>();
    private final Random random;
    /** How many states are looked at in one moment; 0 for all. */
    private final int samples;
    /** Each so many states, a process lives on; 0 for none. */
    private int livesOn;

    private boolean stops;
    private Syncs syncsAfterwards = Syncs.WORK;
    private long moments;
    private long powerCuts;
    private long secondPowerCuts;
    private long kills;

    private JournalCrashes(JournalSettings settings, Random random, int samples) {
        this.settings = settings;
        this.random = random;
        this.samples = samples;
    }

    /** Looks at every state there is after one power cut. */
    static JournalCrashes every(JournalSettings settings) {
        return new JournalCrashes(settings, new Random(0), 0);
    }

    /** Looks at so many states in each moment. */
    static JournalCrashes sampled(JournalSettings settings, Random random, int samples) {
        return new JournalCrashes(settings, random, samples);
    }

    /** Has a process live on after each so many states, and after kills; one state is looked at in each moment of it. */
    JournalCrashes andMore(int each) {
        livesOn = each;
        return this;
    }

    /** Decides what the syncs of the processes do that live on after a crash. */
    JournalCrashes withSyncsAfterwards(Syncs syncs) {
        syncsAfterwards = syncs;
        return this;
    }

    /** Looks no further once a promise was seen broken. */
    JournalCrashes untilOneIsBroken() {
        stops = true;
        return this;
    }

    /** Returns the promises that were broken, each with where that was seen first. */
    Map<Promise, String> broken() {
        return broken;
    }

    long powerCuts() {
        return powerCuts;
    }

    long secondPowerCuts() {
        return secondPowerCuts;
    }

    String counts() {
        return moments + " moments, " + powerCuts + " states after a power cut, " + kills + " after a kill, "
                + secondPowerCuts + " after a power cut that followed on one of these";
    }

    /** How the root is opened after a crash. */
    private enum Way {
        JOURNALED {
            @Override
            Process process(Path root, JournalSettings settings) {
                JournaledWriter writer = new JournaledWriter(root, settings);
                return new Process(writer, writer::found);
            }
        },
        /** Files cannot be written, so everything stays in the journal. */
        FAR_BEHIND {
            @Override
            Process process(Path root, JournalSettings settings) {
                JournalSettings many = new JournalSettings(settings.segmentSize(), 16, settings.filesWithin());
                JournaledWriter writer = new JournaledWriter(root, many, FAILING);
                return new Process(writer, writer::found);
            }
        },
        PLAIN {
            @Override
            Process process(Path root, JournalSettings settings) {
                LibraryWriter writer = new LibraryWriter(root);
                return new Process(writer, writer::found);
            }
        };

        abstract Process process(Path root, JournalSettings settings);
    }

    private static final UnaryOperator<StatusCheckpoints> FAILING = files -> new DelegatingCheckpoints(files) {
        @Override
        public Publisher<Void> write(String id, Status status) {
            return Mono.error(new NotWrittenException(id, "the disk is full", null));
        }

        @Override
        public Publisher<Void> delete(String id) {
            return Mono.error(new NotWrittenException(id, "the disk is full", null));
        }
    };

    private interface Opening {
        Opened found();
    }

    private record Process(Writer writer, Opening opening) {}

    /** Returns a life at which it looks: at every operation on the disk, and when something was acknowledged. */
    Life life(PowerCutFileSystem disk, Ledger ledger, Writer writer) {
        return new Life(disk, ledger, writer, when -> look(disk, ledger, when));
    }

    void look(PowerCutFileSystem disk, Ledger ledger, String when) {
        if (stops && !broken.isEmpty()) {
            return;
        }
        moments++;
        for (DiskState state : states(disk, samples)) {
            if (isNew("first", state, ledger)) {
                powerCuts++;
                boolean goesOn = livesOn != 0 && powerCuts % livesOn == 0;
                recover(state, ledger, Way.JOURNALED, when + ", power cut");
                Optional<Ledger> found = recover(state, ledger, Way.PLAIN, when + ", power cut");
                for (Way way : Way.values()) {
                    if (found.isPresent() && goesOn) {
                        PowerCutFileSystem next = PowerCutFileSystem.mounted(state);
                        liveOn(next, found.get().copy(), way, when + ", power cut");
                    }
                }
            }
        }
        if (livesOn != 0 && moments % livesOn == 0) {
            for (Way way : Way.values()) {
                kills++;
                liveOn(disk.afterKill(), ledger.copy(), way, when + ", kill");
            }
        }
    }

    private Iterable<DiskState> states(PowerCutFileSystem disk, int count) {
        PowerCuts cuts = disk.powerCuts();
        if (count == 0) {
            return cuts.all();
        }
        return () -> random.ints(count).mapToObj(i -> cuts.sample(random)).iterator();
    }

    /** An empty lock file makes no difference, whether it is there or not. */
    private boolean isNew(String what, DiskState state, Ledger ledger) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        for (Map.Entry<String, Optional<String>> entry : state.entries().entrySet()) {
            if (!entry.getKey().endsWith(".status.lock")
                    || !entry.getValue().orElse("").isEmpty()) {
                digest.update(entry.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return seen.add(List.of(what, ByteBuffer.wrap(digest.digest()), ledger.key()));
    }

    /** Opens, and compares what is found with what may be; then writes and closes. Returns what was found. */
    private Optional<Ledger> recover(DiskState state, Ledger ledger, Way way, String when) {
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(state);
        disk.largestWrite = Integer.MAX_VALUE;
        Process process = way.process(disk.getPath(CrashStates.ROOT), settings);
        String now = when + ", " + way;
        try {
            Ledger found = compare(process.opening().found(), ledger, now, state);
            if (way == Way.PLAIN) {
                requireNoJournal(disk, now);
            }
            if (samples == 0) {
                goOn(process.writer(), ledger, disk, now);
            }
            return Optional.of(found);
        } catch (Exception e) {
            report(Promise.LIFE_GOES_ON, now + ": " + e, state);
            return Optional.empty();
        } finally {
            process.writer().close();
        }
    }

    /** After a close the files hold everything, for any reader. */
    private void goOn(Writer writer, Ledger ledger, PowerCutFileSystem disk, String when) throws Exception {
        for (String id : ledger.ids()) {
            writer.write(id, CrashStates.NEXT);
        }
        writer.close();
        SortedMap<String, Optional<String>> entries = disk.visible().entries();
        for (String id : ledger.ids()) {
            if (!Optional.of(Samples.text(CrashStates.NEXT))
                    .equals(entries.get(CrashStates.ROOT + "/" + id + "/status"))) {
                report(Promise.LIFE_GOES_ON, when + ": after a close the file of " + id + " is old", disk.visible());
            }
        }
    }

    private void requireNoJournal(PowerCutFileSystem disk, String when) {
        if (disk.visible().entries().keySet().stream().anyMatch(path -> path.contains(".status.journal-"))) {
            report(Promise.LIFE_GOES_ON, when + ": the journal is still there", disk.visible());
        }
    }

    /** What the next process does, while the power may be cut: opens, writes, deletes, creates and closes. */
    private void liveOn(PowerCutFileSystem disk, Ledger ledger, Way way, String when) {
        disk.largestWrite = Integer.MAX_VALUE;
        disk.syncs = syncsAfterwards;
        Process process = way.process(disk.getPath(CrashStates.ROOT), settings);
        String now = when + ", " + way;
        Life life = new Life(disk, ledger, process.writer(), later -> cutPowerAgain(disk, ledger, now + ", " + later));
        boolean goesOn = life.open();
        for (String id : ledger.ids()) {
            if (way == Way.FAR_BEHIND) {
                life.write(id, CrashStates.NEXT);
                life.delete(id);
                continue;
            }
            goesOn = goesOn
                    && life.write(id, CrashStates.NEXT)
                    && life.delete(id)
                    && life.create(id, Samples.CREATED)
                    && life.write(id, CrashStates.NEXT);
        }
        if (!goesOn) {
            report(Promise.LIFE_GOES_ON, now + ": something failed", disk.visible());
        }
        process.writer().close();
        life.close();
    }

    private void cutPowerAgain(PowerCutFileSystem disk, Ledger ledger, String when) {
        for (DiskState state : states(disk, 1)) {
            if (isNew("again", state, ledger)) {
                secondPowerCuts++;
                Way way = random.nextBoolean() ? Way.JOURNALED : Way.PLAIN;
                PowerCutFileSystem next = PowerCutFileSystem.mounted(state);
                next.largestWrite = Integer.MAX_VALUE;
                Process process = way.process(next.getPath(CrashStates.ROOT), settings);
                try {
                    compare(process.opening().found(), ledger, when + ", power cut, " + way, state);
                } catch (RuntimeException e) {
                    report(Promise.LIFE_GOES_ON, when + ", power cut, " + way + ": " + e, state);
                } finally {
                    process.writer().close();
                }
            }
        }
    }

    /** Compares everything; returns what was found, container by container. */
    private Ledger compare(Opened opened, Ledger ledger, String when, DiskState state) {
        Map<String, String> contents = new TreeMap<>();
        opened.containers().forEach(one -> contents.put(one.id(), content(one)));
        Set<String> ids = new TreeSet<>(ledger.ids());
        ids.addAll(contents.keySet());
        Ledger found = ledger.copy();
        for (String id : ids) {
            String content = contents.getOrDefault(id, Ledger.ABSENT);
            Set<String> allowed = ledger.of(id);
            if (!allowed.contains(content)) {
                Promise promise = allowed.equals(Set.of(Ledger.ABSENT))
                        ? Promise.DELETED_STAYS_AWAY
                        : Promise.ACKNOWLEDGED_IS_THERE;
                report(promise, when + ": " + id + " is " + content + " and may be " + allowed, state);
            }
            found.isNow(id, content);
        }
        if (!opened.damage().isEmpty()) {
            report(Promise.NO_FALSE_ALARM, when + ": " + opened.damage(), state);
        }
        return found;
    }

    private static String content(Found found) {
        if (found instanceof Found.Loaded loaded) {
            Status status = loaded.status();
            return Samples.text(status);
        }
        return found instanceof Found.Missing ? Ledger.MISSING : found.toString();
    }

    private void report(Promise promise, String what, @Nullable DiskState state) {
        broken.computeIfAbsent(promise, none -> what + String.valueOf(state).replaceAll("0{64,}", "0..0"));
    }
}
