package io.containerstatus.reactive;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import reactor.core.scheduler.Schedulers;

/** The Reactive Streams TCK on the streams of changes, in each delivery. */
@Tag("long")
class TckChangesTest {
    /** More than the TCK leaves untaken. */
    private static final int LAG = 1000;

    static Stream<Map.Entry<String, Delivery>> deliveries() {
        return Stream.of(
                Map.entry("latest", Delivery.latest()),
                Map.entry("every", Delivery.every(LAG)),
                Map.entry("latest, changes only", Delivery.latest().changesOnly()),
                Map.entry("every, changes only", Delivery.every(LAG).changesOnly()),
                Map.entry(
                        "latest, on the thread that commits", Delivery.latest().on(Schedulers.immediate())),
                Map.entry(
                        "every, on the thread that commits", Delivery.every(LAG).on(Schedulers.immediate())),
                Map.entry("latest, on another scheduler", Delivery.latest().on(Schedulers.parallel())),
                Map.entry("every, on another scheduler", Delivery.every(LAG).on(Schedulers.parallel())));
    }

    private static Map<String, String> skips(Delivery delivery, boolean ofStore) {
        Map<String, String> skips = new HashMap<>();
        if (delivery.isLatest()) {
            skips.put(
                    "optional_spec111_multicast",
                    "a subscriber that requests later skips what another one received before");
        }
        if (delivery.withSnapshot() && !ofStore) {
            skips.put(
                    "optional_spec105_emptyStream", "the stream of a container begins with a snapshot or the deletion");
        }
        return skips;
    }

    @TestFactory
    Stream<DynamicContainer> ofAContainer() {
        return deliveries()
                .map(one -> Tck.checks(
                        one.getKey(),
                        environment -> TckChanges.ofContainer(environment, one.getValue(), /* events= */ false),
                        skips(one.getValue(), /* ofStore= */ false)));
    }

    @TestFactory
    Stream<DynamicContainer> ofAStore() {
        return deliveries()
                .map(one -> Tck.checks(
                        one.getKey(),
                        environment -> TckChanges.ofStore(environment, one.getValue(), /* events= */ false),
                        skips(one.getValue(), /* ofStore= */ true)));
    }

    /** Without a snapshot, because the TCK asks for streams of one element, and a snapshot and its end are two. */
    @TestFactory
    Stream<DynamicContainer> eventsOfAContainer() {
        return deliveries()
                .filter(one -> !one.getValue().withSnapshot())
                .map(one -> Tck.checks(
                        one.getKey(),
                        environment -> TckChanges.ofContainer(environment, one.getValue(), /* events= */ true),
                        skipsOfEvents(one.getValue())));
    }

    @TestFactory
    Stream<DynamicContainer> eventsOfAStore() {
        return deliveries()
                .map(one -> Tck.checks(
                        one.getKey(),
                        environment -> TckChanges.ofStore(environment, one.getValue(), /* events= */ true),
                        skipsOfEvents(one.getValue())));
    }

    private static Map<String, String> skipsOfEvents(Delivery delivery) {
        Map<String, String> skips = skips(delivery, /* ofStore= */ true);
        skips.put("optional_spec105_emptyStream", "each stream of events has the end of its snapshot");
        return skips;
    }
}
