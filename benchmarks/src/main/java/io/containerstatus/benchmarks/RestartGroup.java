package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;

import io.containerstatus.benchmarks.report.Rounds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long a store takes to open in a virtual machine that has just started, as after the restart of a
 * supervisor. It is compared with a bare loop in another virtual machine. Each turn has a virtual machine of
 * its own.
 */
final class RestartGroup implements Group {
    private static final int STORE_OPENS = 0;
    private static final int MANY_THREADS = 64;
    private static final String STORE = "store";
    private static final String EMPTY = "store, an empty root";
    private static final String BARE_ONE = "bare loop, one thread";
    private static final String BARE_CORES = "bare loop, a thread a processor";
    private static final String BARE_MANY = "bare loop, 64 threads";

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public void measure(Run run) throws Exception {
        Plan plan = run.plan();
        boolean hasCold = plan.cold() && PageCache.canBeDropped();
        Path root = StatusTree.fill(run.newFolder("root"), plan.restarted());
        Path empty = run.newFolder("root");
        Interleaved warm = Interleaved.run(plan.rounds(), contenders(plan, root, empty, /* cold= */ false));
        report(run, warm, "warm", hasCold ? "" : "; cold was not measured");
        if (hasCold) {
            List<Contender> contenders = contenders(plan, root, empty, /* cold= */ true);
            report(run, Interleaved.cold(plan.coldRecoveries(), contenders), "cold", "");
        }
    }

    private static List<Contender> contenders(Plan plan, Path root, Path empty, boolean cold) {
        int containers = plan.restarted();
        int processors = Runtime.getRuntime().availableProcessors();
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender(BARE_ONE, () -> turn(root, containers, 1, List.of(), cold)));
        contenders.add(new Contender(BARE_CORES, () -> turn(root, containers, processors, List.of(), cold)));
        contenders.add(new Contender(BARE_MANY, () -> turn(root, containers, MANY_THREADS, List.of(), cold)));
        contenders.add(new Contender(STORE, () -> turn(root, containers, STORE_OPENS, List.of(), cold)));
        for (int setting : plan.processorSettings()) {
            List<String> options = FreshJvm.withProcessors(setting);
            contenders.add(new Contender(storeWith(setting), () -> turn(root, containers, STORE_OPENS, options, cold)));
        }
        contenders.add(new Contender(EMPTY, () -> turn(empty, 0, STORE_OPENS, List.of(), cold)));
        return contenders;
    }

    private static String storeWith(int processors) {
        return "store, set to " + processors + " processors";
    }

    /** Returns how many seconds the opening took, without the start of the virtual machine. */
    private static double turn(Path root, int containers, int threads, List<String> options, boolean cold)
            throws Exception {
        if (cold) {
            PageCache.drop();
        }
        List<String> args = List.of(root.toString(), Integer.toString(containers), Integer.toString(threads));
        return Double.parseDouble(FreshJvm.run(FreshOpening.class, options, args));
    }

    private void report(Run run, Interleaved found, String temperature, String remark) {
        int containers = run.plan().restarted();
        found.all().forEach((contender, seconds) -> {
            String all = contender.equals(EMPTY) ? "" : ", " + containers + " containers";
            run.measured(name(), contender + all + ", " + temperature, "s", seconds);
        });
        Rounds bare = Stream.of(BARE_ONE, BARE_CORES, BARE_MANY)
                .map(found::of)
                .min(Comparator.comparingDouble(Rounds::median))
                .orElseThrow();
        for (int setting : run.plan().processorSettings()) {
            Rounds ratio = bare.dividedBy(found.of(storeWith(setting)));
            run.measured(name(), storeWith(setting) + ", " + temperature, "of the bare loop's speed", ratio);
        }
        run.target(atLeast(
                name(),
                "restart-" + temperature,
                "opening of " + containers + " containers in a fresh virtual machine, " + temperature + remark,
                "reading and decoding in the fastest bare loop, in another virtual machine",
                0.85,
                bare.dividedBy(found.of(STORE))));
    }
}
