package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Instant;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTest {
    private static final Instant FIRST = Instant.parse("1677-09-21T00:12:43.145224192Z");
    private static final Instant LAST = Instant.parse("2262-04-11T23:47:16.854775807Z");

    @Nested
    class State {

        @ParameterizedTest
        @CsvSource({
            "false,false,false,false,UNKNOWN",
            "false,true,false,false,CREATED",
            "false,true,true,false,RUNNING",
            "false,false,true,false,RUNNING",
            "false,true,true,true,EXITED",
            "false,true,false,true,EXITED",
            "false,false,false,true,EXITED",
            "true,true,true,true,UNKNOWN",
            "true,true,false,false,UNKNOWN",
        })
        void followsFromTheFields(
                boolean unknown, boolean created, boolean started, boolean finished, ContainerState state) {
            assertThat(Status.builder()
                            .unknown(unknown)
                            .createdAt(created ? FIRST : null)
                            .startedAt(started ? LAST : null)
                            .finishedAt(finished ? FIRST : null)
                            .build()
                            .state())
                    .isEqualTo(state);
        }

        @Test
        void hasTheNamesOfCri() {
            assertThat(Stream.of(ContainerState.values()).map(ContainerState::criName))
                    .containsExactly("CONTAINER_CREATED", "CONTAINER_RUNNING", "CONTAINER_EXITED", "CONTAINER_UNKNOWN");
        }
    }

    @Nested
    class Times {

        @ParameterizedTest
        @MethodSource("io.containerstatus.StatusTest#times")
        void epochMeansNotSet(BiFunction<Status.Builder, Instant, Status.Builder> set, Function<Status, Instant> get) {
            assertThat(get.apply(set.apply(Status.builder(), Instant.EPOCH).build()))
                    .isNull();
            assertThat(get.apply(
                            set.apply(set.apply(Status.builder(), FIRST), null).build()))
                    .isNull();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.StatusTest#times")
        void endsOfTheRangeAreKept(
                BiFunction<Status.Builder, Instant, Status.Builder> set, Function<Status, Instant> get) {
            for (Instant time : new Instant[] {FIRST, LAST, Instant.EPOCH.plusNanos(1), Instant.EPOCH.minusNanos(1)}) {
                Status status = set.apply(Status.builder(), time).build();
                assertThat(get.apply(status)).isEqualTo(time);
                assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.StatusTest#times")
        void outsideTheRangeIsRefusedByTheSetter(
                BiFunction<Status.Builder, Instant, Status.Builder> set, Function<Status, Instant> get, String name) {
            for (Instant time : new Instant[] {FIRST.minusNanos(1), LAST.plusNanos(1), Instant.MIN, Instant.MAX}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> set.apply(Status.builder(), time))
                        .withMessage(name + " " + time + " is not in " + FIRST + ".." + LAST
                                + ", the range of int64 nanoseconds");
            }
        }
    }

    static Stream<Arguments> times() {
        return Stream.of(
                times(Status.Builder::createdAt, Status::createdAt, "createdAt"),
                times(Status.Builder::startedAt, Status::startedAt, "startedAt"),
                times(Status.Builder::finishedAt, Status::finishedAt, "finishedAt"));
    }

    private static Arguments times(
            BiFunction<Status.Builder, @Nullable Instant, Status.Builder> set,
            Function<Status, @Nullable Instant> get,
            String name) {
        return Arguments.of(set, get, name);
    }

    @Nested
    class Pids {

        @ParameterizedTest
        @ValueSource(longs = {0, 1, 2_147_483_648L, 4_294_967_295L})
        void fitInto32UnsignedBits(long pid) {
            assertThat(Status.builder().pid(pid).build().pid()).isEqualTo(pid);
        }

        @ParameterizedTest
        @ValueSource(longs = {-1, 4_294_967_296L, Long.MIN_VALUE, Long.MAX_VALUE})
        void outsideAreRefusedByTheSetterAndTheConstructor(long pid) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Status.builder().pid(pid))
                    .withMessage("pid " + pid + " is not in 0..4294967295");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            new Status(pid, null, null, null, 0, "", "", false, false, false, null, null, Map.of()));
        }
    }

    @Nested
    class Texts {

        @Test
        void loneSurrogatesAreReplaced() {
            assertThat(Status.builder()
                            .reason("a\ud83d")
                            .message("\ude00\ud83d\ude00")
                            .build())
                    .returns("a\ufffd", Status::reason)
                    .returns("\ufffd\ud83d\ude00", Status::message);
        }

        @Test
        void nullIsRefusedByTheSetter() {
            assertThatNullPointerException()
                    .isThrownBy(() -> Status.builder().reason(nothing()))
                    .withMessage("reason");
            assertThatNullPointerException()
                    .isThrownBy(() -> Status.builder().message(nothing()))
                    .withMessage("message");
        }
    }

    @Nested
    class Builders {

        @Test
        void startWithNothingSet() {
            assertThat(Status.builder().build())
                    .isEqualTo(new Status(0, null, null, null, 0, "", "", false, false, false, null, null, Map.of()));
        }

        @Test
        void setOneFieldEach() {
            assertThat(Status.builder()
                            .pid(1)
                            .createdAt(FIRST)
                            .startedAt(LAST)
                            .finishedAt(FIRST)
                            .exitCode(2)
                            .reason("r")
                            .message("m")
                            .starting(true)
                            .removing(true)
                            .unknown(true)
                            .resources(new ContainerResources(null, null))
                            .restore(false)
                            .build())
                    .isEqualTo(new Status(
                            1,
                            FIRST,
                            LAST,
                            FIRST,
                            2,
                            "r",
                            "m",
                            true,
                            true,
                            true,
                            new ContainerResources(null, null),
                            false,
                            Map.of()));
        }
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }
}
