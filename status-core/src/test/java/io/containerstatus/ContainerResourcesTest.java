package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerResourcesTest {

    @Test
    void noPartsAreNotNoResources() {
        assertThat(Status.builder()
                        .resources(new ContainerResources(null, null))
                        .build())
                .isNotEqualTo(Status.builder().build());
    }

    @Test
    void mayHaveEitherPart() {
        LinuxContainerResources linux = LinuxContainerResources.builder().build();
        WindowsContainerResources windows = WindowsContainerResources.builder().build();

        assertThat(ContainerResources.ofLinux(linux)).isEqualTo(new ContainerResources(linux, null));
        assertThat(ContainerResources.ofWindows(windows)).isEqualTo(new ContainerResources(null, windows));
    }

    @Nested
    class Collections {

        @Test
        void areCopiedFromTheCaller() {
            List<HugepageLimit> limits = new ArrayList<>(List.of(new HugepageLimit("2MB", 1)));
            List<WindowsCpuGroupAffinity> affinities = new ArrayList<>(List.of(new WindowsCpuGroupAffinity(1, 2)));
            Map<String, String> unified = new HashMap<>(Map.of("a", "1"));
            LinuxContainerResources.Builder linuxBuilder =
                    LinuxContainerResources.builder().hugepageLimits(limits).unified(unified);
            LinuxContainerResources linux =
                    new LinuxContainerResources(0, 0, 0, 0, 0, "", "", limits, unified, 0, Map.of());
            WindowsContainerResources windows =
                    WindowsContainerResources.builder().affinityCpus(affinities).build();

            limits.clear();
            affinities.clear();
            unified.put("b", "2");

            assertThat(linux.hugepageLimits()).hasSize(1);
            assertThat(linux.unified()).containsOnlyKeys("a");
            assertThat(linuxBuilder.build()).isEqualTo(linux);
            assertThat(windows.affinityCpus()).hasSize(1);
        }

        @Test
        void cannotBeChangedByTheReader() {
            LinuxContainerResources linux = LinuxContainerResources.builder()
                    .hugepageLimits(List.of(new HugepageLimit("2MB", 1)))
                    .unified(Map.of("a", "1", "b", "2"))
                    .build();
            WindowsContainerResources windows = WindowsContainerResources.builder()
                    .affinityCpus(List.of(new WindowsCpuGroupAffinity(1, 2)))
                    .build();

            assertUnsupported(() -> linux.hugepageLimits().clear());
            assertUnsupported(() -> windows.affinityCpus().clear());
            assertUnsupported(() -> linux.unified().put("c", "3"));
            assertUnsupported(() -> linux.unified().remove("a"));
            assertUnsupported(() -> linux.unified().clear());
            assertUnsupported(() -> linux.unified().keySet().remove("a"));
            assertUnsupported(() -> linux.unified().values().clear());
            assertUnsupported(() -> linux.unified().entrySet().iterator().next().setValue("x"));
            assertUnsupported(() -> {
                var entries = linux.unified().entrySet().iterator();
                entries.next();
                entries.remove();
            });
        }

        @Test
        void holdNoNulls() {
            LinuxContainerResources.Builder linux = LinuxContainerResources.builder();
            Map<String, String> nullKey = new HashMap<>();
            nullKey.put(null, "");
            Map<String, String> nullValue = new HashMap<>();
            nullValue.put("", null);

            assertThatNullPointerException()
                    .isThrownBy(() -> linux.hugepageLimits(Arrays.asList((HugepageLimit) null)));
            assertThatNullPointerException()
                    .isThrownBy(() -> linux.unified(nullKey))
                    .withMessage("key");
            assertThatNullPointerException()
                    .isThrownBy(() -> linux.unified(nullValue))
                    .withMessage("value");
            assertThatNullPointerException().isThrownBy(() -> linux.cpusetCpus(nothing()));
            assertThatNullPointerException().isThrownBy(() -> linux.cpusetMems(nothing()));
        }

        private static void assertUnsupported(Runnable change) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(change::run);
        }
    }

    @Nested
    class Unified {

        @Test
        void isAMapLikeAnyOther() {
            Map<String, String> map = unified(Map.of("b", "2", "a", "1"));

            assertThat(map).isEqualTo(Map.of("a", "1", "b", "2")).hasSameHashCodeAs(Map.of("a", "1", "b", "2"));
            assertThat(map).hasToString("{a=1, b=2}").doesNotContainKey("c").hasSize(2);
            assertThat(map.get(nothing())).isNull();
            assertThat(unified(Map.of())).isEmpty();
        }

        @Test
        void isNotCopiedAgain() {
            LinuxContainerResources linux =
                    LinuxContainerResources.builder().unified(Map.of("a", "1")).build();

            assertThat(linux.toBuilder().cpuShares(1).build().unified()).isSameAs(linux.unified());
        }

        private static Map<String, String> unified(Map<String, String> texts) {
            return LinuxContainerResources.builder().unified(texts).build().unified();
        }
    }

    @Nested
    class Builders {

        @Test
        void setOneFieldEach() {
            assertThat(LinuxContainerResources.builder()
                            .cpuPeriod(1)
                            .cpuQuota(2)
                            .cpuShares(3)
                            .memoryLimitInBytes(4)
                            .oomScoreAdj(5)
                            .cpusetCpus("6")
                            .cpusetMems("7")
                            .hugepageLimits(List.of(new HugepageLimit("8", 8)))
                            .unified(Map.of("9", "9"))
                            .memorySwapLimitInBytes(10)
                            .build())
                    .isEqualTo(new LinuxContainerResources(
                            1,
                            2,
                            3,
                            4,
                            5,
                            "6",
                            "7",
                            List.of(new HugepageLimit("8", 8)),
                            Map.of("9", "9"),
                            10,
                            Map.of()));
            assertThat(WindowsContainerResources.builder()
                            .cpuShares(1)
                            .cpuCount(2)
                            .cpuMaximum(3)
                            .memoryLimitInBytes(4)
                            .rootfsSizeInBytes(5)
                            .affinityCpus(List.of(new WindowsCpuGroupAffinity(6, 7)))
                            .build())
                    .isEqualTo(new WindowsContainerResources(
                            1, 2, 3, 4, 5, List.of(new WindowsCpuGroupAffinity(6, 7)), Map.of()));
        }
    }

    @Nested
    class Values {

        @Test
        void loneSurrogatesAreReplaced() {
            assertThat(new HugepageLimit("2\ud83d", 0).pageSize()).isEqualTo("2\ufffd");
            assertThat(LinuxContainerResources.builder()
                            .cpusetCpus("\ude00")
                            .cpusetMems("\ud83d")
                            .build())
                    .returns("\ufffd", LinuxContainerResources::cpusetCpus)
                    .returns("\ufffd", LinuxContainerResources::cpusetMems);
        }

        @ParameterizedTest
        @ValueSource(longs = {-1, 4_294_967_296L})
        void groupsOutside32UnsignedBitsAreRefused(long group) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new WindowsCpuGroupAffinity(0, group))
                    .withMessage("cpuGroup " + group + " is not in 0..4294967295");
        }

        @Test
        void unsignedLimitsAreKept() {
            assertThat(Long.toUnsignedString(new HugepageLimit("", -1).limit())).isEqualTo("18446744073709551615");
            assertThat(Long.toUnsignedString(new WindowsCpuGroupAffinity(Long.MIN_VALUE, 0).cpuMask()))
                    .isEqualTo("9223372036854775808");
        }
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }
}
