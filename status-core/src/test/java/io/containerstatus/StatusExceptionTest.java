package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatusExceptionTest {
    private static final IOException CAUSE = new IOException("no space left");

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new AlreadyExistsException("web-1"), "container \"web-1\" already exists"),
                Arguments.of(
                        new AmbiguousIdException("we", List.of("web-1", "web-2"), false),
                        "\"we\" is the beginning of more than one id: web-1, web-2"),
                Arguments.of(
                        new AmbiguousIdException("we", List.of("web-1", "web-2"), true),
                        "\"we\" is the beginning of more than one id: web-1, web-2, …"),
                Arguments.of(new ContainerDeletedException("web-1"), "container \"web-1\" was deleted"),
                Arguments.of(
                        new ContainerNotFoundException("we"),
                        "no container has the id \"we\" or an id that begins with it"),
                Arguments.of(
                        new CorruptStatusException("torn", 7).at("run/web-1/status"),
                        "run/web-1/status: not a container status: torn (byte 7)"),
                Arguments.of(
                        new IllegalTransitionException(ContainerState.RUNNING, "remove", "still running"),
                        "still running"),
                Arguments.of(
                        new IncompatibleDependencyException("g:a", "3.1", "NoClassDefFoundError: x/Y", CAUSE),
                        "g:a on the class path or module path cannot be used: NoClassDefFoundError: x/Y;"
                                + " use version 3.1 or newer"),
                Arguments.of(
                        new IndeterminateWriteException("web-1", "rename failed", CAUSE),
                        "status \"web-1\" is uncertain on the disk until the next complete write: rename failed"),
                Arguments.of(
                        new InvalidContainerIdException("../x"),
                        "not a container id: \"../x\" (1 to 76 letters and digits, with single . _ - between them)"),
                Arguments.of(
                        new InvalidRootException("/r", "it is a file", CAUSE), "cannot use /r as a root: it is a file"),
                Arguments.of(
                        new NotWrittenException("web-1", "write failed", CAUSE),
                        "status \"web-1\" not changed: write failed"),
                Arguments.of(
                        new PendingUpdatesExceededException("web-1", 3),
                        "container \"web-1\" already has 3 pending operations; this one was not accepted"),
                Arguments.of(
                        new RevisionConflictException("web-1", 1, 2),
                        "container \"web-1\" is at revision 2, not at the expected 1"),
                Arguments.of(
                        new RootLockedException("/r"),
                        "root /r is in use: its lock is held by another store, in this or another process"),
                Arguments.of(
                        new ContainerOutOfUseException("web-1", new InternalError("no memory")),
                        "container \"web-1\" is out of use until the store is opened again:"
                                + " java.lang.InternalError: no memory"),
                Arguments.of(
                        new StatusTooLargeException("web-1", 2, 1),
                        "status \"web-1\" not changed: the new status takes 2 bytes, and at most 1 are stored"),
                Arguments.of(new StoreClosedException(), "the status store is closed"),
                Arguments.of(
                        new SubscriberLaggedException(5, 9, 4),
                        "the subscriber fell behind by more than the 4 changes that it had allowed,"
                                + " and missed 5 after revision 9"),
                Arguments.of(
                        new UnreadableStatusException("run/x", "it is a folder", CAUSE),
                        "cannot read run/x: it is a folder"),
                Arguments.of(
                        new UnsupportedVersionException("v2").at("run/x/status"),
                        "run/x/status: unsupported status version \"v2\""),
                Arguments.of(
                        new WatchLimitExceededException("/r", "fs.inotify.max_user_watches", 3, "no more", CAUSE),
                        "cannot follow /r by file events, with 3 folders watched: no more;"
                                + " raise fs.inotify.max_user_watches, or follow by polling, which needs none"));
    }

    @Test
    void everyKindIsListedHere() {
        Stream<Object> listed = failures()
                .<Object>map(arguments -> arguments.get()[0].getClass())
                .distinct();

        assertThat(listed).containsExactlyInAnyOrder((Object[]) StatusException.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void messageSaysFactObjectAndConsequence(StatusException failure, String message) {
        assertThat(failure).hasMessage(message);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void survivesSerialization(StatusException failure, String message) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(failure);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isExactlyInstanceOf(failure.getClass()).hasToString(failure.toString());
        }
    }

    @Nested
    class Accessors {

        @Test
        void carryTheData() {
            assertThat(new AlreadyExistsException("a").id()).isEqualTo("a");
            assertThat(new ContainerDeletedException("a").id()).isEqualTo("a");
            assertThat(new ContainerNotFoundException("a").prefix()).isEqualTo("a");
            assertThat(new ContainerOutOfUseException("a", CAUSE))
                    .hasCause(CAUSE)
                    .returns("a", ContainerOutOfUseException::id);
            assertThat(new IncompatibleDependencyException("a", "v", "m", CAUSE))
                    .hasCause(CAUSE)
                    .returns("a", IncompatibleDependencyException::artifact)
                    .returns("v", IncompatibleDependencyException::lowestVersion)
                    .returns("m", IncompatibleDependencyException::missing);
            assertThat(new IndeterminateWriteException("a", "r", CAUSE))
                    .hasCause(CAUSE)
                    .returns("a", IndeterminateWriteException::id);
            assertThat(new InvalidContainerIdException("a\n").id()).isEqualTo("a\n");
            assertThat(new InvalidRootException("a", "r", CAUSE))
                    .hasCause(CAUSE)
                    .returns("a", InvalidRootException::root)
                    .returns("r", InvalidRootException::reason);
            assertThat(new NotWrittenException("a", "r", CAUSE)).hasCause(CAUSE).returns("a", NotWrittenException::id);
            assertThat(new PendingUpdatesExceededException("a", 3))
                    .returns("a", PendingUpdatesExceededException::id)
                    .returns(3, PendingUpdatesExceededException::limit);
            assertThat(new RevisionConflictException("a", 1, 2))
                    .returns("a", RevisionConflictException::id)
                    .returns(1L, RevisionConflictException::expected)
                    .returns(2L, RevisionConflictException::actual);
            assertThat(new RootLockedException("a").root()).isEqualTo("a");
            assertThat(new StatusTooLargeException("a", 2, 1))
                    .returns("a", StatusTooLargeException::id)
                    .returns(2L, StatusTooLargeException::size)
                    .returns(1L, StatusTooLargeException::limit);
            assertThat(new SubscriberLaggedException(5, 9, 4))
                    .returns(4, SubscriberLaggedException::maxLag)
                    .returns(5L, SubscriberLaggedException::missed)
                    .returns(9L, SubscriberLaggedException::lastRevision);
            assertThat(new UnreadableStatusException("a", "r", CAUSE))
                    .hasCause(CAUSE)
                    .returns("a", UnreadableStatusException::location);
            assertThat(new WatchLimitExceededException("a", "s", 3, "r", CAUSE))
                    .hasCause(CAUSE)
                    .returns("a", WatchLimitExceededException::root)
                    .returns("s", WatchLimitExceededException::setting)
                    .returns(3, WatchLimitExceededException::watched);
        }

        @Test
        void keepNoListOfTheCaller() {
            List<String> matches = new ArrayList<>(List.of("web-1", "web-2"));
            AmbiguousIdException failure = new AmbiguousIdException("web", matches, false);
            matches.clear();

            assertThat(failure.matches()).containsExactly("web-1", "web-2");
            assertThat(failure.prefix()).isEqualTo("web");
        }
    }

    @Nested
    class Locations {

        @Test
        void ofACorruptDocumentAreAdded() {
            CorruptStatusException plain = new CorruptStatusException("torn", 7);

            assertThat(plain)
                    .hasMessage("not a container status: torn (byte 7)")
                    .returns(null, CorruptStatusException::location);
            assertThat(plain.at("x"))
                    .hasCause(plain)
                    .returns("torn", CorruptStatusException::reason)
                    .returns(7L, CorruptStatusException::offset)
                    .returns("x", CorruptStatusException::location);
        }

        @Test
        void ofAnUnsupportedVersionAreAdded() {
            UnsupportedVersionException plain = new UnsupportedVersionException("");

            assertThat(plain)
                    .hasMessage("unsupported status version \"\"")
                    .returns(null, UnsupportedVersionException::location);
            assertThat(plain.at("x"))
                    .hasCause(plain)
                    .returns("", UnsupportedVersionException::version)
                    .returns("x", UnsupportedVersionException::location);
        }
    }

    @Nested
    class ForeignText {

        @Test
        void isQuotedAndEscaped() {
            assertThat(Excerpt.quote("a\"b\\c\n\0é\u202e~ \u007f"))
                    .isEqualTo("\"a\\\"b\\\\c\\u000a\\u0000\\u00e9\\u202e~ \\u007f\"");
            assertThat(Excerpt.sanitize("a\"b\\c\n")).isEqualTo("a\"b\\c\\u000a");
        }

        @Test
        void isCut() {
            assertThat(Excerpt.quote("x".repeat(80))).isEqualTo("\"" + "x".repeat(80) + "\"");
            assertThat(Excerpt.quote("x".repeat(81))).isEqualTo("\"" + "x".repeat(80) + "…\"");
            assertThat(Excerpt.quote("\0".repeat(1000))).hasSizeBetween(80, 90);
            assertThat(Excerpt.sanitize("\0".repeat(1000)))
                    .hasSizeBetween(240, 250)
                    .endsWith("…");
        }
    }

    @Test
    void aLostOwnershipIsAChangeThatWasNotWritten() {
        NotWrittenException failure = new OwnershipLostException("web-1", "etcd:/status/node7", "taken over");

        assertThat(failure.id()).isEqualTo("web-1");
        assertThat(((OwnershipLostException) failure).location()).isEqualTo("etcd:/status/node7");
        assertThat(failure)
                .hasMessage("status \"web-1\" not changed: the ownership of etcd:/status/node7 is lost: taken over");
    }
}
