package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Subscribers with random demand, and a writer that performs random changes. In the end, the last known state
 * of each subscriber is compared with the files. A failure names the seed: {@code -Dfollow.seed=} repeats the
 * random choices of the writer and of the subscribers, but not the interleaving.
 */
@Tag("long")
class FollowRandomlyTest {
    private static final int CONTAINERS = 12;
    private static final int SUBSCRIBERS = 4;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everySubscriberEndsWithTheTruth(WatchMethod noticing) throws Exception {
        run(folder, noticing, Long.getLong("follow.seed", System.nanoTime()), 3000);
    }

    @Test
    @Tag("soak")
    void everySubscriberEndsWithTheTruthForLong() throws Exception {
        long end = System.nanoTime() + Long.getLong("follow.seconds", 300) * 1_000_000_000;
        for (int round = 0; System.nanoTime() < end; round++) {
            WatchMethod noticing = WatchMethod.values()[round % WatchMethod.values().length];
            Path root = Files.createDirectory(folder.resolve("round" + round));
            run(root, noticing, Long.getLong("follow.seed", System.nanoTime()), 20_000);
        }
    }

    private void run(Path root, WatchMethod noticing, long seed, int acts) throws Exception {
        Random random = new Random(seed);
        ForeignWriter writer = new ForeignWriter(root, new Random(random.nextLong()), CONTAINERS);
        for (int i = 0; i < CONTAINERS; i++) {
            writer.act();
        }
        StatusFollower follower = noticing.builder(root).build();
        List<FollowCheckingSubscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            // Without file events, a folder cannot be distinguished from a new one that got the same inode number.
            subscribers.add(new FollowCheckingSubscriber(writer::hasWritten, noticing == WatchMethod.BY_EVENTS));
            follower.changes().subscribe(subscribers.get(i));
        }
        try {
            for (int i = 0; i < acts; i++) {
                writer.act();
                // Some subscribers request often, some hardly ever.
                int chosen = random.nextInt(SUBSCRIBERS);
                if (random.nextInt(1 << (2 * chosen)) == 0) {
                    subscribers.get(chosen).request(1 + random.nextInt(3));
                }
            }
            for (FollowCheckingSubscriber subscriber : subscribers) {
                subscriber.request(Long.MAX_VALUE);
                await().atMost(Samples.PATIENCE).untilAsserted(() -> assertThat(subscriber.belief())
                        .as(() -> "seed " + seed + ", faults " + subscriber.faults())
                        .isEqualTo(writer.truth()));
                assertThat(subscriber.faults()).as("seed " + seed).isEmpty();
                assertThat(subscriber.received()).isPositive();
            }
        } finally {
            subscribers.forEach(FollowCheckingSubscriber::cancel);
        }
        FollowResources.awaitNone(root);
    }
}
