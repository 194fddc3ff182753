package io.containerstatus.reactive;

import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.JournaledCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;

/** The Reactive Streams TCK on every Mono of the store, and on every publisher of the files below it. */
@Tag("long")
class TckMonosTest {
    /** The checks of the TCK that need more elements than one, or none. */
    private static final Map<String, String> OF_ONE = skips(
            "it emits one element, and no more",
            Stream.of(
                    "optional_spec105_emptyStream",
                    "optional_spec111_multicast",
                    "required_createPublisher3",
                    "required_spec101",
                    "required_spec102",
                    "stochastic_spec103",
                    "required_spec105",
                    "required_spec302",
                    "required_spec303",
                    "required_spec306",
                    "required_spec309",
                    "optional_spec309",
                    "required_spec312",
                    "required_spec313",
                    "required_spec317"));
    /** The checks of the TCK that need an element. */
    private static final Map<String, String> OF_NONE = skips(
            "it emits no element",
            Stream.of(
                    "optional_spec111",
                    "required_createPublisher",
                    "required_spec101",
                    "required_spec102",
                    "stochastic_spec103",
                    "required_spec105",
                    "required_spec107",
                    "required_spec3",
                    "optional_spec309"));

    @TempDir
    Path folder;

    private final AtomicLong counter = new AtomicLong(1);

    private static Map<String, String> skips(String reason, Stream<String> names) {
        return names.collect(Collectors.toMap(name -> name, name -> reason));
    }

    private static Map<String, String> oneOnce(String reason) {
        Map<String, String> skips = new HashMap<>(OF_ONE);
        skips.put("optional_spec111_maySupport", reason);
        skips.put("optional_spec111_registered", reason);
        return skips;
    }

    private static <T> DynamicContainer one(String name, Function<TckOne.Setting, Publisher<T>> publisher) {
        return one(name, publisher, OF_ONE);
    }

    private static <T> DynamicContainer one(
            String name, Function<TckOne.Setting, Publisher<T>> publisher, Map<String, String> skips) {
        return Tck.checks(name, environment -> new TckOne<>(environment, 1, publisher), skips);
    }

    private static <T> DynamicContainer none(String name, Function<TckOne.Setting, Publisher<T>> publisher) {
        return Tck.checks(name, environment -> new TckOne<>(environment, 0, publisher), OF_NONE);
    }

    @TestFactory
    Stream<DynamicContainer> ofAContainer() {
        return Stream.of(
                one("update", in -> in.container().update(StoreTest.pid(counter.incrementAndGet()))),
                one("updateSync", in -> in.container().updateSync(StoreTest.pid(counter.incrementAndGet()))),
                one("updateSync at a revision", in -> in.container().updateSync(1, status -> status)),
                none("delete", in -> in.container().delete()),
                one("await what is so", in -> in.container().await(status -> true)),
                one(
                        "await what comes",
                        in -> TckOne.andThen(
                                in.container().await(status -> status.pid() != 0),
                                () -> in.container()
                                        .update(StoreTest.pid(7))
                                        .onErrorComplete()
                                        .subscribe(),
                                in.background())));
    }

    @TestFactory
    Stream<DynamicContainer> ofAStore() {
        return Stream.of(
                one(
                        "open",
                        in -> StatusStore.builder(in.checkpoints()).open(),
                        oneOnce("the second opening of the same adapter is refused")),
                one(
                        "create",
                        in -> in.store().create("c" + counter.incrementAndGet(), StoreTest.CREATED),
                        oneOnce("the second creation of the same container fails")),
                none("delete", in -> in.store().delete("web")),
                none("close", in -> in.store().close()));
    }

    private static Map<String, String> ofClose() {
        Map<String, String> skips = new HashMap<>(OF_NONE);
        skips.put("optional_spec104", "it does not fail");
        skips.put("required_spec109_mayReject", "it does not fail");
        return skips;
    }

    @TestFactory
    Stream<DynamicContainer> ofFiles() {
        Map<String, String> ofMany = Map.of("required_spec317_mustNotSignalOnError", "a root holds fewer containers");
        return Stream.of(
                files("open", 1, oneOnce("the second opening finds the root locked"), FileCheckpoints::open),
                files("write", 0, OF_NONE, files -> files.write("c0", StoreTest.CREATED)),
                files("read", 1, OF_ONE, files -> files.read("c0")),
                files("delete", 0, OF_NONE, files -> files.delete("c0")),
                files("list", 20, ofMany, FileCheckpoints::list),
                files("close", 0, ofClose(), FileCheckpoints::close));
    }

    @TestFactory
    Stream<DynamicContainer> ofFilesBehindAJournal() {
        return Stream.of(
                journaled("open", 1, oneOnce("the second opening finds the root locked"), JournaledCheckpoints::open),
                journaled(
                        "create",
                        0,
                        OF_NONE,
                        files -> files.create("c" + counter.incrementAndGet(), StoreTest.CREATED)),
                journaled("write", 0, OF_NONE, files -> files.write("c0", StoreTest.CREATED)),
                journaled("delete", 0, OF_NONE, files -> files.delete("c0")),
                journaled("close", 0, ofClose(), JournaledCheckpoints::close));
    }

    private <T> DynamicContainer files(
            String name, long elements, Map<String, String> skips, Function<FileCheckpoints, Publisher<T>> publisher) {
        return files(name, elements, skips, FileCheckpoints::at, publisher);
    }

    private <T> DynamicContainer journaled(
            String name,
            long elements,
            Map<String, String> skips,
            Function<JournaledCheckpoints, Publisher<T>> publisher) {
        return files(
                name,
                elements,
                skips,
                root -> FileCheckpoints.builder(root).journaled().build(),
                publisher);
    }

    private <C extends StatusCheckpoints, T> DynamicContainer files(
            String name,
            long elements,
            Map<String, String> skips,
            Function<Path, C> checkpoints,
            Function<C, Publisher<T>> publisher) {
        Supplier<Path> roots = () -> folder.resolve("root" + counter.incrementAndGet());
        boolean mayFail = !skips.containsKey("optional_spec104");
        return Tck.checks(
                name,
                environment -> new TckFiles<>(
                        environment, roots, elements, mayFail, !name.equals("open"), checkpoints, publisher),
                skips);
    }
}
