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
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Checks what crashes may leave of a root with a journal. In each state that a power cut may leave, the library
 * opens the root with the journal and without it, and every {@link CrashGuarantee} must hold both times. Some of these
 * processes continue, and the power may be cut once more meanwhile: what the first opening has found, the
 * second one must find as well.
 */
final class JournalCrashes {
    /** The length of a header's fields, in bytes. */
    private static final int HEADER = 80;

    private static final int WORD = 8;
    /** After each so many cut headers, a process continues. */
    private static final int HEADERS_PER_PROCESS = 8;

    private final JournalSettings settings;
    private final Map<CrashGuarantee, String> broken = new EnumMap<>(CrashGuarantee.class);
    private final Set<Object> checked = new HashSet<>();
    private final Random random;
    /** How many states are checked at one moment; 0 for all. */
    private final int samples;
    /** After each so many states, a process continues; 0 for never. */
    private int statesPerProcess;

    private boolean stops;
    /** Whether headers are checked of which a device has written only some words. */
    private boolean cutsHeaders;

    private @Nullable DiskState before;
    /** Whether damage may be reported that is none. */
    private boolean mayAlarm;

    private Syncs syncsAfterwards = Syncs.WORK;
    private long moments;
    private long powerCuts;
    private long secondPowerCuts;
    private long kills;
    private long unbegun;

    private JournalCrashes(JournalSettings settings, Random random, int samples) {
        this.settings = settings;
        this.random = random;
        this.samples = samples;
    }

    /** Checks every state after one power cut. */
    static JournalCrashes every(JournalSettings settings) {
        return new JournalCrashes(settings, new Random(0), 0);
    }

    /** Checks this many states at each moment. */
    static JournalCrashes sampled(JournalSettings settings, Random random, int samples) {
        return new JournalCrashes(settings, random, samples);
    }

    /**
     * Lets a process continue after each so many states, and after kills. At each moment of that process,
     * one state is checked.
     */
    JournalCrashes andMore(int each) {
        statesPerProcess = each;
        return this;
    }

    /** Decides what the syncs of the processes that continue after a crash do. */
    JournalCrashes withSyncsAfterwards(Syncs syncs) {
        syncsAfterwards = syncs;
        return this;
    }

    /**
     * Checks only headers of which not all words of eight bytes got to the disk, in every mixture of old and
     * new words. If the segment counted until then, damage may be reported.
     */
    JournalCrashes ofCutHeaders() {
        cutsHeaders = true;
        return this;
    }

    /** Checks no more states once a promise was broken. */
    JournalCrashes untilOneIsBroken() {
        stops = true;
        return this;
    }

    /** Returns the promises that were broken, each with the moment at which that was first detected. */
    Map<CrashGuarantee, String> broken() {
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

    /** Rejects every write of a file, so that everything stays in the journal. */
    static final UnaryOperator<StatusCheckpoints> FAILING = files -> new DelegatingCheckpoints(files) {
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

    /** Returns a life with checks at every operation on the disk, and after every acknowledged change. */
    CrashScenario life(PowerCutFileSystem disk, ExpectedFiles expectedFiles, Writer writer) {
        return new CrashScenario(disk, expectedFiles, writer, when -> check(disk, expectedFiles, when));
    }

    void check(PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when) {
        if (stops && !broken.isEmpty()) {
            return;
        }
        moments++;
        if (cutsHeaders) {
            DiskState now = disk.visible();
            cutHeaders(before == null ? now : before, now, expectedFiles, when);
            before = now;
            return;
        }
        for (DiskState state : states(disk, samples)) {
            if (isNew("first", state, expectedFiles)) {
                powerCuts++;
                boolean goesOn = statesPerProcess != 0 && powerCuts % statesPerProcess == 0;
                recover(state, expectedFiles, Way.JOURNALED, when + ", power cut");
                Optional<ExpectedFiles> found = recover(state, expectedFiles, Way.PLAIN, when + ", power cut");
                for (Way way : Way.values()) {
                    if (found.isPresent() && goesOn) {
                        PowerCutFileSystem next = PowerCutFileSystem.mounted(state);
                        runNextProcess(next, found.get().copy(), way, when + ", power cut");
                    }
                }
            }
        }
        if (statesPerProcess != 0 && moments % statesPerProcess == 0) {
            for (Way way : Way.values()) {
                kills++;
                runNextProcess(disk.afterKill(), expectedFiles.copy(), way, when + ", kill");
            }
        }
    }

    private void cutHeaders(DiskState old, DiskState now, ExpectedFiles expectedFiles, String when) {
        now.entries().forEach((path, content) -> {
            String written = content.orElse("");
            String earlier = old.entries().getOrDefault(path, Optional.empty()).orElse("");
            if (path.contains(".status.journal-") && earlier.length() >= HEADER && !begins(written, earlier)) {
                mayAlarm = counts(old, path);
                cutHeader(old, path, earlier, written.substring(0, HEADER), expectedFiles, when);
                mayAlarm = false;
            }
        });
    }

    private static boolean begins(String written, String earlier) {
        return written.startsWith(earlier.substring(0, HEADER));
    }

    /** Returns whether records of this segment count. */
    private static boolean counts(DiskState state, String segment) {
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(state);
        List<Path> segments = state.entries().keySet().stream()
                .filter(path -> path.contains(".status.journal-"))
                .map(disk::getPath)
                .toList();
        try {
            return JournalReplay.of(disk.getPath(CrashStates.ROOT), segments).chain().stream()
                    .anyMatch(one -> one.file().equals(disk.getPath(segment)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cutHeader(
            DiskState old, String path, String earlier, String header, ExpectedFiles expectedFiles, String when) {
        List<Integer> words = IntStream.range(0, HEADER / WORD)
                .filter(word -> !header.regionMatches(word * WORD, earlier, word * WORD, WORD))
                .boxed()
                .toList();
        for (int kept = 0; kept < 1 << words.size(); kept++) {
            StringBuilder content = new StringBuilder(earlier);
            for (int i = 0; i < words.size(); i++) {
                if ((kept >> i & 1) != 0) {
                    int at = words.get(i) * WORD;
                    content.replace(at, at + WORD, header.substring(at, at + WORD));
                }
            }
            SortedMap<String, Optional<String>> entries = new TreeMap<>(old.entries());
            entries.put(path, Optional.of(content.toString()));
            powerCuts++;
            unbegun += mayAlarm ? 0 : 1;
            DiskState state = new DiskState(entries);
            for (Way way : List.of(Way.JOURNALED, Way.PLAIN)) {
                String now = when + ", header cut, words " + kept + " of " + words;
                recover(state, expectedFiles, way, now);
                if (kept % HEADERS_PER_PROCESS == 1) {
                    runNextProcess(PowerCutFileSystem.mounted(state), expectedFiles.copy(), way, now);
                }
            }
        }
    }

    /** Returns how many headers were cut of segments that did not count, so that no damage may be reported. */
    long cutBeforeTheyCounted() {
        return unbegun;
    }

    private Iterable<DiskState> states(PowerCutFileSystem disk, int count) {
        PowerCuts cuts = disk.powerCuts();
        if (count == 0) {
            return cuts.all();
        }
        return () -> random.ints(count).mapToObj(i -> cuts.sample(random)).iterator();
    }

    /** An empty lock file makes no difference, whether it exists or not. */
    private boolean isNew(String what, DiskState state, ExpectedFiles expectedFiles) {
        // It only recognises states that were checked before, so a fast digest is enough.
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        for (Map.Entry<String, Optional<String>> entry : state.entries().entrySet()) {
            if (!entry.getKey().endsWith(".status.lock")
                    || !entry.getValue().orElse("").isEmpty()) {
                digest.update(entry.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return checked.add(List.of(what, ByteBuffer.wrap(digest.digest()), expectedFiles.key()));
    }

    /** Opens the root, compares what was found with what is allowed, writes and closes. Returns what was found. */
    private Optional<ExpectedFiles> recover(DiskState state, ExpectedFiles expectedFiles, Way way, String when) {
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(state);
        disk.largestWrite = Integer.MAX_VALUE;
        Process process = way.process(disk.getPath(CrashStates.ROOT), settings);
        String now = when + ", " + way;
        try {
            ExpectedFiles found = compare(process.opening().found(), expectedFiles, now, state);
            if (way == Way.PLAIN) {
                requireNoJournal(disk, now);
            }
            if (samples == 0) {
                goOn(process.writer(), expectedFiles, disk, now);
            }
            return Optional.of(found);
        } catch (Exception e) {
            report(CrashGuarantee.LIFE_GOES_ON, now + ": " + e, state);
            return Optional.empty();
        } finally {
            process.writer().close();
        }
    }

    /** After a close, the files hold everything, for any reader. */
    private void goOn(Writer writer, ExpectedFiles expectedFiles, PowerCutFileSystem disk, String when)
            throws Exception {
        for (String id : expectedFiles.ids()) {
            writer.write(id, CrashStates.NEXT);
        }
        writer.close();
        SortedMap<String, Optional<String>> entries = disk.visible().entries();
        for (String id : expectedFiles.ids()) {
            if (!Optional.of(Samples.text(CrashStates.NEXT))
                    .equals(entries.get(CrashStates.ROOT + "/" + id + "/status"))) {
                report(
                        CrashGuarantee.LIFE_GOES_ON,
                        when + ": after a close the file of " + id + " is old",
                        disk.visible());
            }
        }
    }

    private void requireNoJournal(PowerCutFileSystem disk, String when) {
        if (disk.visible().entries().keySet().stream().anyMatch(path -> path.contains(".status.journal-"))) {
            report(CrashGuarantee.LIFE_GOES_ON, when + ": the journal is still there", disk.visible());
        }
    }

    /**
     * Simulates the next process, during which the power may be cut: it opens, writes, deletes, creates and closes.
     */
    private void runNextProcess(PowerCutFileSystem disk, ExpectedFiles expectedFiles, Way way, String when) {
        disk.largestWrite = Integer.MAX_VALUE;
        disk.syncs = syncsAfterwards;
        Process process = way.process(disk.getPath(CrashStates.ROOT), settings);
        String now = when + ", " + way;
        CrashScenario life = new CrashScenario(
                disk, expectedFiles, process.writer(), later -> cutPowerAgain(disk, expectedFiles, now + ", " + later));
        boolean goesOn = life.open();
        for (String id : expectedFiles.ids()) {
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
            report(CrashGuarantee.LIFE_GOES_ON, now + ": something failed", disk.visible());
        }
        process.writer().close();
        life.close();
    }

    private void cutPowerAgain(PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when) {
        for (DiskState state : states(disk, 1)) {
            if (isNew("again", state, expectedFiles)) {
                secondPowerCuts++;
                Way way = random.nextBoolean() ? Way.JOURNALED : Way.PLAIN;
                PowerCutFileSystem next = PowerCutFileSystem.mounted(state);
                next.largestWrite = Integer.MAX_VALUE;
                Process process = way.process(next.getPath(CrashStates.ROOT), settings);
                try {
                    compare(process.opening().found(), expectedFiles, when + ", power cut, " + way, state);
                } catch (RuntimeException e) {
                    report(CrashGuarantee.LIFE_GOES_ON, when + ", power cut, " + way + ": " + e, state);
                } finally {
                    process.writer().close();
                }
            }
        }
    }

    /** Compares everything; returns what was found, container by container. */
    private ExpectedFiles compare(Opened opened, ExpectedFiles expectedFiles, String when, DiskState state) {
        Map<String, String> contents = new TreeMap<>();
        opened.containers().forEach(one -> contents.put(one.id(), content(one)));
        Set<String> ids = new TreeSet<>(expectedFiles.ids());
        ids.addAll(contents.keySet());
        ExpectedFiles found = expectedFiles.copy();
        for (String id : ids) {
            String content = contents.getOrDefault(id, ExpectedFiles.ABSENT);
            Set<String> allowed = expectedFiles.of(id);
            if (!allowed.contains(content)) {
                CrashGuarantee promise = allowed.equals(Set.of(ExpectedFiles.ABSENT))
                        ? CrashGuarantee.DELETED_STAYS_AWAY
                        : CrashGuarantee.ACKNOWLEDGED_IS_THERE;
                report(promise, when + ": " + id + " is " + content + " and may be " + allowed, state);
            }
            found.isNow(id, content);
        }
        if (!opened.damage().isEmpty() && !mayAlarm) {
            report(CrashGuarantee.NO_FALSE_ALARM, when + ": " + opened.damage(), state);
        }
        return found;
    }

    private static String content(Found found) {
        if (found instanceof Found.Loaded loaded) {
            Status status = loaded.status();
            return Samples.text(status);
        }
        return found instanceof Found.Missing ? ExpectedFiles.MISSING : found.toString();
    }

    private void report(CrashGuarantee promise, String what, @Nullable DiskState state) {
        broken.computeIfAbsent(promise, none -> what + String.valueOf(state).replaceAll("0{64,}", "0..0"));
    }
}
