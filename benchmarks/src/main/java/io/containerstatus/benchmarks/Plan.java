package io.containerstatus.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * How much of everything a run does.
 *
 * @param mode its name on the page
 * @param rounds how often each contender has its turn
 * @param turn how long a turn takes that writes to the disk
 * @param forks whether JMH measures in virtual machines of its own
 * @param warmUp how long JMH warms up a body in each of its virtual machines
 * @param iteration how long one iteration of JMH measures
 * @param iterations how many iterations there are in each virtual machine
 * @param recovered how many containers are recovered, in ascending order
 * @param recoveries how often each contender recovers them
 * @param restarted how many containers are opened in a fresh virtual machine
 * @param processorSettings the numbers of processors that are set for some fresh virtual machines; the number of
 *     parallel tasks of an opening follows from it
 * @param cold whether the system's page cache is dropped for some of the measurements, which slows down every
 *     program on the machine
 * @param open the numbers of open containers whose memory is measured
 * @param latencies how many updates are timed one by one, in each turn
 * @param journal what is measured with a journal
 * @param fleet what is measured on etcd
 */
record Plan(
        String mode,
        int rounds,
        Duration turn,
        boolean forks,
        Duration warmUp,
        Duration iteration,
        int iterations,
        List<Integer> recovered,
        int recoveries,
        int restarted,
        List<Integer> processorSettings,
        boolean cold,
        List<Integer> open,
        int latencies,
        Journal journal,
        Fleet fleet) {

    /**
     * How much is measured with a journal in front of the files.
     *
     * @param lead how long callers call before a turn counts, so that the files follow by then
     * @param containers the numbers of containers, in ascending order
     * @param many one of these numbers: so many that the files can nearly keep up
     * @param most so many containers that the files need seconds for them
     * @param segments the sizes of a segment, in bytes
     * @param diskMebibytes the size of a disk with another file system
     */
    record Journal(
            Duration lead, List<Integer> containers, int many, int most, List<Integer> segments, int diskMebibytes) {}

    /**
     * How much is measured on etcd.
     *
     * @param members the numbers of members of an etcd
     * @param opened how many containers the node has that is opened
     * @param containers how many containers a fleet has
     */
    record Fleet(List<Integer> members, int opened, int containers) {}

    static final Plan FULL = new Plan(
            "full",
            5,
            Duration.ofMillis(1500),
            true,
            Duration.ofMillis(1200),
            Duration.ofMillis(300),
            3,
            List.of(1_000, 20_000, 100_000),
            9,
            20_000,
            List.of(4, 8, 32),
            true,
            List.of(10_000, 100_000, 1_000_000),
            1_000,
            new Journal(
                    Duration.ofSeconds(1),
                    List.of(64, 1_000, 10_000, 100_000),
                    1_000,
                    20_000,
                    List.of(64 << 10, 1 << 20, 8 << 20, 64 << 20),
                    1024),
            new Fleet(List.of(1, 3), 10_000, 100_000));

    /** Each cold recovery takes as long as the disk needs. */
    private static final int COLD_RECOVERIES = 3;

    static final Plan QUICK = new Plan(
            "quick",
            2,
            Duration.ofMillis(300),
            true,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            2,
            List.of(1_000, 20_000),
            2,
            20_000,
            List.of(32),
            false,
            List.of(10_000, 100_000),
            100,
            new Journal(
                    Duration.ofMillis(300), List.of(64, 1_000, 10_000), 1_000, 5_000, List.of(64 << 10, 8 << 20), 512),
            new Fleet(List.of(1), 1_000, 10_000));

    /** Runs everything once, as a test that it runs. */
    static final Plan SMOKE = new Plan(
            "smoke",
            1,
            Duration.ofMillis(20),
            false,
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            1,
            List.of(10, 100),
            1,
            100,
            List.of(32),
            false,
            List.of(100, 1_000),
            5,
            new Journal(Duration.ofMillis(1), List.of(4, 20), 20, 40, List.of(16 << 10, 8 << 20), 320),
            new Fleet(List.of(1), 50, 300));

    int coldRecoveries() {
        return Math.min(recoveries, COLD_RECOVERIES);
    }
}
