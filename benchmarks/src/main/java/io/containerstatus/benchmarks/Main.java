package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Machine;
import io.containerstatus.benchmarks.report.Page;
import io.containerstatus.benchmarks.report.Picture;
import io.containerstatus.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs the groups, and writes the results; {@code benchmarks/run} says how to call it. */
public final class Main {
    static final List<Group> GROUPS = Stream.<Group>concat(
                    Stream.of(
                            new FloorGroup(),
                            new PeersGroup(),
                            new MemoryGroup(),
                            new CodecGroup(),
                            new RecoveryGroup(),
                            new RestartGroup(),
                            new HeapGroup(),
                            new LatencyGroup()),
                    Stream.concat(JournalGroup.PARTS.stream(), FleetGroup.PARTS.stream()))
            .toList();

    private Plan plan = Plan.FULL;
    private boolean profiles;
    private final List<String> chosen = new ArrayList<>();
    private @Nullable Path out;
    private @Nullable Path work;
    private @Nullable Path again;
    private String commit = "unknown";

    private Main() {}

    /**
     * Runs the benchmarks.
     *
     * @param args {@code --out FOLDER} for the page and the pictures, {@code --work FOLDER} for the files
     *     that are used in the measurements, {@code --commit NAME}, and the options that
     *     {@code benchmarks/run --help} lists
     */
    public static void main(String... args) throws Exception {
        Main main = new Main();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> main.plan = Plan.QUICK;
                case "--smoke" -> main.plan = Plan.SMOKE;
                case "--profile" -> main.profiles = true;
                case "--group" -> main.chosen.add(group(args[++i]));
                case "--out" -> main.out = Path.of(args[++i]);
                case "--work" -> main.work = Path.of(args[++i]);
                case "--commit" -> main.commit = args[++i];
                case "--again" -> main.again = Path.of(args[++i]);
                default -> throw new IllegalArgumentException("unknown option: " + args[i]);
            }
        }
        main.run();
        // The threads of RocksDB and Reactor have nothing left to do.
        System.exit(0);
    }

    private static String group(String name) {
        if (GROUPS.stream().noneMatch(group -> isNamed(name, group))) {
            throw new IllegalArgumentException("unknown group: " + name + "; the groups are "
                    + GROUPS.stream().map(Group::name).toList());
        }
        return name;
    }

    /** Returns whether this is the name of the group, or the common beginning of the names of several groups. */
    private static boolean isNamed(String name, Group group) {
        return group.name().equals(name) || group.name().startsWith(name + "-");
    }

    private void run() throws Exception {
        Path folder = Objects.requireNonNull(out, "--out");
        Results results = again != null
                ? Results.read(again)
                : measure(plan, chosen, Objects.requireNonNull(work, "--work"), profiles, commit);
        write(results, folder);
    }

    /** Runs the chosen groups, or all groups if none is chosen. */
    static Results measure(Plan plan, List<String> chosen, Path work, boolean profiles, String commit)
            throws Exception {
        Machine machine = Machine.here(work);
        Instant began = Instant.now();
        Run run = new Run(plan, work, profiles);
        for (Group group : GROUPS) {
            if (chosen.isEmpty() || chosen.stream().anyMatch(name -> isNamed(name, group))) {
                System.out.println(group.name() + " …");
                group.measure(run);
            }
        }
        return new Results(
                machine,
                plan.mode(),
                commit,
                began.truncatedTo(ChronoUnit.SECONDS).toString(),
                ChronoUnit.SECONDS.between(began, Instant.now()),
                run.targets,
                run.measurements,
                run.charts,
                run.profiled,
                run.remarks);
    }

    /** Writes {@code results.md}, {@code results.json} and the pictures into the folder {@code performance}. */
    static void write(Results results, Path folder) throws IOException {
        Path written = Files.createDirectories(folder.resolve("performance"));
        results.write(written.resolve("results.json"));
        for (Chart chart : results.charts()) {
            Picture.write(chart, written);
        }
        Files.writeString(written.resolve("results.md"), Page.of(results));
        System.out.println("wrote " + written.resolve("results.md"));
    }
}
