package io.containerstatus;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Generates any status: hostile strings, the ends of every range, empty and full limits. */
final class Statuses implements ArbitrarySupplier<Status> {

    @Override
    public Arbitrary<Status> get() {
        return Combinators.combine(withoutRestore(), Arbitraries.of(true, false).injectNull(0.5))
                .as((status, restore) -> status.toBuilder().restore(restore).build());
    }

    private static Arbitrary<Status> withoutRestore() {
        return Combinators.combine(
                        uint32(),
                        times(),
                        times(),
                        times(),
                        exitCodes(),
                        texts(),
                        texts(),
                        resources().injectNull(0.2))
                .as((pid, created, started, finished, exitCode, reason, message, resources) -> Status.builder()
                        .pid(pid)
                        .createdAt(created)
                        .startedAt(started)
                        .finishedAt(finished)
                        .exitCode(exitCode)
                        .reason(reason)
                        .message(message)
                        .resources(resources)
                        .build());
    }

    private static Arbitrary<Instant> times() {
        return anyLong().map(Ranges::toInstant).injectNull(0.1);
    }

    private static Arbitrary<Long> uint32() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, Ranges.MAX_UINT32),
                Arbitraries.of(0L, 1L, 0x7FFF_FFFFL, 0x8000_0000L, Ranges.MAX_UINT32));
    }

    private static Arbitrary<Integer> exitCodes() {
        return Arbitraries.oneOf(
                Arbitraries.integers(), Arbitraries.of(0, 1, -1, 137, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    private static Arbitrary<Long> anyLong() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.longs()),
                Tuple.of(
                        1, Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 999_999_999L, -1_000_000_001L)));
    }

    /**
     * Generates strings of all chars, including unpaired surrogates and the chars that JSON or Go
     * treat specially.
     */
    static Arbitrary<String> texts() {
        Arbitrary<String> special = Arbitraries.of(
                        "\"",
                        "\\",
                        "/",
                        "<",
                        ">",
                        "&",
                        "'",
                        "\u2028",
                        "\u2029",
                        "\0",
                        "\b",
                        "\f",
                        "\n",
                        "\r",
                        "\t",
                        "\u001f",
                        "\u007f",
                        "\u0080",
                        "é",
                        "\ud83d\ude00",
                        "\ud83d",
                        "\ude00",
                        "\uffff",
                        "\ufeff")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
        return Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(20),
                Arbitraries.strings().all().ofMaxLength(20),
                special);
    }

    private static Arbitrary<ContainerResources> resources() {
        return Combinators.combine(linux().injectNull(0.3), windows().injectNull(0.6))
                .as(ContainerResources::new);
    }

    private static Arbitrary<LinuxContainerResources> linux() {
        return Combinators.combine(numbers(6), texts(), texts(), hugepageLimits(), unified())
                .as((n, cpus, mems, limits, unified) -> LinuxContainerResources.builder()
                        .cpuPeriod(n.get(0))
                        .cpuQuota(n.get(1))
                        .cpuShares(n.get(2))
                        .memoryLimitInBytes(n.get(3))
                        .oomScoreAdj(n.get(4))
                        .cpusetCpus(cpus)
                        .cpusetMems(mems)
                        .hugepageLimits(limits)
                        .unified(unified)
                        .memorySwapLimitInBytes(n.get(5))
                        .build());
    }

    private static Arbitrary<WindowsContainerResources> windows() {
        return Combinators.combine(numbers(5), affinities()).as((n, affinities) -> WindowsContainerResources.builder()
                .cpuShares(n.get(0))
                .cpuCount(n.get(1))
                .cpuMaximum(n.get(2))
                .memoryLimitInBytes(n.get(3))
                .rootfsSizeInBytes(n.get(4))
                .affinityCpus(affinities)
                .build());
    }

    private static Arbitrary<List<Long>> numbers(int count) {
        return anyLong().list().ofSize(count);
    }

    private static Arbitrary<List<HugepageLimit>> hugepageLimits() {
        return Combinators.combine(texts(), anyLong())
                .as(HugepageLimit::new)
                .list()
                .ofMaxSize(3);
    }

    private static Arbitrary<Map<String, String>> unified() {
        return Arbitraries.maps(texts(), texts()).ofMaxSize(5);
    }

    private static Arbitrary<List<WindowsCpuGroupAffinity>> affinities() {
        return Combinators.combine(anyLong(), uint32())
                .as(WindowsCpuGroupAffinity::new)
                .list()
                .ofMaxSize(3);
    }
}
