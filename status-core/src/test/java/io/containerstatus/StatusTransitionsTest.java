package io.containerstatus;

import static io.containerstatus.StatusTransitions.beginRemove;
import static io.containerstatus.StatusTransitions.beginStart;
import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.endRemove;
import static io.containerstatus.StatusTransitions.endStart;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.oomKilled;
import static io.containerstatus.StatusTransitions.resourcesUpdated;
import static io.containerstatus.StatusTransitions.startFailed;
import static io.containerstatus.StatusTransitions.started;
import static io.containerstatus.StatusTransitions.stoppedUnknown;
import static io.containerstatus.StatusTransitions.taskLost;
import static io.containerstatus.StatusTransitions.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StatusTransitionsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_461_579L, 64_966_552);
    private static final Instant LATER = NOW.plusNanos(1);
    private static final ContainerResources LIMITS = ContainerResources.ofLinux(
            LinuxContainerResources.builder().cpuShares(2).build());

    private static final ContainerResources OTHER_LIMITS = ContainerResources.ofLinux(
            LinuxContainerResources.builder().cpuShares(3).build());

    /** A status in which every field is set, so that the test notices a field that is changed by mistake. */
    private static final Status FULL = Status.builder()
            .pid(77)
            .createdAt(NOW)
            .startedAt(NOW.plusSeconds(1))
            .finishedAt(NOW.plusSeconds(2))
            .exitCode(9)
            .reason("Because")
            .message("a message")
            .starting(true)
            .removing(true)
            .unknown(true)
            .resources(LIMITS)
            .build();

    private static Status in(ContainerState state) {
        Status.Builder status = FULL.toBuilder().starting(false).removing(false).unknown(false);
        switch (state) {
            case CREATED -> status.startedAt(null).finishedAt(null);
            case RUNNING -> status.finishedAt(null);
            case EXITED -> {}
            case UNKNOWN -> status.unknown(true);
        }
        assertThat(status.build().state()).isEqualTo(state);
        return status.build();
    }

    @Nested
    class Create {

        @Test
        void givesACreatedStatusWithItsLimits() {
            assertThat(created(NOW, LIMITS))
                    .isEqualTo(Status.builder().createdAt(NOW).resources(LIMITS).build())
                    .returns(ContainerState.CREATED, Status::state);
        }

        @Test
        void mayRecordNoLimits() {
            assertThat(created(NOW, null))
                    .isEqualTo(Status.builder().createdAt(NOW).build());
        }
    }

    @Nested
    class BeginStart {

        @Test
        void marksACreatedContainerAndNothingElse() {
            Status before = in(ContainerState.CREATED);

            assertThat(beginStart(before))
                    .isEqualTo(before.toBuilder().starting(true).build())
                    .returns(ContainerState.CREATED, Status::state);
        }

        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CREATED")
        void refusesEveryOtherStateFirst(ContainerState state) {
            Status before = in(state).toBuilder().starting(true).removing(true).build();

            assertRefused(() -> beginStart(before), state, "start", "container is in CONTAINER_" + state + " state");
        }

        @Test
        void refusesAContainerBeingRemovedNext() {
            Status before = in(ContainerState.CREATED).toBuilder()
                    .starting(true)
                    .removing(true)
                    .build();

            assertRefused(
                    () -> beginStart(before),
                    ContainerState.CREATED,
                    "start",
                    "container is in removing state, can't be started");
        }

        @Test
        void refusesASecondStartLast() {
            Status before = beginStart(in(ContainerState.CREATED));

            assertRefused(
                    () -> beginStart(before),
                    ContainerState.CREATED,
                    "start",
                    "container is already in starting state");
        }
    }

    @Nested
    class Start {

        @Test
        void succeededRecordsPidAndTimeAndNothingElse() {
            Status before = beginStart(in(ContainerState.CREATED));

            assertThat(started(before, 4242, NOW))
                    .isEqualTo(before.toBuilder().pid(4242).startedAt(NOW).build())
                    .returns(ContainerState.RUNNING, Status::state);
        }

        @Test
        void succeededAfterTheObservedExitStaysExited() {
            assertThat(started(FULL.toBuilder().unknown(false).build(), 1, NOW).state())
                    .isEqualTo(ContainerState.EXITED);
        }

        @Test
        void takesEveryPidOfTheFile() {
            assertThat(started(FULL, 4_294_967_295L, NOW).pid()).isEqualTo(4_294_967_295L);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> started(FULL, 4_294_967_296L, NOW))
                    .withMessage("pid 4294967296 is not in 0..4294967295");
        }

        @Test
        void failedRecordsWhyAndNothingElse() {
            Status before = beginStart(in(ContainerState.CREATED));

            assertThat(startFailed(before, NOW, "no such file"))
                    .isEqualTo(before.toBuilder()
                            .pid(0)
                            .finishedAt(NOW)
                            .exitCode(128)
                            .reason("StartError")
                            .message("no such file")
                            .build())
                    .returns(ContainerState.EXITED, Status::state);
        }

        @Test
        void endTakesBackTheMarkAndNothingElse() {
            assertThat(endStart(FULL))
                    .isEqualTo(FULL.toBuilder().starting(false).build());
        }

        @Test
        void endWithoutBeginningChangesNothing() {
            Status before = in(ContainerState.RUNNING);

            assertThat(endStart(before)).isSameAs(before);
        }
    }

    @Nested
    class Exit {

        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXITED")
        void isRecordedInEveryState(ContainerState state) {
            Status before = in(state).toBuilder()
                    .finishedAt(null)
                    .starting(true)
                    .removing(true)
                    .build();

            assertThat(exited(before, 137, NOW))
                    .isEqualTo(before.toBuilder()
                            .pid(0)
                            .finishedAt(NOW)
                            .exitCode(137)
                            .unknown(false)
                            .build())
                    .returns(ContainerState.EXITED, Status::state)
                    .returns("Because", Status::reason);
        }

        @Test
        void secondOneChangesNothing() {
            Status before = in(ContainerState.EXITED);

            assertThat(exited(before, 3, LATER)).isSameAs(before);
        }

        @Test
        void secondOneEndsTheDoubt() {
            assertThat(exited(FULL, 3, LATER))
                    .isEqualTo(FULL.toBuilder().unknown(false).build())
                    .returns(ContainerState.EXITED, Status::state);
        }

        @Test
        void mayLieBeforeTheStart() {
            Status before = in(ContainerState.RUNNING);

            assertThat(exited(before, 0, NOW.minusSeconds(9)).finishedAt()).isBefore(before.startedAt());
        }
    }

    @Nested
    class OutOfMemory {

        @ParameterizedTest
        @EnumSource
        void setsTheReasonInEveryStateAndNothingElse(ContainerState state) {
            Status before = in(state);

            assertThat(oomKilled(before))
                    .isEqualTo(before.toBuilder().reason("OOMKilled").build())
                    .returns(state, Status::state);
        }

        @Test
        void observedAgainChangesNothing() {
            Status before = oomKilled(FULL);

            assertThat(oomKilled(before)).isSameAs(before);
        }

        @Test
        void isKeptByTheExit() {
            assertThat(exited(oomKilled(in(ContainerState.RUNNING)), 137, NOW).reason())
                    .isEqualTo("OOMKilled");
        }
    }

    @Nested
    class UnobservedEnd {

        @Test
        void unknownIsWhatCouldNotBeLoaded() {
            assertThat(unknown())
                    .isEqualTo(Status.builder()
                            .exitCode(255)
                            .reason("Unknown")
                            .unknown(true)
                            .build())
                    .returns(ContainerState.UNKNOWN, Status::state);
        }

        @Test
        void stoppingAnUnknownOneIsAnExit() {
            assertThat(stoppedUnknown(unknown(), NOW))
                    .isEqualTo(Status.builder()
                            .finishedAt(NOW)
                            .exitCode(255)
                            .reason("Unknown")
                            .build())
                    .returns(ContainerState.EXITED, Status::state);
            assertThat(stoppedUnknown(FULL, LATER)).isEqualTo(exited(FULL, 255, LATER));
        }

        @Test
        void losingARunningOneKeepsItsPid() {
            Status before = in(ContainerState.RUNNING);

            assertThat(taskLost(before, LATER))
                    .isEqualTo(before.toBuilder()
                            .finishedAt(LATER)
                            .exitCode(255)
                            .reason("Unknown")
                            .build())
                    .returns(ContainerState.EXITED, Status::state);
        }

        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RUNNING")
        void losingAnyOtherOneChangesNothing(ContainerState state) {
            Status before = in(state);

            assertThat(taskLost(before, LATER)).isSameAs(before);
        }

        @Test
        void losingIsWhatARealContainerdRecorded() {
            Status before = realFile("before-restart-lost.json");
            Status after = realFile("restarted-task-lost.json");

            assertThat(taskLost(before, after.finishedAt())).isEqualTo(after);
        }

        private static Status realFile(String name) {
            return TestData.realFiles().stream()
                    .filter(file -> file.name().equals(name))
                    .map(file -> StatusCodec.decode(file.document()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Nested
    class Remove {

        @ParameterizedTest
        @EnumSource(names = {"CREATED", "EXITED"})
        void beginsInTheseStatesAndMarksNothingElse(ContainerState state) {
            Status before = in(state);

            assertThat(beginRemove(before))
                    .isEqualTo(before.toBuilder().removing(true).build())
                    .returns(state, Status::state);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.StatusTransitionsTest#refusedRemovals")
        void isRefusedInThisOrder(Status before, String reason) {
            assertRefused(() -> beginRemove(before), before.state(), "remove", reason);
        }

        @Test
        void failedTakesBackTheMarkAndNothingElse() {
            assertThat(endRemove(FULL))
                    .isEqualTo(FULL.toBuilder().removing(false).build());
        }

        @Test
        void failedWithoutBeginningChangesNothing() {
            Status before = in(ContainerState.EXITED);

            assertThat(endRemove(before)).isSameAs(before);
        }
    }

    static Stream<Arguments> refusedRemovals() {
        UnaryOperator<Status> marked =
                status -> status.toBuilder().starting(true).removing(true).build();
        return Stream.of(
                Arguments.of(marked.apply(in(ContainerState.RUNNING)), "container is still running, to stop first"),
                Arguments.of(marked.apply(in(ContainerState.UNKNOWN)), "container state is unknown, to stop first"),
                Arguments.of(
                        marked.apply(in(ContainerState.CREATED)), "container is in starting state, can't be removed"),
                Arguments.of(beginRemove(in(ContainerState.EXITED)), "container is already in removing state"));
    }

    @Nested
    class UpdateResources {

        @ParameterizedTest
        @EnumSource
        void replacesTheLimitsInEveryStateAndNothingElse(ContainerState state) {
            ContainerResources limits = new ContainerResources(null, null);
            Status before = in(state).toBuilder().starting(true).build();

            assertThat(resourcesUpdated(before, limits))
                    .isEqualTo(before.toBuilder().resources(limits).build())
                    .returns(state, Status::state);
        }

        @Test
        void isRefusedWhileRemoving() {
            Status before = beginRemove(in(ContainerState.CREATED));

            assertRefused(
                    () -> resourcesUpdated(before, LIMITS),
                    ContainerState.CREATED,
                    "update resources",
                    "container is in removing state");
        }
    }

    /** Checks which transitions are durable. This follows containerd and is not a choice of this library. */
    @Nested
    class WithoutAStatus {
        @ParameterizedTest
        @MethodSource("io.containerstatus.StatusTransitionsTest#transitions")
        void isTheSameFunctionAndKnowsItsDurability(
                StatusTransition transition, String name, boolean durable, Status before, Status after) {
            assertThat(transition.name()).isEqualTo(name);
            assertThat(transition.durable()).isEqualTo(durable);
            assertThat(transition.applyTo(before)).isEqualTo(after).isNotEqualTo(before);
        }

        @Test
        void isThereForEachFunctionOfAStatus() {
            assertThat(Stream.of(StatusTransitions.class.getDeclaredMethods())
                            .filter(method -> method.getReturnType() == StatusTransition.class)
                            .map(Method::getName))
                    .containsExactlyInAnyOrderElementsOf(
                            transitions().map(one -> (String) one.get()[1]).toList())
                    .containsExactlyInAnyOrderElementsOf(Stream.of(StatusTransitions.class.getDeclaredMethods())
                            .filter(method -> Modifier.isPublic(method.getModifiers()))
                            .filter(method ->
                                    method.getParameterCount() > 0 && method.getParameterTypes()[0] == Status.class)
                            .map(Method::getName)
                            .toList());
        }

        @Test
        void refusesWhatTheFunctionRefuses() {
            assertRefused(
                    () -> beginStart().applyTo(in(ContainerState.EXITED)),
                    ContainerState.EXITED,
                    "start",
                    "container is in CONTAINER_EXITED state");
        }

        @Test
        void refusesItsArgumentsAtOnce() {
            assertThatIllegalArgumentException().isThrownBy(() -> started(-1, NOW));
            assertThatIllegalArgumentException().isThrownBy(() -> started(1, Instant.EPOCH));
            assertThatIllegalArgumentException().isThrownBy(() -> startFailed(Instant.EPOCH, ""));
            assertThatIllegalArgumentException().isThrownBy(() -> exited(0, Instant.EPOCH));
            assertThatIllegalArgumentException().isThrownBy(() -> stoppedUnknown(Instant.EPOCH));
            assertThatIllegalArgumentException().isThrownBy(() -> taskLost(Instant.EPOCH));
            assertThatNullPointerException().isThrownBy(() -> startFailed(NOW, nothing()));
            assertThatNullPointerException().isThrownBy(() -> resourcesUpdated(nothing()));
        }

        @Test
        void createdHasNoLimits() {
            assertThat(created(NOW)).isEqualTo(created(NOW, null));
        }
    }

    static Stream<Arguments> transitions() {
        Status created = in(ContainerState.CREATED);
        Status starting = created.toBuilder().starting(true).build();
        Status running = in(ContainerState.RUNNING);
        Status ended = in(ContainerState.EXITED);
        Status removing = ended.toBuilder().removing(true).build();
        Status doubtful = running.toBuilder().unknown(true).build();
        return Stream.of(
                Arguments.of(beginStart(), "beginStart", false, created, beginStart(created)),
                Arguments.of(started(7, LATER), "started", true, starting, started(starting, 7, LATER)),
                Arguments.of(
                        startFailed(LATER, "why"), "startFailed", true, starting, startFailed(starting, LATER, "why")),
                Arguments.of(endStart(), "endStart", false, starting, endStart(starting)),
                Arguments.of(exited(3, LATER), "exited", true, running, exited(running, 3, LATER)),
                Arguments.of(oomKilled(), "oomKilled", true, running, oomKilled(running)),
                Arguments.of(stoppedUnknown(LATER), "stoppedUnknown", true, doubtful, stoppedUnknown(doubtful, LATER)),
                Arguments.of(taskLost(LATER), "taskLost", true, running, taskLost(running, LATER)),
                Arguments.of(beginRemove(), "beginRemove", false, ended, beginRemove(ended)),
                Arguments.of(endRemove(), "endRemove", false, removing, endRemove(removing)),
                Arguments.of(
                        resourcesUpdated(OTHER_LIMITS),
                        "resourcesUpdated",
                        true,
                        running,
                        resourcesUpdated(running, OTHER_LIMITS)));
    }

    @ParameterizedTest
    @MethodSource("timed")
    void timesMustBeOnesThatTheFileCanHold(String field, UnaryOperator<Instant> transition) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transition.apply(Instant.EPOCH))
                .withMessage(field + " is the epoch, which means \"not set\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transition.apply(Instant.MAX))
                .withMessageContaining(field + " +1000000000-12-31T23:59:59.999999999Z is not in 1677-");
        assertThatNullPointerException().isThrownBy(() -> transition.apply(nothing()));
    }

    static Stream<Arguments> timed() {
        return Stream.of(
                timed("createdAt", now -> created(now, null).createdAt()),
                timed("startedAt", now -> started(FULL, 1, now).startedAt()),
                timed("finishedAt", now -> startFailed(FULL, now, "").finishedAt()),
                timed("finishedAt", now -> exited(FULL, 1, now).finishedAt()),
                timed("finishedAt", now -> stoppedUnknown(FULL, now).finishedAt()),
                timed("finishedAt", now -> taskLost(FULL, now).finishedAt()));
    }

    private static Arguments timed(String field, UnaryOperator<Instant> transition) {
        return Arguments.of(field, transition);
    }

    @SuppressWarnings("NullAway") // that is the test
    private static <T> T nothing() {
        return null;
    }

    private static void assertRefused(Runnable transition, ContainerState from, String trigger, String reason) {
        assertThat(catchThrowableOfType(IllegalTransitionException.class, transition::run))
                .hasMessage(reason)
                .returns(from, IllegalTransitionException::from)
                .returns(trigger, IllegalTransitionException::trigger)
                .returns(reason, IllegalTransitionException::reason);
    }
}
