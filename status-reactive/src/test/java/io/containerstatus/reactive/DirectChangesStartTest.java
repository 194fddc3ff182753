package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.SubscriberLaggedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** A subscriber on the committing thread that is slow while it receives the snapshot. */
class DirectChangesStartTest extends StoreTest {
    private static final int MANY = 100;

    private void updateMany(StatusStorage web) {
        IntStream.rangeClosed(1, MANY).forEach(pid -> web.update(pid(pid)).block(PATIENCE));
    }

    @Test
    void latestKeepsNothingForOneThatIsSlowAtTheSnapshot() {
        StatusStorage web = container("web");
        List<Long> received = new ArrayList<>();
        web.changes(Delivery.latest().on(Schedulers.immediate())).subscribe(change -> {
            received.add(change.revision());
            if (change.revision() == 1) {
                updateMany(web);
            }
        });
        assertThat(received).containsExactly(1L, MANY + 1L);
    }

    @Test
    void everyChangeFailsOneThatLagsBehindAtTheSnapshot() {
        StatusStorage web = container("web");
        List<Throwable> failures = new ArrayList<>();
        web.changes(Delivery.everyWithMaxLag(10).on(Schedulers.immediate()))
                .subscribe(
                        change -> {
                            if (change.revision() == 1) {
                                updateMany(web);
                            }
                        },
                        failures::add);
        assertThat(failures).singleElement().isInstanceOfSatisfying(SubscriberLaggedException.class, lag -> {
            assertThat(lag.missed()).isEqualTo(MANY);
            assertThat(lag.lastRevision()).isEqualTo(1);
        });
    }

    @Test
    void aChangeThatIsSyncedMeanwhileIsEmittedAsDurable() {
        StatusStorage web = container("web");
        List<Boolean> durable = new ArrayList<>();
        web.changes(Delivery.everyWithMaxLag(10).on(Schedulers.immediate())).subscribe(change -> {
            durable.add(change.durable());
            if (change.revision() == 1) {
                web.update(pid(7)).block(PATIENCE);
                web.updateSync(pid(8)).block(PATIENCE);
            }
        });
        assertThat(durable).containsExactly(true, true, true);
    }
}
