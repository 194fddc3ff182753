package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.blockhound.BlockHound;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * No method of the API blocks the calling thread, and a caller that gives up does not wait for work in
 * progress. BlockHound watches Reactor's parallel threads. This test also marks calls as blocking that
 * BlockHound does not know: the file work of the JDK and of this library. It changes classes of the JDK, so
 * it has a JVM of its own (see the POM).
 */
@Tag("blockhound")
class BlockHoundTest {
    private static final int CONTAINERS = 8;
    private static final int UPDATES = 50;
    private static final String JOURNAL = "/.status.journal-";
    private static final Duration TIMEOUT = Duration.ofMillis(1);

    private static final Set<String> CAUGHT = ConcurrentHashMap.newKeySet();

    @TempDir
    Path root;

    @BeforeAll
    static void watch() throws ClassNotFoundException {
        assumeTrue(Boolean.getBoolean("status.blockhound"), "it runs in a JVM of its own, see the POM");
        BlockHound.Builder builder = BlockHound.builder()
                .loadIntegrations()
                .blockingMethodCallback(method -> CAUGHT.add(method.getClassName() + "." + method.getName()))
                // Submitting a task locks the queue of the executor, which no thread holds for long.
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "execute")
                .allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor", "schedule");
        mark(builder, Files.class);
        for (String ours : List.of("UninterruptibleChannel", "OwnedRoot", "RootOpening", "StatusReader", "Listing")) {
            mark(builder, Class.forName("io.containerstatus.fs." + ours));
        }
        for (String ours : List.of("JournalSegment", "JournalSegments", "JournalReplay")) {
            // The other methods only return or note what is known already.
            mark(builder, Class.forName("io.containerstatus.fs." + ours), BlockHoundTest::throwsIoException);
        }
        builder.install();
    }

    private static boolean throwsIoException(Method method) {
        return List.of(method.getExceptionTypes()).contains(IOException.class);
    }

    private static void mark(BlockHound.Builder builder, Class<?> type) {
        // These methods only return what is known already.
        mark(builder, type, method -> !Set.of("layout", "access").contains(method.getName()));
    }

    private static void mark(BlockHound.Builder builder, Class<?> type, Predicate<Method> which) {
        for (Method method : type.getDeclaredMethods()) {
            if (!Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic() && which.test(method)) {
                String descriptor = MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                        .descriptorString();
                builder.markAsBlocking(type.getName().replace('.', '/'), method.getName(), descriptor);
            }
        }
    }

    @BeforeEach
    void forget() {
        CAUGHT.clear();
    }

    /** Subscribes on threads that must not be blocked, and waits here. */
    private static <T> T onParallel(Publisher<T> source) {
        return Flux.from(source).subscribeOn(Schedulers.parallel()).blockLast(StoreTest.PATIENCE);
    }

    /** Calls the method on such a thread as well, because it may do something before the subscription. */
    private static <T> T calledOnParallel(Supplier<Publisher<T>> method) {
        return onParallel(Flux.defer(method));
    }

    private static Flux<StatusChange> changesInEachDelivery(StatusStore store) {
        List<Flux<StatusChange>> all = new ArrayList<>();
        TckChangesTest.deliveries().forEach(delivery -> {
            all.add(store.changes(delivery.getValue()));
            store.list().forEach(container -> all.add(container.changes(delivery.getValue())));
        });
        return Flux.merge(Flux.fromIterable(all), Integer.MAX_VALUE).subscribeOn(Schedulers.parallel());
    }

    private static Flux<Status> updates(StatusStorage container) {
        return Flux.range(1, UPDATES).flatMap(i -> {
            Mono<Status> update =
                    i % 2 == 0 ? container.updateSync(StoreTest.pid(i)) : container.update(StoreTest.pid(i));
            return update.subscribeOn(Schedulers.parallel());
        });
    }

    private static Mono<StatusStore> opening(Path root, boolean journaled) {
        return journaled ? StatusStore.builder(root).journaled().open() : StatusStore.open(root);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noMethodBlocksItsCaller(boolean journaled) {
        StatusStore store = Objects.requireNonNull(calledOnParallel(() -> opening(root, journaled)));
        for (int i = 0; i < CONTAINERS; i++) {
            String id = "c" + i;
            calledOnParallel(() -> store.create(id, StoreTest.CREATED));
        }
        Mono<List<StatusChange>> changes =
                Mono.fromFuture(changesInEachDelivery(store).collectList().toFuture());
        Mono<Status> awaited = Mono.fromFuture(store.find("c1")
                .await(status -> status.pid() == UPDATES)
                .subscribeOn(Schedulers.parallel())
                .toFuture());
        onParallel(Flux.fromIterable(store.list()).flatMap(BlockHoundTest::updates));
        calledOnParallel(() -> {
            StatusStorage container = store.find("c0");
            return container.updateSync(container.revision(), StoreTest.pid(UPDATES + 1));
        });
        onParallel(store.find("c1").update(StoreTest.pid(UPDATES)));
        awaited.block(StoreTest.PATIENCE);
        calledOnParallel(() -> store.find("c0").delete());
        calledOnParallel(() -> store.delete("c1"));
        calledOnParallel(() -> Mono.just(store.recovery()));
        calledOnParallel(() -> Mono.just(store.health()));
        calledOnParallel(store::close);
        assertThat(changes.block(StoreTest.PATIENCE)).hasSizeGreaterThan(CONTAINERS);
        assertThat(CAUGHT).isEmpty();
    }

    /** The point at which a write is when its caller gives up. */
    enum Held {
        BEFORE_THE_FILE_IS_CREATED(
                (operation, path) -> operation == FileOperation.CREATE_FILE && path.contains("/.tmp-status")),
        IN_THE_SYNC_OF_THE_FILE((operation, path) -> operation == FileOperation.FORCE && path.contains("/.tmp-status")),
        IN_THE_SYNC_OF_THE_FOLDER((operation, path) -> operation == FileOperation.FORCE && path.endsWith("/web")),
        IN_THE_WRITE_OF_THE_JOURNAL((operation, path) -> operation == FileOperation.WRITE && path.contains(JOURNAL)),
        IN_THE_SYNC_OF_THE_JOURNAL((operation, path) -> operation == FileOperation.FORCE && path.contains(JOURNAL));

        private final BiPredicate<FileOperation, String> point;

        boolean isInTheJournal() {
            return name().endsWith("OF_THE_JOURNAL");
        }

        Held(BiPredicate<FileOperation, String> point) {
            this.point = point;
        }
    }

    /**
     * How the caller of a write gives up. Subscribes to the write, and returns a Mono that gives up, which
     * must not block.
     */
    enum GivingUp {
        BY_DISPOSING {
            @Override
            Mono<?> of(StatusStore store, Mono<Status> write) {
                Disposable caller = write.subscribe();
                return Mono.fromRunnable(caller::dispose);
            }
        },
        BY_CANCELLING_A_FUTURE {
            @Override
            Mono<?> of(StatusStore store, Mono<Status> write) {
                CompletableFuture<Status> caller = write.toFuture();
                return Mono.fromRunnable(() -> caller.cancel(/* mayInterruptIfRunning= */ true));
            }
        },
        BY_AN_OPERATOR_THAT_CANCELS {
            @Override
            Mono<?> of(StatusStore store, Mono<Status> write) {
                Sinks.Empty<Void> enough = Sinks.empty();
                write.takeUntilOther(enough.asMono()).subscribe();
                return Mono.fromRunnable(enough::tryEmitEmpty);
            }
        },
        BY_A_TIMEOUT {
            @Override
            Mono<?> of(StatusStore store, Mono<Status> write) {
                // With virtual time: a real timeout might expire before the write has begun, and withdraw it.
                VirtualTimeScheduler clock = VirtualTimeScheduler.create();
                CompletableFuture<Status> caller = write.timeout(TIMEOUT, clock).toFuture();
                return Mono.fromRunnable(() -> clock.advanceTimeBy(TIMEOUT))
                        .then(Mono.fromFuture(caller))
                        .map(status -> {
                            throw new AssertionError("it did not give up, but got " + status);
                        })
                        .onErrorComplete(TimeoutException.class);
            }
        },
        BY_CLOSING_THE_STORE {
            @Override
            Mono<?> of(StatusStore store, Mono<Status> write) {
                write.subscribe();
                return Mono.fromRunnable(() -> store.close().subscribe());
            }
        };

        abstract Mono<?> of(StatusStore store, Mono<Status> write);
    }

    static Stream<Arguments> pointsAndWays() {
        return Stream.of(Held.values())
                .flatMap(held -> Stream.of(GivingUp.values()).map(way -> Arguments.of(held, way)));
    }

    @ParameterizedTest
    @MethodSource("pointsAndWays")
    void whoGivesUpAWriteUnderWayIsNotBlockedAndTheWriteCompletes(Held held, GivingUp way) throws IOException {
        HookedFileSystem files = HookedFileSystem.over(root);
        StatusStore store = Objects.requireNonNull(
                opening(files.hooked(root), held.isInTheJournal()).block(StoreTest.PATIENCE));
        StatusStorage web =
                Objects.requireNonNull(store.create("web", StoreTest.CREATED).block(StoreTest.PATIENCE));
        Gate gate = new Gate();
        files.hook = gate.at(held.point);
        Mono<?> givingUp = Objects.requireNonNull(
                calledOnParallel(() -> Mono.just(way.of(store, web.updateSync(StoreTest.pid(7))))));
        gate.awaitArrival();

        onParallel(givingUp);
        assertThat(CAUGHT).isEmpty();
        assertThat(web.current()).as("while the write is held up").isEqualTo(StoreTest.CREATED);

        gate.open();
        store.close().block(StoreTest.PATIENCE);
        assertThat(web.current().pid()).isEqualTo(7);
        assertThat(StatusCodec.decode(Files.readAllBytes(root.resolve("web").resolve("status"))))
                .isEqualTo(web.current());
    }

    @Test
    void noMethodOfTheFilesBlocksItsCaller() {
        FileCheckpoints files = FileCheckpoints.at(root);
        callAll(files, files);
        assertThat(CAUGHT).isEmpty();
    }

    @Test
    void noMethodOfAJournalBlocksItsCaller() {
        callAll(FileCheckpoints.builder(root).journaled().build(), FileCheckpoints.at(root));
        assertThat(CAUGHT).isEmpty();
    }

    private static void callAll(StatusCheckpoints checkpoints, FileCheckpoints reader) {
        calledOnParallel(checkpoints::open);
        calledOnParallel(() -> checkpoints.create("new", StoreTest.CREATED));
        calledOnParallel(() -> checkpoints.write("web", StoreTest.CREATED));
        calledOnParallel(() -> checkpoints.write("web", StoreTest.CREATED));
        calledOnParallel(() -> reader.read("web"));
        calledOnParallel(reader::list);
        calledOnParallel(() -> checkpoints.delete("web"));
        calledOnParallel(checkpoints::close);
    }

    /** The control: if files are used on such a thread, every operation is caught. */
    @Test
    void workOnFilesIsCaughtWhereItMustNotBe() {
        FileCheckpoints files =
                FileCheckpoints.builder(root).ioScheduler(Schedulers.parallel()).build();
        callAll(files, files);
        String ours = "io.containerstatus.fs.";
        assertThat(CAUGHT)
                .containsAll(
                        Stream.of("create", "openToRead", "openFolder", "force", "write", "read", "close", "tryLock")
                                .map(name -> ours + "UninterruptibleChannel." + name)
                                .toList())
                .contains(ours + "OwnedRoot.write", ours + "OwnedRoot.read", ours + "OwnedRoot.delete")
                .contains(ours + "RootOpening.run", ours + "Listing.ids", "java.nio.file.Files.move");
    }

    /** The control for a journal: every operation is caught. */
    @Test
    void workOnAJournalIsCaughtWhereItMustNotBe() {
        FileCheckpoints.Builder builder = FileCheckpoints.builder(root).ioScheduler(Schedulers.parallel());
        callAll(builder.journaled().build(), builder.build());
        assertThat(CAUGHT)
                .containsAll(Stream.of(
                                "JournalSegment.create",
                                "JournalSegment.begin",
                                "JournalSegment.append",
                                "JournalSegments.begin",
                                "JournalSegments.empty",
                                "JournalReplay.of",
                                "UninterruptibleChannel.forceData")
                        .map(name -> "io.containerstatus.fs." + name)
                        .toList());
    }

    @Test
    void waitingIsCaughtWhereItMustNotBe() {
        onParallel(Mono.fromRunnable(() -> LockSupport.parkNanos(1)));
        assertThat(CAUGHT).isNotEmpty();
    }
}
